"""This project, on the same typed columns as the peers: columns from 2,000 rows, rows below."""

from __future__ import annotations

from typing import Any

import polars as pl

from bench.judge_work import TABLE, as_texts, context, ruleset
from validators import Record
from validators import judge as judge_records
from validators.engine import COLUMNAR_FROM
from validators.frame_judgement import judge_frame


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """The ruleset, the kept keys; for a small batch the records, as the pipeline has them."""
    del spec, keys
    records = None
    if frame.height < COLUMNAR_FROM:
        texts = as_texts(frame)
        records = [Record(at, row) for at, row in enumerate(texts.iter_rows(named=True))]
    return ruleset(), frame, records, context(frame.height)


def judge(made: Any) -> pl.DataFrame:
    """Findings; the outcomes say which rows are accepted."""
    rules, frame, records, within = made
    if records is None:
        return judge_frame(rules, TABLE, frame, within, first=0).findings
    judged = judge_records(rules, TABLE, records, within)
    found = [finding for record in judged.records for finding in record.findings]
    return pl.DataFrame(
        {"rule": [one.rule for one in found], "row": [one.row for one in found]},
        schema={"rule": pl.String, "row": pl.Int64},
    )
