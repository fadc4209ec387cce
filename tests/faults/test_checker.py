"""The checker is no rubber stamp: what is lost, twice or unexpected is found in made-up facts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from schemas import load
from schemas.sample import valid
from tests.faults.checker import Found, kept_and_arrived, overlooked_children, told_and_kept
from tests.faults.hand import LINES, NUMBER
from tests.faults.history import Arrived, Key, Ledger, Upstream, Version
from tests.faults.witness import (
    Feed,
    Told,
    key_of,
    named,
    told_content,
    upstream_content,
)

FEED: Feed = ("420602", "3.0", LINES)
TABLE = load("3.0").table(LINES)


def row(number: int, **changed: str | None) -> dict[str, str | None]:
    """A planning line."""
    given: dict[str, str | None] = {"XZQHDM": "420602", NUMBER: str(number)}
    return valid(load("3.0"), LINES, Random(number), given=given) | changed


class Facts:
    """Three witnesses that agree, until a test changes one of them."""

    def __init__(self) -> None:
        self.told: dict[Feed, Told] = defaultdict(Told)
        self.ledger = Ledger()
        self.upstream = Upstream.__new__(Upstream)
        self.upstream.standard = load("3.0")
        self.upstream.rows = defaultdict(dict)
        self.upstream.by_key = defaultdict(list)

    def tell(self, values: dict[str, str | None]) -> None:
        """A body commits a row."""
        self.told[FEED].say(str(len(self.told[FEED].standing)), told_content(TABLE, values))

    def keep(self, values: dict[str, str | None], state: str) -> int:
        """The ledger acknowledges it."""
        number = len(self.ledger.versions) + 1
        self.ledger.versions[number] = Version(
            number, *FEED, values["SJYXBS"] != "0", told_content(TABLE, values),
            upstream_content(TABLE, values), named(TABLE, values), key_of(TABLE, values), values,
        )  # fmt: skip
        self.ledger.states[number] = state
        return number

    def arrive(self, values: dict[str, str | None], status: int = 3) -> Arrived:
        """The province takes it."""
        lsh = str(len(self.upstream.rows[LINES]) + 1)
        key = key_of(TABLE, values)
        arrived = Arrived(
            lsh, values | {"LSH": lsh}, key, upstream_content(TABLE, values), named(TABLE, values)
        )
        arrived.status = status
        arrived.times.seen = datetime.now(UTC)
        self.upstream.rows[LINES][lsh] = arrived
        assert key is not None
        self.upstream.by_key["3.0", LINES, key].append(arrived)
        return arrived

    def all_through(self, values: dict[str, str | None]) -> None:
        """Told, kept, arrived."""
        self.tell(values)
        self.keep(values, "confirmed")
        self.arrive(values)

    def judge(self) -> Found:
        """The verdict."""
        due = {(feed, one) for feed, told in self.told.items() for one in told.standing.values()}
        found = told_and_kept(self.told, due, self.ledger)
        kept_and_arrived("3.0", self.ledger, self.upstream, found)
        keys: list[Key] = list(self.upstream.by_key)
        found.duplicated += [str(one) for one in self.upstream.twice(keys)]
        return found

    def kinds(self) -> tuple[int, int, int]:
        """Lost, duplicated, unexpected."""
        found = self.judge()
        return len(found.lost), len(found.duplicated), len(found.unexpected)


@pytest.fixture
def facts() -> Facts:
    """Ten rows that went all the way."""
    made = Facts()

    class Tables:
        form = "front"

    made.upstream._tables = Tables()  # type: ignore[assignment]  # only its form is looked at
    for number in range(10):
        made.all_through(row(number))
    return made


def test_three_witnesses_that_agree(facts: Facts) -> None:
    """Nothing is found where nothing is wrong, a refused and a held row among them."""
    facts.tell(row(20))
    facts.keep(row(20), "returned")
    facts.arrive(row(20), status=2)
    assert facts.kinds() == (0, 0, 0)


def test_lost_on_the_way_in(facts: Facts) -> None:
    """A row that stands at its source and that nobody acknowledged."""
    facts.tell(row(20))
    assert facts.kinds() == (1, 0, 0)


def test_lost_on_the_way_up(facts: Facts) -> None:
    """Confirmed, but the province has it no more."""
    facts.upstream.rows[LINES]["3"].gone = True
    assert facts.kinds() == (1, 0, 0)


def test_acknowledged_twice(facts: Facts) -> None:
    """The same content of the same record, acknowledged as something new."""
    facts.keep(row(9), "superseded")
    assert facts.kinds() == (0, 1, 0)


def test_twice_above(facts: Facts) -> None:
    """One record in effect twice, and one content twice without a reason."""
    facts.arrive(row(9))
    assert facts.kinds()[1] == 2


def test_told_by_nobody(facts: Facts) -> None:
    """A version and a row above that no body ever wrote, and half a row."""
    facts.keep(row(30), "returned")
    facts.keep(row(9, KZXWJSM=None), "returned")
    facts.arrive(row(31))
    assert facts.kinds() == (0, 0, 3)


def test_in_effect_against_the_ledger(facts: Facts) -> None:
    """The ledger says withdrawn, above it still holds; a correction half done is open, no fault."""
    facts.ledger.states[4] = "withdrawn"
    assert facts.kinds() == (0, 0, 1)
    facts.ledger.states[4] = "sent"
    assert facts.kinds() == (0, 0, 0)


def test_an_invalidated_row_holds_no_more(facts: Facts) -> None:
    """A correction by the protocol: invalid row of ours, new row; the reason may be any."""
    changed = row(9, KZXWJSM="更正")
    facts.tell(changed)
    facts.ledger.states[10] = "superseded"
    facts.keep(changed, "confirmed")
    facts.arrive(row(9, SJYXBS="0", SJWXYY="更正"))
    facts.arrive(changed)
    assert facts.kinds() == (0, 0, 0)


def test_a_child_whose_parent_is_there(facts: Facts) -> None:
    """Held though its parent is confirmed: overlooked; with the parent away it may wait."""
    unit: dict[str, Any] = {"XZQHDM": "420602", "QYPGDYBM": "U1"}
    parent = valid(load("3.0"), "SPGL_QYPGXXB", Random(1), given=unit)
    child = valid(load("3.0"), "SPGL_QYPGSXXXB", Random(1), given=unit)
    like = facts.ledger.versions[1]
    facts.ledger.versions[50] = replace(like, id=50, table="SPGL_QYPGXXB", raw=parent)
    facts.ledger.versions[51] = replace(like, id=51, table="SPGL_QYPGSXXXB", raw=child)
    facts.ledger.states |= {50: "confirmed", 51: "held"}
    assert overlooked_children(facts.ledger) == {51}
    facts.ledger.states[50] = "returned"
    assert overlooked_children(facts.ledger) == set()
