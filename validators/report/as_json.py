"""The report for programs: one JSON object in the published shape."""

from __future__ import annotations

import json

from validators.report.model import Report
from validators.report.words import Language


def render(report: Report, language: Language = "zh") -> str:  # noqa: ARG001 - every form has it
    """The object on one line, Chinese as it is, ended by a line break."""
    return json.dumps(report.to_json(), ensure_ascii=False) + "\n"
