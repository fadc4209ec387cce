"""The engine: records of one table in, a verdict for each and counts for every rule out.

Pure: the same ruleset, records and context give the same judgement. Rules are evaluated one after
the other over all records; an answer is True (passes), False (fails), None (does not apply) or a
text (not checked, and why). A rule that breaks is not checked for the records it broke on and is
reported; it never costs the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from traceback import extract_tb

from validators.answers import Answer, Answers, Listed
from validators.finding import Finding
from validators.judgement import (
    RULE_CRASHED,
    Counts,
    Judgement,
    RecordVerdict,
    RuleError,
    Verdict,
)
from validators.plan import Batch, Entry, Plan
from validators.record import Context, Lookup, Record, wall_time
from validators.ruleset import Ruleset
from validators.siblings import with_siblings
from validators.waiver import waived
from validators.wording import word


@dataclass
class _Tally:
    """What is gathered while the rules run."""

    findings: list[list[Finding]]
    waits: list[list[Lookup]]
    counts: dict[str, Counts]
    errors: list[RuleError]
    again: set[int]


COLUMNAR_FROM = 2_000
"""Records from which columns are surely the faster engine.

Measured: columns cost some 25 ms a call for 40 rules and 70 ms for 200, rows 0.02 and 0.13 ms each,
so they cross between 700 and 1,500 records; ``./run bench judge`` measures it.
"""


def judge(
    ruleset: Ruleset,
    table: str,
    records: Sequence[Record],
    context: Context,
    read: Batch | None = None,
) -> Judgement:
    """Judge the records of one table. Raises UnknownTableError for a table the standard lacks.

    ``read`` are the same records as they were read to find out what the context needs, by the same
    body at the same time (``validators.plan.Needs``); what was read is not read again.

    For every rule of the table passed, failed, not applicable and not checked add up to the number
    of records. The order of verdicts is that of the records, the order of a record's findings that
    of the rules.
    """
    plan = ruleset.plan(table)
    batch = None
    if len(records) >= COLUMNAR_FROM:
        from validators.frames import batch_of_columns  # polars: only where it pays

        batch = batch_of_columns(plan, records, context, read)
    if batch is None and read is not None and not read.part:
        batch = replace(read, context=context)
    if batch is None:
        batch = plan.batch(records, context)
    tally = _Tally([[] for _ in records], [[] for _ in records], {}, [], set())
    for entry in plan.entries:
        if not (context.second_look and entry.rule.consequence == "reject"):
            _run(entry, plan, batch, tally)
    findings = with_siblings(tally.findings)
    if context.waivers:
        findings = waived(findings, context.waivers, wall_time(context.now).date())
    verdicts = tuple(
        RecordVerdict(
            record.id, _outcome(found, waits), tuple(found), tuple(waits), at in tally.again
        )
        for at, (record, found, waits) in enumerate(
            zip(records, findings, tally.waits, strict=True)
        )
    )
    return Judgement(table, ruleset.stamp, verdicts, tally.counts, tuple(tally.errors))


def _run(entry: Entry, plan: Plan, batch: Batch, tally: _Tally) -> None:
    answers = answers_of(entry, batch, tally.errors)
    counts = tally.counts[entry.rule.code] = answers.counts
    for at in answers.failed:
        tally.findings[at].append(word(entry, plan, batch, at))
    if entry.waits is None or not counts.not_checked:
        return
    for at, lookups in entry.waits(batch, answers.listed):
        if entry.rule.consequence == "reject":
            tally.waits[at].extend(lookups)
        elif entry.compares:
            tally.again.add(at)


def answers_of(entry: Entry, batch: Batch, errors: list[RuleError]) -> Answers:
    """The answers of a rule, from columns where the batch has them and they can tell.

    A rule that breaks is added to ``errors``.
    """
    if batch.columns is not None:
        told = batch.columns.answers(entry)
        if told is not None:
            return told
        if not entry.part:
            batch = batch.columns.as_rows
    try:
        return Listed(entry.evaluate(batch))
    except Exception as error:  # noqa: BLE001 - a broken rule must not cost the batch
        return Listed(_one_by_one(entry, batch, errors, error))


def _one_by_one(
    entry: Entry, batch: Batch, errors: list[RuleError], first: Exception
) -> list[Answer]:
    """The answers of a rule that broke on the batch, record by record."""
    answers: list[Answer] = []
    broken: list[int] = []
    for at, record in enumerate(batch.records):
        one = batch.only(at)
        try:
            answers.extend(entry.evaluate(one))
            batch.take(one, at)
        except Exception:  # noqa: BLE001 - the same, for the one record
            answers.append(RULE_CRASHED)
            broken.append(record.id)
    errors.append(RuleError(entry.rule.code, tuple(broken), _described(first)))
    return answers


def _described(error: Exception) -> str:
    """Kind and place of an error; its text could quote a record and stays out."""
    frames = extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def _outcome(findings: Sequence[Finding], waits: Sequence[Lookup]) -> Verdict:
    if any(finding.consequence == "reject" for finding in findings):
        return "fail"
    return "hold" if waits else "pass"
