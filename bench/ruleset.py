"""The full ruleset of the largest table: 1, 10 and 100 rows judged by a warm engine.

The rows are those of one body whose parents have all arrived; two in a hundred lack a name.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from random import Random

from bench.county import BODY, DIVISION, rules_of
from bench.report import Number, report
from schemas import Standard, Table
from schemas.sample.records import valid
from validators import Context, Lookup, ParentState, Record, judge

SIZES = (1, 10, 100)
FAULTY_EACH = 50


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rounds`` (default 50), ``--format json``."""
    return report("ruleset", arguments, {"rounds": Number(50)}, _measure)


def _measure(rounds: int) -> dict[str, object]:
    now = datetime.now(UTC)
    rulesets, standard = rules_of(now)
    table = max(standard.tables.values(), key=lambda each: len(each.fields))
    ruleset = rulesets.of(BODY, standard.version, now)
    records = _records(standard, table, max(SIZES))
    found: dict[str, object] = {
        "table": table.code, "columns": len(table.fields),
        "rules": len(ruleset.plan(table.code).entries),
    }  # fmt: skip
    outcomes: list[str] = []
    for size in SIZES:
        some = records[:size]
        asked = ruleset.needs(table.code, some).parents
        parents: dict[Lookup, ParentState] = dict.fromkeys(asked, "accepted")
        context = Context(body=BODY, divisions=rulesets.divisions(BODY), now=now, parents=parents)
        spans = []
        for _ in range(rounds + 1):
            began = time.perf_counter()
            judgement = judge(ruleset, table.code, some, context)
            spans.append(time.perf_counter() - began)
            outcomes = [each.outcome for each in judgement.records]
        found[f"{size} rows, ms (median)"] = round(statistics.median(spans[1:]) * 1e3, 2)
    found[f"of {max(SIZES)} rows, failing"] = outcomes.count("fail")
    return found


def _records(standard: Standard, table: Table, count: int) -> list[Record]:
    """Rows of the body; of each fifty the last lacks its first name."""
    rng = Random(1)
    first = next(each.code for each in table.fields if each.name.endswith("名称"))
    records = []
    for number in range(count):
        row = valid(standard, table.code, rng, given={"XZQHDM": DIVISION})
        row["LSH"] = str(number)
        if number % FAULTY_EACH == FAULTY_EACH - 1:
            row[first] = None
        records.append(Record(id=number, values=row, where=""))
    return records
