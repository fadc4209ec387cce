"""The report as one web page that needs nothing else: no script, no font, no picture from outside.

The page lists at most SHOWN rows for each rule; all of them are in the JSON and XLSX forms.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.clauses import clauses
from validators.derived import IMPLIED
from validators.report.as_text import cut_short
from validators.report.model import HANDLING, Report
from validators.report.words import RULE_TEXTS, Language, words
from validators.rule import OWNER_NAMES

if TYPE_CHECKING:
    from jinja2 import Template

SHOWN = 200


def render(report: Report, language: Language = "zh") -> str:
    """The page; every value from the data is escaped."""
    return _template().render(
        report=report,
        groups=report.by_rule(),
        shown=SHOWN,
        cut_short=cut_short(report, words(language)),
        consequences=HANDLING,
        owners=OWNER_NAMES,
        statement=statement,
        _=words(language),
        language=language,
        rule_texts=RULE_TEXTS if language != "zh" else None,
    )


def statement(clause: str) -> str:
    """What a clause says, whether it is written or implied by the tables."""
    found = clauses().get(clause)
    return found.statement if found else IMPLIED.get(clause, "")


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html")
