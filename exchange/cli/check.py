"""Judge files offline, with the same rules and the same report as the pipeline."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click

from connectors.base import SourceRow
from connectors.county import load_bodies
from connectors.file_reading import read_file
from exchange.judging.rulesets import Rulesets
from schemas import Table, in_force, load, versions
from validators import Context, Record, Ruleset, judge
from validators.one_file import rows_beside
from validators.record import RECORD_ZONE
from validators.report.model import Input, Report, report_on
from validators.report.words import Language, language_of

FORMATS = {"text": "as_text", "json": "as_json", "html": "as_html", "xlsx": "as_xlsx"}
"""Form of the report → module of validators.report that renders it."""

CLEAN, FINDINGS = 0, 1
_ROW = re.compile(r"第([0-9]{1,9})行")


@dataclass(frozen=True, slots=True)
class _Judge:
    """Everything one call of the command judges its files with."""

    ruleset: Ruleset
    table: Table
    context: Context

    def report(self, path: Path) -> Report:
        """Read a file and judge it. Raises RefusedError for one that is no such table."""
        content = read_file(path, self.table)
        records = [_record(at, row) for at, row in enumerate(content.rows, start=2)]
        beside = rows_beside(self.ruleset.plan(self.table.code), records)
        within = replace(self.context, related=beside)
        judgement = judge(self.ruleset, self.table.code, records, within)
        examined = Input(path.name, self.table.code, len(records), content.sha256)
        return report_on(judgement, examined, self.ruleset, records)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--table", required=True, help="Table of the standard that the files hold.")
@click.option("--standard", "version", help="Version of the standard; default: the newest.")
@click.option("--body", help="Body that sends the files: gives divisions, overlays and policy.")
@click.option("--format", "form", type=click.Choice([*FORMATS]), default="text", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File; a folder for several files."
)
@click.option(
    "--self-check",
    "code",
    is_flag=True,
    help="Write the self-check code of each file beside it.",
)
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of the labels; default: by LANG."
)
@click.option("--at", "moment", help="Judge as of this time (ISO 8601); default: now.")
def check(
    files: tuple[Path, ...],
    table: str,
    version: str | None,
    body: str | None,
    form: str,
    output: Path | None,
    code: bool,
    lang: Language | None,
    moment: str | None,
) -> int:
    """Judge FILES (CSV, XLSX, DBF) and report what is wrong with them.

    The first row names the columns, by field code or by Chinese name. Ends with 0 when nothing was
    found, 1 when something was, 2 when it could not run. With several files the text and JSON forms
    follow one another, one JSON object a line.

    \b
    Example: exchange check xm.xlsx --table SPGL_XMJBXXB --body 420602 --format html -o report.html
    """
    now = _moment(moment)
    judging = _judge(table, version, body, now)
    module = import_module(f"validators.report.{FORMATS[form]}")
    render: Callable[[Report, Language], str | bytes] = module.render
    language = lang or language_of(dict(os.environ))
    clean = True
    for path in files:
        report = judging.report(path)
        clean = clean and report.clean
        if code:
            path.with_name(f"{path.name}.zc").write_text(report.self_check + "\n", "utf-8")
        _write(render(report, language), _place(output, path, form, many=len(files) > 1))
    return CLEAN if clean else FINDINGS


def _judge(table: str, version: str | None, body: str | None, now: datetime) -> _Judge:
    if body is None:
        standard = load(version or _newest(in_force(now.date()), table))
        ruleset, divisions = Ruleset.load(standard), frozenset[str]()
    else:
        known = load_bodies()
        if body not in known:
            there = ", ".join(known)
            raise click.BadParameter(f"no county file for {body}; there are: {there}")
        rulesets = Rulesets(known)
        chosen = version or _newest(tuple(known[body].feeds), table)
        ruleset, divisions = rulesets.of(body, chosen, now), rulesets.divisions(body)
    context = Context(body=body or "", divisions=divisions, now=now, one_file=True)
    return _Judge(ruleset, ruleset.standard.table(table), context)


def _newest(candidates: Sequence[str], table: str) -> str:
    """The newest of these versions that has the table, else the newest that there is."""
    having = [name for name in candidates if table in load(name).tables]
    anywhere = [name for name in versions() if table in load(name).tables]
    return max(having or anywhere or candidates, key=lambda name: load(name).in_force_from)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"--at {text!r} is no ISO 8601 time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=RECORD_ZONE)


def _record(at: int, row: SourceRow) -> Record:
    found = _ROW.search(row.where)
    return Record(int(found[1]) if found else at, row.values, row.defects, row.where)


def _place(output: Path | None, path: Path, form: str, *, many: bool) -> Path | None:
    if output is None or not many:
        return output
    output.mkdir(parents=True, exist_ok=True)
    return output / f"{path.name}.{'txt' if form == 'text' else form}"


def _write(report: str | bytes, place: Path | None) -> None:
    data = report.encode("utf-8") if isinstance(report, str) else report
    if place is not None:
        place.write_bytes(data)
        return
    if isinstance(report, bytes) and sys.stdout.isatty():
        raise click.UsageError("a workbook is no text; give it a file: -o report.xlsx")
    sys.stdout.buffer.write(data)
