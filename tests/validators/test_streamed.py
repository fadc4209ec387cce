"""A document judged piece by piece: the same answers as at once, findings listed up to a bound."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl
import pytest

from schemas import load
from tests.validators.engines import broken_rows, by_rows, numbered
from tests.validators.judging import DIVISION, NOW, PROJECT, STEP, Values, ruleset, sample
from validators import Context, Finding, Record
from validators.frame_judgement import FrameJudgement
from validators.streamed import Piece, Pieces, Streamed, judge_stream

WITHIN = Context("x", frozenset({DIVISION}), NOW, one_file=True)


def document(table: str) -> list[Values]:
    """Rows broken in every way, keys that repeat far apart, and withdrawals between them."""
    rows = [dict(row) for row in broken_rows("3.0", table)]
    good = sample(table, seed=11)
    again = [
        good,
        {**good, "DFSJZJ": "other"},
        {**good, "SJYXBS": "0", "SJWXYY": "误报"},
        {**good, "DFSJZJ": "third"},
        {**good, "DFSJZJ": None, "LSH": None},
        {**sample(table, seed=12), "DFSJZJ": "other"},
        {**sample(table, seed=13), "DFSJZJ": "other"},
    ]
    for at, row in enumerate(again):
        rows.insert(at * 9, row)
    return rows


def as_frames(table: str, rows: Sequence[Mapping[str, str | None]], size: int) -> Pieces:
    """The document as frames of so many rows."""
    columns = load("3.0").table(table).columns

    def pieces(names: Collection[str] | None) -> Iterator[Piece]:
        for at in range(0, len(rows), size):
            cells = {name: [row.get(name) for row in rows[at : at + size]] for name in columns}
            frame = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))
            asked = [name for name in columns if names is None or name in names]
            yield Piece(frame.select(asked), at + 2)

    return pieces


def as_records(table: str, records: Sequence[Record], size: int) -> Pieces:
    """The document as records."""
    columns = load("3.0").table(table).columns

    def pieces(_names: Collection[str] | None) -> Iterator[Piece]:
        for at in range(0, len(records), size):
            yield Piece.of(columns, records[at : at + size])

    return pieces


def bare(findings: Sequence[Finding]) -> list[Finding]:
    """Findings without siblings, which are told within a piece."""
    return [replace(finding, siblings=()) for finding in findings]


@pytest.mark.parametrize("table", [PROJECT, STEP, "SPGL_SPLCXXB", "SPGL_SPLCJBLSXXXB"])
def test_pieces_say_what_the_whole_says(table: str) -> None:
    """Whatever the size and form of the pieces, counts and findings are those of the whole."""
    records = numbered(document(table))
    whole = by_rows(ruleset(), table, records, WITHIN)
    expected = bare([found for record in whole.records for found in record.findings])
    rows = [record.values for record in records]
    for pieces in (
        as_frames(table, rows, 7),
        as_frames(table, rows, 1000),
        as_records(table, records, 13),
    ):
        streamed = judge_stream(ruleset(), table, pieces, WITHIN, most=10**6)
        assert streamed.counts == whole.counts
        assert bare(streamed.findings) == expected
        outcomes = [record.outcome for record in whole.records]
        assert (streamed.rows, streamed.failed) == (len(records), outcomes.count("fail"))
        assert streamed.passed + streamed.failed == streamed.rows
        assert streamed.found == len(expected)


def test_findings_are_listed_up_to_a_bound() -> None:
    """The first findings of the document are listed; all are counted, all go to who takes them."""
    rows = document(PROJECT)
    pieces = as_frames(PROJECT, rows, 10)
    taken: list[FrameJudgement] = []
    every = judge_stream(ruleset(), PROJECT, pieces, WITHIN, most=10**6)
    some = judge_stream(ruleset(), PROJECT, pieces, WITHIN, most=17, take=taken.append)
    assert bare(some.findings) == bare(every.findings[:17])
    assert {record.id for record in some.marked} == {finding.row for finding in some.findings}
    assert some.found == every.found == len(every.findings)
    assert some.counts == every.counts
    assert some.must_mend == must_mend(every)
    told = [row for judged in taken for row in judged.listing.rows()]
    assert sorted(told) == sorted(
        (finding.rule, finding.row, ",".join(finding.fields)) for finding in every.findings
    )


def must_mend(streamed: Streamed) -> int:
    """Rows with something to mend that are not returned, from all findings."""
    rows: dict[str, set[int]] = {"reject": set(), "rectify": set(), "advice": set()}
    for finding in streamed.findings:
        rows[finding.consequence].add(finding.row)
    return len(rows["rectify"] - rows["reject"])
