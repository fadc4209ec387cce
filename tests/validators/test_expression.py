"""Expressions: three answers, nothing evaluated by building them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from schemas import load
from validators import Context, Record
from validators.expression import (
    NOW,
    TODAY,
    Constant,
    Expression,
    Filled,
    code,
    day,
    empty,
    filled,
    moment,
    number,
    reads,
    text,
)
from validators.record import RECORD_ZONE
from validators.row import Layout
from validators.rowwise import compile_batch, compile_row

TABLE = load("3.0").table("SPGL_XMJBXXB")
LAYOUT = Layout(TABLE)
CONTEXT = Context("", frozenset(), datetime(2026, 3, 2, 9, 30, tzinfo=RECORD_ZONE))
YES, NO, OPEN = Constant(True), Constant(False), text("QJDGCDM")


def value(expression: Expression, **cells: str | None) -> object:
    """The expression on a project row with these cells."""
    row = LAYOUT.rows([Record(1, cells)], CONTEXT)[0]
    return compile_row(expression, LAYOUT)(row)


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (YES, YES, True, True),
        (YES, NO, False, True),
        (NO, NO, False, False),
        (YES, OPEN, None, True),
        (OPEN, YES, None, True),
        (NO, OPEN, False, None),
        (OPEN, NO, False, None),
        (OPEN, OPEN, None, None),
    ],
)
def test_kleene(left: Expression, right: Expression, both: object, either: object) -> None:
    """What cannot be told decides nothing, and what decides needs no other side."""
    assert value(left & right) is both
    assert value(left | right) is either


NULLABLE = {
    "compare": number("ZTZE") > 0,
    "combine": number("ZTZE") + number("YDMJ"),
    "negate": ~(number("ZTZE") <= 1),
    "member": code("SPLCLX").is_in("1"),
    "match": text("XMMC").matches("x"),
    "search": text("XMMC").contains("x"),
    "call": text("XMMC").through("len", len),
    "days": day("NKGSJ") < day("NJCSJ"),
    "now": moment("SBSJ") <= NOW,
    "between": number("ZTZE").between(0, 1),
}


@pytest.mark.parametrize("name", NULLABLE)
def test_empty_cells_cannot_be_told(name: str) -> None:
    """Every operation on an empty cell is open, whatever the other side."""
    assert value(NULLABLE[name]) is None


def test_unreadable_is_open_but_filled() -> None:
    """A cell that is not of its type counts as filled and has no value."""
    assert value(number("ZTZE") > 0, ZTZE="一亿") is None
    assert value(filled("ZTZE"), ZTZE="一亿") is True
    assert value(empty("ZTZE"), ZTZE="  ") is True


def test_values_are_typed() -> None:
    """Numbers, days, times and codes are compared as what they are."""
    assert value(number("ZTZE"), ZTZE="12.50") == Decimal("12.5")
    assert value(day("SBSJ"), SBSJ="2026-03-01 09:00:00") == date(2026, 3, 1)
    assert value(day("NKGSJ"), NKGSJ="2026-03-01") == date(2026, 3, 1)
    assert value(day("XMMC"), XMMC="2026-03-01") is None
    assert value(code("XMTZLY"), XMTZLY="01") == "1"
    assert value(code("ZTZE"), ZTZE="1.0") == "1"
    assert value(moment("SBSJ") <= NOW + timedelta(0), SBSJ="2026-03-02 09:30:00") is True
    assert value(day("NKGSJ").equals(TODAY), NKGSJ="2026-03-02") is True
    assert value(number("ZTZE").differs(1), ZTZE="1.00") is False
    assert value(number("ZTZE") - 1, ZTZE="3") == 2
    assert value(number("ZTZE") * 2 >= 6, ZTZE="3") is True


def test_absent_field_is_an_empty_cell() -> None:
    """A field that the table lacks is empty: one rule may serve tables that differ."""
    assert value(text("NOSUCH").is_in("1")) is None
    assert value(Filled("NOSUCH")) is False


def test_call_with_several_values() -> None:
    """A function is called with all its values, and not at all when one is open."""
    joined = text("XMMC").through("joined", lambda a, b, c: a + b + c, text("XMDM"), "!")
    assert value(joined, XMMC="a", XMDM="b") == "ab!"
    assert value(joined, XMMC="a", XMDM=None) is None


def test_batch_applies_only_when() -> None:
    """A condition is asked only of rows for which ``when`` is true."""
    rows = LAYOUT.rows(
        [Record(1, {"ZTZE": "1", "XMMC": "a"}), Record(2, {"ZTZE": "1"}), Record(3, {})], CONTEXT
    )
    asked = compile_batch(number("ZTZE") > 1, filled("XMMC"), LAYOUT)
    assert asked(rows) == [False, None, None]


def test_reads_names_every_field() -> None:
    """The fields of an expression are found at any depth."""
    expression = (text("A").is_in("1") & ~filled("B")) | (number("C") + day("D") > code("E"))
    assert reads(expression) == {"A", "B", "C", "D", "E"}
