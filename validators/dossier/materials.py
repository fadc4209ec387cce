"""The materials of a case: what its item's catalogue asks for and what was collected."""

from __future__ import annotations

from validators.dossier.flow import item_version
from validators.dossier.row import Row
from validators.dossier.subject import Subject

MATERIALS = ("SPGL_XMSQCLJQTFJXXB", "SPGL_XMQTFJXXB")
"""Where materials are told: in the newer and in the older generation."""
_CATALOGUE = "SPGL_SPSXCLMLXXB"
REQUIRED, LATER = "1", "3"
"""Values of list CLBYX: required, and may follow later."""


def collected(case: Subject) -> list[Row]:
    """The material rows of a case, those of its parallel batch among them."""
    batch = case.anchor.text("BLSPSLBM")
    own = [row for table in MATERIALS for row in case.rows(table)]
    shared = [
        row
        for table in MATERIALS
        for row in case.dossier.of(table)
        if batch and row.text("BLSPSLBM") == batch and not row.text("SPSXSLBM")
    ]
    return own + shared


def catalogued(case: Subject) -> list[Row]:
    """The catalogue rows of the case's item version."""
    named = item_version(case.anchor)
    return [row for row in case.dossier.set_up.of(_CATALOGUE) if item_version(row) == named]


def missing(case: Subject, *necessities: str) -> list[str]:
    """The names of catalogued materials of these necessities that were not collected."""
    there = {row.text("CLMLBH") for row in collected(case)}
    return [
        row.text("CLMC") or row.text("CLMLBH")
        for row in catalogued(case)
        if row.text("CLBYX") in necessities and row.text("CLMLBH") not in there
    ]
