"""Both engines on the same records, for tests that compare them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from random import Random

import pytest

from schemas import load
from schemas.sample import FAULTS, valid
from tests.validators.judging import NOW, ruleset
from validators import Context, Judgement, Lookup, ParentState, Record, Ruleset, engine, judge
from validators.frames import batch_of_columns
from validators.plan import Batch

Values = Mapping[str, str | None]


def by_rows(rules: Ruleset, table: str, records: Sequence[Record], within: Context) -> Judgement:
    """What the row engine makes of the records, however many there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "COLUMNAR_FROM", len(records) + 1)
        return judge(rules, table, records, within)


def by_columns(
    rules: Ruleset,
    table: str,
    records: Sequence[Record],
    within: Context,
    read: Batch | None = None,
) -> Judgement:
    """What the columnar engine makes of the records, however few there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "COLUMNAR_FROM", 0)
        return judge(rules, table, records, within, read)


def left_to_rows(
    rules: Ruleset, table: str, records: Sequence[Record], within: Context
) -> list[str]:
    """The rules that the columnar engine leaves to the row engine."""
    plan = rules.plan(table)
    batch = batch_of_columns(plan, records, within)
    assert batch is not None
    assert batch.columns is not None
    return [one.rule.code for one in plan.entries if batch.columns.answers(one) is None]


def broken_rows(version: str, table: str) -> list[Values]:
    """Valid records of a table, and one of them broken in every way that applies to it."""
    standard = load(version)
    good = [valid(standard, table, Random(seed)) for seed in range(2)]
    described = standard.table(table)
    return [
        *good,
        *(
            FAULTS[name].apply(described, good[0], Random(name))
            for name in sorted(FAULTS)
            if FAULTS[name].applies(described, good[0])
        ),
    ]


def numbered(rows: Sequence[Values]) -> list[Record]:
    """Rows as records of a file."""
    return [Record(at, row, where=f"第{at}行") for at, row in enumerate(rows, 2)]


def surroundings(version: str, table: str, rows: Sequence[Values]) -> list[Context]:
    """Contexts that make a difference: offline, and with parents in every state."""
    own = frozenset(filter(None, [rows[0].get("XZQHDM")]))
    lookups = sorted(ruleset(version).lookups(table, rows), key=repr)
    states: list[ParentState] = ["accepted", "pending", "failed", "absent"]
    parents: dict[Lookup, ParentState] = {
        lookup: states[at % 4] for at, lookup in enumerate(lookups) if at % 5 < 4
    }
    some = frozenset(range(0, len(rows), 2))
    return [
        Context("x", own, NOW, one_file=True),
        Context("x", own, NOW, parents, some),
    ]


def digest(judgement: Judgement) -> str:
    """A digest of all verdicts and findings, byte for byte."""
    hashed = hashlib.sha256()
    for record in judgement.records:
        told = [record.id, record.outcome, [found.to_json() for found in record.findings]]
        hashed.update(json.dumps(told, ensure_ascii=False).encode())
        hashed.update(repr(record.waits_for).encode())
    return hashed.hexdigest()[:16]
