"""What cannot go on waits for a person: named, accounted for, sent again without doubling."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connectors.base import Holds, Outgoing, SendResult, do_nothing
from connectors.provincial_database import ProvincialDatabase
from connectors.upstream import Limits, RefusalText
from exchange.cli import main
from exchange.delivery import deadletters
from exchange.delivery.blindspots import blind_spots
from exchange.delivery.send import Sent, send_queued
from schemas import Table
from tests.exchange.delivery.province import Province, confirm, send
from tests.exchange.records import FLOW, World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


class Fussy(ProvincialDatabase):
    """The real front database behind a door that treats some flows in a way of its own."""

    treats = "P"
    outcome: str | None = None

    def send(
        self, table: Table, rows: Sequence[Outgoing], *, holds: Holds = do_nothing
    ) -> list[SendResult]:
        """What the door does with rows whose flow code begins with ``treats``; the rest go in."""
        hit = [row for row in rows if str(row.values["SPLCBM"]).startswith(self.treats)]
        if hit and self.outcome is None:
            raise ZeroDivisionError("a row nobody thought of")
        others = iter(super().send(table, [row for row in rows if row not in hit], holds=holds))
        return [
            SendResult(row.delivery, self.outcome, reason="[422]字段过长")  # type: ignore[arg-type]  # given by the test
            if row in hit
            else next(others)
            for row in rows
        ]


def fussy(world: World, province: Province, outcome: str | None) -> Sent:
    """One worker sends to the fussy door."""
    upstream = province.upstream()
    target = upstream.target
    target.__class__ = Fussy
    target.outcome = outcome  # type: ignore[attr-defined]  # the class of the line above
    return send_queued(world.store, upstream, now=world.now)


def flows(world: World, *codes: str) -> None:
    """Land and judge flows of these codes."""
    flow = world.flow()
    world.land(FLOW, *(flow | {"SPLCBM": code, "DFSJZJ": code} for code in codes))
    assert world.judge().passed == len(codes)


def letters(world: World) -> list[str]:
    """The kinds of the dead letters that wait."""
    with world.store.transaction() as conn:
        return [row["kind"] for row in deadletters.waiting(conn)]


def replay(world: World) -> None:
    """Somebody sends all of them again."""
    with world.store.transaction() as conn:
        for row in deadletters.waiting(conn):
            deadletters.replay(conn, row["id"], who="值班", now=world.now)


def test_refusal_that_nobody_understands_waits_for_a_person(
    world: World, province: Province
) -> None:
    """It is no case of the body and no loss: a dead letter, in the audit when it is sent again."""
    flows(world, "P1", "Q1")
    assert (fussy(world, province, "refused").dead, letters(world)) == (1, ["refused"])
    assert world.states(FLOW) == ["dead", "sent"]
    replay(world)
    send(world, province)
    assert sorted(row["SPLCBM"] for row in province.rows(FLOW)) == ["P1", "Q1"]
    (audited,) = world.rows("select who, did from audit")
    assert audited == {"who": "值班", "did": "dead letter: replay"}
    assert letters(world) == []


def test_known_refusal_goes_back_to_the_body(world: World, province: Province) -> None:
    """A mapped text is the body's to mend, as before."""
    province.refusals = (RefusalText("字段过长", "STD-1"),)
    flows(world, "P1")
    fussy(world, province, "refused")
    assert (world.states(FLOW), letters(world)) == (["returned"], [])


def test_dead_letter_can_be_returned_to_its_body(world: World, province: Province) -> None:
    """Who decides that the body is to mend it makes a case of it."""
    flows(world, "P1")
    fussy(world, province, "refused")
    with world.store.transaction() as conn:
        (row,) = deadletters.waiting(conn)
        deadletters.give_back(
            conn, row["id"], world.standard, who="值班", now=world.now, collect_until=world.now
        )
    assert world.states(FLOW) == ["returned"]
    assert len(world.rows("select from rectification_item")) == 1
    with world.store.transaction() as conn, pytest.raises(deadletters.NotADeadLetterError):
        deadletters.replay(conn, row["id"], who="值班", now=world.now)


def test_newer_version_takes_the_place_of_a_refused_one(world: World, province: Province) -> None:
    """Mended by the body before anybody looked, the dead letter is superseded and gone."""
    flows(world, "P1")
    fussy(world, province, "refused")
    world.pass_time(seconds=5)
    flow = world.flow() | {"SPLCBM": "P1", "DFSJZJ": "P1", "SPLCMC": "改短"}
    world.land(FLOW, flow)
    assert world.judge().errors == []
    assert world.states(FLOW) == ["superseded", "queued"]


def test_poisonous_record_stops_nobody_and_ends_as_a_dead_letter(
    world: World, province: Province
) -> None:
    """A record that breaks our own program is set aside after three tries; the others went."""
    flows(world, "Q1", "P1", "Q2", "Q3")
    assert fussy(world, province, None).sent == 3
    for _ in range(2):
        world.rows("update version set state = 'queued', next_try_at = %s, state_reason = 'test'"
                   " where state = 'unknown' returning id", world.now)  # fmt: skip
        fussy(world, province, None)
    assert letters(world) == ["unreadable"]
    assert sorted(row["SPLCBM"] for row in province.rows(FLOW)) == ["Q1", "Q2", "Q3"]


def test_ladder_ends_in_a_dead_letter_that_doubles_nothing(
    world: World, province: Province
) -> None:
    """Lost above each time, the record waits for a person; a newer version does not pass it."""
    province.limits = Limits(attempts=2)
    flows(world, "Q1")
    for _ in range(2):
        send(world, province)
        province.lose(FLOW)
        confirm(world, province)
    assert letters(world) == ["exhausted"]
    world.pass_time(seconds=5)
    world.land(FLOW, world.flow() | {"SPLCBM": "Q1", "DFSJZJ": "Q1", "SPLCMC": "新名"})
    world.judge()
    assert send(world, province).sent == 0
    replay(world)
    assert send(world, province).sent == 1
    assert len(province.rows(FLOW)) == 1


def test_not_now_wears_the_ladder_out_only_while_others_are_served(
    world: World, province: Province
) -> None:
    """A platform that puts everybody off is an outage; one record put off among others is dead."""
    province.limits = Limits(attempts=1)
    flows(world, "P1")
    assert fussy(world, province, "retry").again == 1
    flows(world, "Q1")
    world.pass_time(seconds=5)
    assert fussy(world, province, "retry").sent == 1
    assert (world.states(FLOW), letters(world)) == (["dead", "sent"], ["exhausted"])


def test_a_letter_is_shown_with_what_was_to_be_written(
    world: World,
    province: Province,
    exchange_store: ExchangeStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its line of the list, by the office's clock, then the row; no field of ours by its name."""
    flows(world, "P1")
    fussy(world, province, "refused")
    with world.store.transaction() as conn:
        (row,) = deadletters.waiting(conn)
    monkeypatch.setenv("SPGL_DATABASE_URL", exchange_store.app_dsn)
    assert main(["deadletters", "list"]) == 1
    (listed,) = capsys.readouterr().out.splitlines()
    assert main(["deadletters", "show", str(row["id"])]) == 0
    first, _, *written = capsys.readouterr().out.splitlines()
    assert first == listed
    assert ["SPLCBM", "P1"] in [line.split() for line in written]


def test_preview_masks_what_is_personal(world: World, province: Province) -> None:
    """Nobody reads a telephone or identity number from a dead letter."""
    flows(world, "P1")
    fussy(world, province, "refused")
    table = world.standard.table(FLOW)
    with world.store.transaction() as conn:
        (row,) = deadletters.waiting(conn)
        (step,) = deadletters.preview(conn, table, row["version_id"])
    assert step["payload"]["SPLCBM"] == "P1"
    shown = deadletters.masked(table, {"SPLCMC": "13812345678", "X": "420602199001011237"})
    assert "12345678" not in str(shown)
    assert "19900101" not in str(shown)


def test_blind_spots_are_grouped_and_mapped_when_they_are_read(
    world: World, province: Province
) -> None:
    """The same text with other numbers is one spot; a pattern written today maps it for ever."""
    flows(world, "Q1", "Q2")
    send(world, province)
    province.answer(FLOW, 2, "[104]第3行代码不在字典中")
    confirm(world, province)
    with world.store.transaction() as conn:
        (spot,) = blind_spots(conn, (), since=world.now.replace(year=2020))
        assert (spot.refusals, spot.clause, len(spot.versions)) == (2, None, 2)
        known = (RefusalText("不在字典", "STD-104"),)
        (spot,) = blind_spots(conn, known, since=world.now.replace(year=2020))
        assert spot.clause == "STD-104"
