"""What a dossier rule speaks of: a case, a project, a service, a flow version, an item, an area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from validators.dossier.course import DEFICIENT, PASSED, Course
from validators.dossier.dossier import CASE, CASE_NUMBER, PROJECT, STEPS, Dossier
from validators.dossier.flow import FLOWS, Flow, Link
from validators.dossier.row import Row

SubjectKind = Literal["case", "project", "service", "flow", "item", "area", "approval"]

SERVICE, ITEM, APPROVAL = "SPGL_ZJFWSXBLXXB", "SPGL_SPSXJBXXB", "SPGL_XMSPGCXXB"


@dataclass(frozen=True)
class Subject:
    """One subject; a finding about it is attached to its ``anchor`` row."""

    kind: SubjectKind
    anchor: Row
    dossier: Dossier

    @property
    def number(self) -> str:
        """The number of a case (empty for other subjects)."""
        return self.anchor.text(CASE_NUMBER) if self.kind == "case" else ""

    def rows(self, table: str) -> tuple[Row, ...]:
        """Its rows of a table: of the case, or of the whole dossier."""
        if self.kind == "case":
            return self.dossier.of_case(self.number, table)
        return self.dossier.of(table)

    def being_mended(self, table: str) -> tuple[Row, ...]:
        """Its rows of a table that were returned and wait for their mending."""
        if self.kind == "case":
            return self.dossier.returned_of_case(self.number, table)
        return self.dossier.returned.get(table, ())

    def everything(self) -> Iterable[Row]:
        """All rows that make it up."""
        if self.kind == "case":
            return self.dossier.all_of_case(self.number)
        groups = (*self.dossier.rows.values(), *self.dossier.returned.values())
        return (row for rows in groups for row in rows)

    @property
    def complete_since(self) -> datetime:
        """When the newest of its rows arrived."""
        return max(row.arrived for row in (self.anchor, *self.everything()))

    @cached_property
    def course(self) -> Course:
        """The steps of a case."""
        return Course.of(self.rows(STEPS))

    @property
    def passed(self) -> bool:
        """Whether a case ended with a pass, with all materials or some outstanding."""
        return bool(self.course.statuses & {PASSED, DEFICIENT})

    @cached_property
    def flow(self) -> Flow | None:
        """The flow version that a case or project is bound to, or that this is."""
        set_up = self.dossier.set_up
        return set_up.flow(self.anchor.text("SPLCBM"), self.anchor.text("SPLCBBH"))

    @property
    def link(self) -> Link | None:
        """The place of a case's item in its flow."""
        return self.flow.link(self.anchor.text("SPSXBM")) if self.flow else None

    def cases(self) -> Iterator[Subject]:
        """The cases of its dossier."""
        return (Subject("case", row, self.dossier) for row in self.dossier.of(CASE))

    @property
    def project(self) -> Row | None:
        """The project's row."""
        rows = self.dossier.of(PROJECT)
        return rows[0] if rows else None


def subjects(dossier: Dossier) -> dict[SubjectKind, list[Subject]]:
    """The subjects of a dossier by kind; one without rows of its own has none."""
    found: dict[SubjectKind, list[Subject]] = {}

    def add(kind: SubjectKind, rows: Iterable[Row]) -> None:
        for row in rows:
            found.setdefault(kind, []).append(Subject(kind, row, dossier))

    match dossier.kind:
        case "project":
            add("case", dossier.of(CASE))
            add("project", dossier.of(PROJECT)[:1])
        case "plan":
            add("service", dossier.of(SERVICE))
        case "area":
            flows = [row for table in FLOWS for row in dossier.of(table)]
            add("flow", flows)
            add("item", dossier.of(ITEM))
            add("area", sorted(flows, key=lambda row: row.version)[-1:])
        case "approval":
            add("approval", dossier.of(APPROVAL))
    return found
