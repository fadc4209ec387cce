"""Delivery against a real front database: up once, corrected by protocol, followed to its end."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence

import psycopg
import pytest

from connectors.base import Holds, Outgoing, SendResult, Target, TryLaterError, do_nothing
from exchange.delivery import breaker
from exchange.delivery.confirm import wake_overlooked
from exchange.delivery.resolve import find_abandoned, resolve_unknown
from exchange.delivery.send import Upstream, send_queued
from exchange.ledger.journey import journeys
from exchange.store.connection import StoreUnreachableError
from schemas import Table
from tests.exchange.delivery.province import Province, confirm, passed, send
from tests.exchange.records import FLOW, PROJECT, World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


class DyingTarget(Target):
    """A target whose process dies: before anything is written, or just after it was."""

    def __init__(self, inner: Target, *, after: bool) -> None:
        """``inner`` is the real target."""
        self.inner, self.after = inner, after

    def send(
        self, table: Table, rows: Sequence[Outgoing], *, holds: Holds = do_nothing
    ) -> list[SendResult]:
        """Write or not, then die as a killed process does: without an answer."""
        if self.after:
            self.inner.send(table, rows, holds=holds)
        raise KeyboardInterrupt

    ask = verdicts = close = None  # type: ignore[assignment]  # never reached


class DownTarget(DyingTarget):
    """A target that cannot be reached."""

    def send(
        self, table: Table, rows: Sequence[Outgoing], *, holds: Holds = do_nothing
    ) -> list[SendResult]:
        """Nothing was sent."""
        del rows, holds
        raise TryLaterError("connection refused", table=table.code)


class FrozenTarget(DyingTarget):
    """A target that, like the gateway, cannot look and write at once; its process was frozen.

    Meanwhile the store has ended the session that held the rows, as it does after two minutes.
    """

    dsn = ""

    def send(
        self, table: Table, rows: Sequence[Outgoing], *, holds: Holds = do_nothing
    ) -> list[SendResult]:
        """Ends the session, then goes on as if nothing had been."""
        with psycopg.connect(self.dsn, autocommit=True) as conn:
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and state = 'idle in transaction'"
            )
        holds()
        return self.inner.send(table, rows)


def other(upstream: Upstream, target: Target) -> Upstream:
    """The same way up with another target."""
    return Upstream(upstream.name, upstream.standard, target, "更正", upstream.collect_for)


def test_record_goes_up_and_is_confirmed(world: World, province: Province) -> None:
    """A queued record is written once, and confirmed when the province says 3."""
    passed(world, world.flow())
    assert send(world, province).sent == 1
    assert send(world, province).sent == 0
    (row,) = province.rows(FLOW)
    assert (row["SJSCZT"], row["SJYXBS"]) == (0, 1)
    assert confirm(world, province).open == 1
    province.answer(FLOW)
    assert confirm(world, province).confirmed == 1
    assert world.states(FLOW) == ["confirmed"]


def test_correction_invalidates_before_it_inserts(world: World, province: Province) -> None:
    """A changed record goes up as an invalid row with a reason, then the new valid row."""
    flow = world.flow()
    passed(world, flow)
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    passed(world, flow | {"SPLCMC": "改名后的流程"}, at=60)
    send(world, province)
    first, invalid, second = province.rows(FLOW)
    assert (invalid["SJYXBS"], invalid["SJWXYY"], invalid["SPLCMC"]) == (0, "更正", first["SPLCMC"])
    assert (second["SJYXBS"], second["SPLCMC"]) == (1, "改名后的流程")
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["superseded", "confirmed"]


def test_a_refused_invalidation_leaves_the_record_in_effect(
    world: World, province: Province
) -> None:
    """A correction and a withdrawal that are refused above: the first version still holds there."""
    flow = world.flow()
    passed(world, flow)
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    passed(world, flow | {"SPLCMC": "改名后的流程"}, at=60)
    send(world, province)
    province.answer(FLOW, 2, "平台拒收")
    confirm(world, province)
    assert world.states(FLOW) == ["confirmed", "returned"]
    passed(world, flow | {"SJYXBS": "0", "SJWXYY": "流程停用"}, at=120)
    send(world, province)
    province.answer(FLOW, 2, "平台拒收")
    confirm(world, province)
    assert world.states(FLOW) == ["confirmed", "withdrawn", "returned"]


def test_withdrawal_takes_the_record_out_of_effect(world: World, province: Province) -> None:
    """A withdrawn record is sent as the body's own invalid row, and both versions are accounted."""
    flow = world.flow()
    passed(world, flow)
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    passed(world, flow | {"SJYXBS": "0", "SJWXYY": "流程停用"}, at=60)
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    assert [row["SJWXYY"] for row in province.rows(FLOW)] == [None, "流程停用"]
    assert world.states(FLOW) == ["withdrawn", "confirmed"]


def test_child_is_released_when_its_parent_is_confirmed(world: World, province: Province) -> None:
    """A held project is judged again and sent as soon as its flow is in the national system."""
    flow = world.flow()
    world.land(FLOW, flow)
    world.land(PROJECT, world.project(flow))
    world.judge()
    send(world, province)
    assert province.rows(PROJECT) == []
    province.answer(FLOW)
    confirm(world, province)
    assert world.judge().passed == 1
    send(world, province)
    assert len(province.rows(PROJECT)) == 1


def test_a_hold_written_while_the_parent_was_confirmed_is_not_forgotten(
    world: World, province: Province
) -> None:
    """A child judged just before, and held just after, its parent's confirmation is woken."""
    flow = world.flow()
    world.land(FLOW, flow)
    world.judge()
    send(world, province)
    province.answer(FLOW)
    world.land(PROJECT, world.project(flow))
    world.judge()
    with world.store.transaction() as late:
        hold = late.execute("delete from hold returning *").fetchone()
    confirm(world, province)
    assert hold is not None
    with world.store.transaction() as conn:
        conn.execute(
            "insert into hold select * from json_populate_record(null::hold, %s)",
            (json.dumps(hold, default=str),),
        )
    assert world.judge().records == 0
    assert wake_overlooked(world.store, province.upstream(), now=world.now) == 1
    assert world.judge().passed == 1


@pytest.mark.parametrize("after", [False, True], ids=["before-send", "after-send-before-ack"])
def test_killed_sender_loses_nothing_and_doubles_nothing(
    world: World, province: Province, after: bool
) -> None:
    """A worker killed before or after the write leaves a version that is asked for, sent once."""
    passed(world, world.flow())
    up = province.upstream()
    with pytest.raises(KeyboardInterrupt):
        send_queued(world.store, other(up, DyingTarget(up.target, after=after)), now=world.now)
    assert world.states(FLOW) == ["sending"]
    assert len(province.rows(FLOW)) == int(after)
    world.pass_time(days=365 * 100)
    assert find_abandoned(world.store, up, now=world.now) == 1
    assert resolve_unknown(world.store, up, now=world.now) == 1
    send_queued(world.store, up, now=world.now)
    assert world.states(FLOW) == ["sent"]
    assert len(province.rows(FLOW)) == 1


def test_killed_between_the_two_rows_of_a_correction(world: World, province: Province) -> None:
    """Killed after both rows of a correction were written, both are found and neither repeated."""
    flow = world.flow()
    passed(world, flow)
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    passed(world, flow | {"SPLCMC": "新名"}, at=60)
    up = province.upstream()
    with pytest.raises(KeyboardInterrupt):
        send_queued(world.store, other(up, DyingTarget(up.target, after=True)), now=world.now)
    world.pass_time(days=365 * 100)
    find_abandoned(world.store, up, now=world.now)
    resolve_unknown(world.store, up, now=world.now)
    send_queued(world.store, up, now=world.now)
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0, 1]
    assert world.states(FLOW) == ["confirmed", "sent"]
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["superseded", "confirmed"]


def test_sender_that_was_frozen_writes_nothing(
    world: World, province: Province, exchange_store: ExchangeStore
) -> None:
    """Its session gone, its rows are others': they send them, and it sends nothing after them."""
    passed(world, world.flow())
    up = province.upstream()
    frozen = FrozenTarget(up.target, after=False)
    frozen.dsn = exchange_store.app_dsn
    with pytest.raises(StoreUnreachableError):
        send_queued(world.store, other(up, frozen), now=world.now)
    assert province.rows(FLOW) == []
    world.pass_time(days=365 * 100)
    find_abandoned(world.store, up, now=world.now)
    resolve_unknown(world.store, up, now=world.now)
    send_queued(world.store, up, now=world.now)
    assert world.states(FLOW) == ["sent"]
    assert len(province.rows(FLOW)) == 1


def knocked_in_vain(world: World, province: Province, times: int, **pause: float) -> None:
    """The one record that has passed tries so often, with a pause each, while nobody is there."""
    if not world.states(FLOW):
        passed(world, world.flow())
    up = province.upstream()
    down = other(up, DownTarget(up.target, after=False))
    for _ in range(times):
        assert send_queued(world.store, down, now=world.now).again == 1
        world.pass_time(**pause)


def test_unreachable_upstream_opens_the_breaker_and_keeps_the_record(
    world: World, province: Province
) -> None:
    """While the province is down records wait with their ladder; nobody knocks all the time."""
    knocked_in_vain(world, province, 3, seconds=3)
    passed(world, world.flow() | {"SPLCBM": "LC-2", "DFSJZJ": "2"})
    assert send(world, province).sent == 0
    assert world.states(FLOW) == ["queued", "queued"]
    world.pass_time(minutes=20)
    assert send(world, province).sent == 1, "one record tries whether the province is back"
    assert send(world, province).sent == 1


def test_whoever_tried_in_vain_goes_soon_after_the_recovery(
    world: World, province: Province
) -> None:
    """The record that knocked during an outage is not left behind on its rung of ten minutes."""
    knocked_in_vain(world, province, 8, minutes=15)
    knocked_in_vain(world, province, 1, seconds=breaker.OPEN_S)
    passed(world, world.flow() | {"SPLCBM": "LC-2", "DFSJZJ": "2"})
    assert send(world, province).sent == 1, "the new one finds that the province is back"
    world.pass_time(seconds=breaker.DOWN_WITHIN_S)
    assert send(world, province).sent == 1


def test_one_worker_tries_while_the_others_wait(world: World, province: Province) -> None:
    """After the pause of the breaker one record goes; until it is answered nobody else knocks."""
    with world.store.transaction() as conn:
        for _ in range(breaker.THRESHOLD):
            breaker.gate(conn, "province/3.0", world.now)
            breaker.failed(conn, "province/3.0", "down", world.now)
    world.pass_time(seconds=breaker.OPEN_S)
    with world.store.transaction() as first, world.store.transaction() as second:
        assert breaker.gate(first, "province/3.0", world.now) == "trial"
        assert breaker.gate(second, "province/3.0", world.now) == "open"
        breaker.begin_trial(first, "province/3.0", world.now)
    with world.store.transaction() as conn:
        assert breaker.gate(conn, "province/3.0", world.now) == "open"
        breaker.succeeded(conn, "province/3.0", world.now)
        assert breaker.gate(conn, "province/3.0", world.now) == "closed"


def test_what_was_lost_above_is_sent_again(world: World, province: Province) -> None:
    """A row that the province took and lost is found missing and written a second time."""
    passed(world, world.flow())
    send(world, province)
    province.lose(FLOW)
    assert confirm(world, province).lost == 1
    send(world, province)
    assert len(province.rows(FLOW)) == 1
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["confirmed"]


def test_many_senders_send_each_record_once(world: World, province: Province) -> None:
    """Six workers at once write forty records once each."""
    flow = world.flow()
    passed(
        world, *(flow | {"SPLCBM": f"LC{number}", "DFSJZJ": f"{number}"} for number in range(40))
    )

    def work() -> None:
        for _ in range(6):
            send(world, province)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    world.pass_time(minutes=10)
    send(world, province)
    codes = [row["SPLCBM"] for row in province.rows(FLOW)]
    assert len(codes) == len(set(codes)) == 40


def test_journey_tells_everything(world: World, province: Province) -> None:
    """A record's journey is found by its code and names every move, stamp and serial number."""
    flow = world.flow()
    passed(world, flow)
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    with world.store.transaction() as conn:
        (journey,) = journeys(conn, str(flow["SPLCBM"]))
    moves = [move["to_state"] for move in journey.moves]
    assert moves == ["landed", "queued", "sending", "sent", "confirmed"]
    assert all(journey.stamps[name] for name in ("pulled_at", "judged_at", "sent_at"))
    assert journey.deliveries[0]["lsh"] == str(province.rows(FLOW)[0]["LSH"])
