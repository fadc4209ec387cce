"""Judge files offline, with the same rules and the same report as the pipeline."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TextIO

import click

from connectors.county import load_bodies
from exchange.judging.files import HEAD, FileJudge
from exchange.judging.rulesets import Rulesets
from exchange.settings import Settings
from schemas import in_force, load, versions
from validators import Context, Ruleset
from validators.record import RECORD_ZONE, wall_time
from validators.report.model import Report
from validators.report.words import Language, language_of

FORMATS = {"text": "as_text", "json": "as_json", "html": "as_html", "xlsx": "as_xlsx"}
"""Form of the report → module of validators.report that renders it."""

CLEAN, FINDINGS = 0, 1


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
    "--findings",
    "listing",
    type=click.File("w", encoding="utf-8"),
    help="File for all findings as CSV (rule, row, fields), for programs; written as they come.",
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
    listing: TextIO | None,
    lang: Language | None,
    moment: str | None,
) -> int:
    """Judge FILES (CSV, XLSX, DBF, Parquet) and report what is wrong with them.

    The first row names the columns, by field code or by Chinese name. Ends with 0 when nothing was
    found, 1 when something was, 2 when it could not run. With several files the text and JSON forms
    follow one another, one JSON object a line.

    A file of more than 50,000 rows is judged piece by piece in memory that does not grow with it:
    all counts are whole, rows are compared by their keys only, and the report lists the first
    10,000 findings and says so; --findings writes all of them.

    \b
    Example: exchange check xm.xlsx --table SPGL_XMJBXXB --body 420602 --format html -o report.html
    """
    now = _moment(moment)
    judging = _judge(table, version, body, now)
    module = import_module(f"validators.report.{FORMATS[form]}")
    render: Callable[[Report, Language], str | bytes] = module.render
    language = lang or language_of(dict(os.environ))
    clean = True
    if listing is not None:
        listing.write(HEAD)
    for path in files:
        report = judging.report(path, None if listing is None else listing.write)
        clean = clean and report.clean
        if code:
            path.with_name(f"{path.name}.zc").write_text(report.self_check + "\n", "utf-8")
        _write(render(report, language), _place(output, path, form, many=len(files) > 1))
    return CLEAN if clean else FINDINGS


def _judge(table: str, version: str | None, body: str | None, now: datetime) -> FileJudge:
    if body is None:
        standard = load(version or _newest(in_force(wall_time(now).date()), table))
        ruleset, divisions = Ruleset.load(standard), frozenset[str]()
    else:
        known = load_bodies()
        if body not in known:
            there = ", ".join(known)
            raise click.BadParameter(f"no county file for {body}; there are: {there}")
        rulesets = Rulesets(known, Settings.read().policy)
        chosen = version or _newest(tuple(known[body].feeds), table)
        ruleset, divisions = rulesets.of(body, chosen, now), rulesets.divisions(body)
    context = Context(body=body or "", divisions=divisions, now=now, one_file=True)
    return FileJudge(ruleset, ruleset.standard.table(table), context)


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
