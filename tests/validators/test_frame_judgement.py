"""A frame is judged as its records are: same findings, counts, outcomes; typed or as text."""

from __future__ import annotations

import polars as pl

from schemas import load
from tests.validators.engines import broken_rows, by_rows, numbered, surroundings
from tests.validators.judging import CASE, PROJECT, ruleset
from validators.frame_judgement import FAILED, HELD, PASSED, judge_frame

OUTCOMES = {"pass": PASSED, "hold": HELD, "fail": FAILED}


def test_frame_as_records() -> None:
    """Findings worded from a frame are those of the row engine, byte for byte."""
    for table in (PROJECT, CASE):
        rows = broken_rows("3.0", table)
        columns = load("3.0").table(table).columns
        frame = pl.DataFrame([{name: row.get(name) for name in columns} for row in rows])
        for within in surroundings("3.0", table, rows):
            judged = judge_frame(ruleset(), table, frame, within)
            records = by_rows(ruleset(), table, numbered(rows), within)
            expected = [found for record in records.records for found in record.findings]
            assert judged.worded() == expected
            assert judged.counts == records.counts
            outcomes = [OUTCOMES[record.outcome] for record in records.records]
            assert judged.outcomes.to_list() == outcomes
            told = {(one.rule, one.row - 2) for one in expected}
            assert set(judged.findings.select("rule", "row").rows()) == told
            assert judged.findings.height == len(expected)


def test_typed_columns() -> None:
    """Numbers and times may come typed: the findings are those of their texts."""
    texts = pl.DataFrame(
        {
            "SJYXBS": ["1", "1", "1"],
            "ZTZE": ["-1.50", "12.00", None],
            "NKGSJ": ["2026-03-01", "2026-03-05", "2026-03-01"],
            "NJCSJ": ["2026-03-02", "2026-03-04", None],
            "SCSJ": ["2026-03-02 09:00:00", None, "2026-03-02 09:00:01"],
        }
    )
    typed = texts.with_columns(
        pl.col("SJYXBS").cast(pl.Int64),
        pl.col("ZTZE").cast(pl.Decimal(12, 2)),
        pl.col("NKGSJ", "NJCSJ").str.to_date(),
        pl.col("SCSJ").str.to_datetime(),
    )
    (within, _) = surroundings("3.0", PROJECT, texts.rows(named=True))
    one, other = (judge_frame(ruleset(), PROJECT, frame, within) for frame in (texts, typed))
    assert one.worded() == other.worded()
    assert one.counts == other.counts
