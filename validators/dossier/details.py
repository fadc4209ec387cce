"""The standard items that leave a row in a business table of their own, by their code's group."""

from __future__ import annotations

from validators.dossier.course import REVOKED, TAKEN_BACK
from validators.dossier.row import Row
from validators.dossier.subject import Subject

DETAILS = {
    "0060": "SPGL_JSYDGHXKXXB",
    "0070": "SPGL_JSGCGHXKXXB",
    "0090": "SPGL_SGTSJWJSCXXB",
    "0100": "SPGL_JSGCXFSJSCXXB",
    "0120": "SPGL_JZGCSGXKXXB",
    "0140": "SPGL_JSGCXFYSXXB",
    "0150": "SPGL_JSGCXFYSBAXXB",
    "0180": "SPGL_JSGCJGYSBAXXB",
}
"""Business table by the first four digits of the standard item code of the newer generation."""

PLANNING, DRAWINGS, FIRE_DESIGN, PERMIT = "0070", "0090", "0100", "0120"
FIRE_ACCEPTANCE, FIRE_FILING, COMPLETION = "0140", "0150", "0180"
_DIGITS, _GROUP = 7, 4


def group(case: Subject) -> str:
    """The group of the case's standard item; empty where it is not known or of another list."""
    code = case.link.standard_code if case.link else ""
    return code[:_GROUP] if len(code) == _DIGITS else ""


def stands(case: Subject) -> bool:
    """Whether a case passed and was neither taken back nor revoked."""
    return case.passed and not case.course.statuses & {TAKEN_BACK, REVOKED}


def details(case: Subject) -> tuple[Row, ...]:
    """The rows of a case in its business table; the drawing review is told by item, not by case."""
    kind = group(case)
    if kind == DRAWINGS:
        item = case.anchor.text("SPSXBM")
        rows = case.dossier.of(DETAILS[kind])
        return tuple(row for row in rows if row.text("SPSXBM") == item)
    return case.rows(DETAILS[kind]) if kind in DETAILS else ()
