"""Times of what has happened: not later than now, whatever the source's clock says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from schemas import Field
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.expression import NOW, TODAY, Expression, day, moment
from validators.rule import Holds, Rule

PREFIX = "COM-016"
IMPLIED = Citation(PREFIX, "业务时间不得晚于上报时间。", "error")

CLOCK_TOLERANCE = timedelta(minutes=10)
"""A source's clock may run ahead by this much: that is measured elsewhere and no fault of a row."""

AHEAD = frozenset(
    {
        "NKGSJ", "NJCSJ", "JHKGRQ", "JHJGRQ",  # planned start and completion
        "TYRQ", "QYPGCGJZRQ", "YXQJZSJ", "PFWJYXQX",  # ends of a term
        "SCSJ", "GXSJ",  # of the transport, not of the business
    }
)  # fmt: skip
"""Dates that may lie ahead however far: planned, expiring."""

SOON = frozenset({"SXRQ", "SPLCSXSJ", "KZXSYKSSJ", "QYPGCGSXRQ", "YXQQSSJ"})
"""Days from which something holds: decided and reported before, but not by years."""

LEAD = timedelta(days=2 * 365)


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each time of the table at which something has happened."""
    for entry in content(draft.table):
        if entry.type in {"date", "datetime"} and entry.code not in AHEAD:
            yield _rule(draft, entry)


def _rule(draft: Draft, entry: Field) -> Rule:
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="time_order",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=IMPLIED.clause,
        statement=f"{called(entry)}不得晚于上报时间。",
        severity=IMPLIED.severity,
        dimension="accuracy",
        message=f"{called(entry)}“{{{entry.code}}}”晚于上报时间。",
        expected="不晚于上报时间",
        why="已经发生的业务不会晚于上报时间；多因填错年份，或业务系统时钟不准。",
        fix=f"核对{entry.name}；如业务系统时钟不准，请先校时，再更正后重新推送。",
        check=Holds(_condition(entry)),
    )


def _condition(entry: Field) -> Expression:
    if entry.code in SOON:
        return day(entry.code) <= TODAY + LEAD
    if entry.type == "date":
        return day(entry.code) <= TODAY
    return moment(entry.code) <= NOW + CLOCK_TOLERANCE
