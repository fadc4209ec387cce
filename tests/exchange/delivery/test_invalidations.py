"""An invalidation whose new row stayed behind is followed; the ledger says what is true above."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import pytest

from connectors.base import Holds, Outgoing, SendResult, do_nothing
from connectors.provincial_database import ProvincialDatabase
from connectors.upstream import Limits, RefusalText
from exchange.delivery import deadletters
from exchange.delivery.invalidations import Followed, follow_invalidations
from exchange.delivery.send import send_queued
from exchange.rounds.watching import find_gaps
from schemas import Table
from tests.exchange.delivery.province import Province, confirm, send
from tests.exchange.records import BODY, FLOW, Row, World

pytestmark = pytest.mark.database
TOO_LONG = "这个名称比上级平台的列长得多的流程"


class PutsOffValid(ProvincialDatabase):
    """The real front database behind a door that lets only invalidations in for now."""

    def send(
        self, table: Table, rows: Sequence[Outgoing], *, holds: Holds = do_nothing
    ) -> list[SendResult]:
        """Rows in effect are put off; the others are written."""
        others = iter(
            super().send(table, [row for row in rows if row.values["SJYXBS"] == "0"], holds=holds)
        )
        return [
            next(others)
            if row.values["SJYXBS"] == "0"
            else SendResult(row.delivery, "retry", reason="稍后再报")
            for row in rows
        ]


def follow(world: World, province: Province) -> Followed:
    """One worker reads the verdicts of invalidations, two minutes later."""
    world.pass_time(minutes=2)
    return follow_invalidations(world.store, province.upstream(), now=world.now)


def narrow(province: Province, width: int | None) -> None:
    """The column of the flow's name takes so many characters there."""
    kind = "text" if width is None else f"varchar({width})"
    with psycopg.connect(province.dsn) as conn:
        conn.execute(f'alter table "{FLOW}" alter "SPLCMC" type {kind}'.encode())


def change(world: World, row: Row, **given: str | None) -> Row:
    """The body writes its flow again; it passes here."""
    world.pass_time(seconds=5)
    world.land(FLOW, row | given)
    assert world.judge().failed == 0
    return row | given


@pytest.fixture
def flow(world: World, province: Province) -> Row:
    """A flow in effect, whose correction went up by half: its invalidation is there, it is not."""
    row = change(world, world.flow(), SPLCMC="旧名")
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    narrow(province, 6)
    return row


def half_sent(world: World, province: Province, flow: Row, name: str = TOO_LONG) -> Row:
    """The correction is sent: its invalidation is written, its new row is refused at the door."""
    changed = change(world, flow, SPLCMC=name)
    send(world, province)
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0]
    return changed


def replay_the_letter(world: World) -> None:
    """Someone on duty has the only dead letter tried again."""
    with world.store.transaction() as conn:
        (letter,) = deadletters.waiting(conn)
        deadletters.replay(conn, letter["id"], who="值班", now=world.now)


def gaps(world: World) -> list[str]:
    """The alarms about records that have nothing in effect above."""
    with world.store.transaction() as conn:
        return [alarm.subject for alarm in find_gaps(conn, world.now)]


@pytest.mark.parametrize(
    ("refusals", "state"),
    [((), "dead"), ((RefusalText("too long", "STD-1"),), "returned")],
    ids=["dead-letter", "returned"],
)
def test_accepted_invalidation_takes_the_old_version_out_of_effect(
    world: World, province: Province, flow: Row, refusals: tuple[RefusalText, ...], state: str
) -> None:
    """The new row was refused at the door; the platform accepts the invalidation all the same."""
    province.refusals = refusals
    half_sent(world, province, flow)
    assert world.states(FLOW) == ["confirmed", state]
    assert follow(world, province) == Followed(open=1)
    assert gaps(world) == []
    province.answer(FLOW)
    assert follow(world, province) == Followed(accepted=1)
    assert world.states(FLOW) == ["superseded", state]
    (old,) = world.rows("select state_reason from version order by id limit 1")
    assert "新版本尚未入库" in old["state_reason"]
    assert gaps(world) == [BODY]
    assert follow(world, province) == Followed()


def test_what_is_mended_goes_up_without_a_second_invalidation(
    world: World, province: Province, flow: Row
) -> None:
    """The mended version waits for the verdict of the invalidation, then only its row is sent."""
    changed = half_sent(world, province, flow)
    change(world, changed, SPLCMC="新名")
    assert world.states(FLOW) == ["confirmed", "superseded", "queued"]
    assert send(world, province).sent == 0
    province.answer(FLOW)
    assert follow(world, province).accepted == 1
    assert send(world, province).sent == 1
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0, 1]
    assert gaps(world) == []
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["superseded", "superseded", "confirmed"]


def test_refused_invalidation_leaves_the_old_version_and_is_a_blind_spot(
    world: World, province: Province, flow: Row
) -> None:
    """The platform refuses the invalidation: a replay begins with another one."""
    half_sent(world, province, flow)
    province.answer(FLOW, 2, "失效时间不符")
    assert follow(world, province) == Followed(refused=1)
    assert world.states(FLOW) == ["confirmed", "dead"]
    spots = [row["reason"] for row in world.rows("select reason from blind_spot order by id")]
    assert spots[-1] == "更正时的失效记录被退回：失效时间不符"
    narrow(province, None)
    replay_the_letter(world)
    assert send(world, province).sent == 1
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0, 0, 1]
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["superseded", "confirmed"]


def test_lost_invalidation_is_written_again_with_its_version(
    world: World, province: Province, flow: Row
) -> None:
    """The platform lost the invalidation: the old version is in effect, both go anew."""
    half_sent(world, province, flow)
    with psycopg.connect(province.dsn) as conn:
        conn.execute(f'delete from "{FLOW}" where "SJYXBS" = 0'.encode())
    assert follow(world, province) == Followed(lost=1)
    assert world.states(FLOW) == ["confirmed", "dead"]
    narrow(province, None)
    replay_the_letter(world)
    assert send(world, province).sent == 1
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0, 1]


def test_replayed_dead_letter_sends_its_row_alone(
    world: World, province: Province, flow: Row
) -> None:
    """With the invalidation accepted, the replay writes the new row and nothing else."""
    half_sent(world, province, flow)
    province.answer(FLOW)
    follow(world, province)
    narrow(province, None)
    replay_the_letter(world)
    assert send(world, province).sent == 1
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0, 1]
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["superseded", "confirmed"]
    assert gaps(world) == []


def test_body_that_returns_to_the_old_content_is_in_effect_again(
    world: World, province: Province, flow: Row
) -> None:
    """The old content, written again after the failed correction, is a version of its own above."""
    half_sent(world, province, flow)
    province.answer(FLOW)
    follow(world, province)
    change(world, flow)
    assert send(world, province).sent == 1
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["superseded", "superseded", "confirmed"]
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0, 1]


def test_withdrawal_after_the_failed_correction_writes_nothing_more(
    world: World, province: Province, flow: Row
) -> None:
    """Nothing is in effect above any more, so the body's withdrawal has nothing to take out."""
    changed = half_sent(world, province, flow)
    withdrawn = change(world, changed, SJYXBS="0", SJWXYY="流程停用")
    assert withdrawn["SJYXBS"] == "0"
    send(world, province)
    province.answer(FLOW)
    follow(world, province)
    send(world, province)
    assert [row["SJYXBS"] for row in province.rows(FLOW)] == [1, 0]
    assert world.states(FLOW) == ["superseded", "withdrawn", "withdrawn"]
    assert gaps(world) == []


def test_invalidation_answered_after_its_new_row(world: World, province: Province) -> None:
    """The new row is refused while the invalidation is undecided; its verdict is read later."""
    flow = change(world, world.flow(), SPLCMC="旧名")
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    change(world, flow, SPLCMC="新名")
    send(world, province)
    with psycopg.connect(province.dsn) as conn:
        decide = f'update "{FLOW}" set "SJSCZT" = %s where "SJYXBS" = %s and "SJSCZT" = 0'.encode()
        conn.execute(decide, (2, 1))
    confirm(world, province)
    assert world.states(FLOW) == ["confirmed", "returned"]
    with psycopg.connect(province.dsn) as conn:
        conn.execute(decide, (3, 0))
    assert follow(world, province) == Followed(accepted=1)
    assert world.states(FLOW) == ["superseded", "returned"]
    assert gaps(world) == [BODY]


def test_returned_notice_says_that_the_old_content_is_invalidated(
    world: World, province: Province, flow: Row
) -> None:
    """The body reads in its finding that nothing may be in effect until it mends the record."""
    province.refusals = (RefusalText("too long", "STD-1"),)
    half_sent(world, province, flow)
    (finding,) = world.rows("select detail from finding where rule = 'UPS-001'")
    assert "已先行报失效" in finding["detail"]["why"]


def test_row_that_is_put_off_for_good_becomes_a_dead_letter_and_its_invalidation_is_followed(
    world: World, province: Province, flow: Row
) -> None:
    """The ladder of the new row ends while its invalidation has long been accepted."""
    province.limits = Limits(attempts=1)
    narrow(province, None)
    change(world, flow, SPLCMC="新名")
    upstream = province.upstream()
    upstream.target.__class__ = PutsOffValid
    assert send_queued(world.store, upstream, now=world.now).dead == 1
    province.answer(FLOW)
    assert follow(world, province) == Followed(accepted=1)
    assert world.states(FLOW) == ["superseded", "dead"]
