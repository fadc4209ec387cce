"""Examples of dossiers, told shortly: the steps of a case, what hangs on it, what was set up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from validators.dossier.dossier import CASE, PROJECT, STEPS
from validators.dossier.rule import Cells, Told

YEAR = "2026"
UNIT: Cells = {"XZQHDM": "420602", "XMDM": "2602-420602-04-01-000001", "GCDM": "GC1"}
FLOW: Cells = {"SPLCBM": "LC1", "SPLCBBH": "1"}
NUMBER = "BJ1"
NOW = f"{YEAR}-03-31 18:00:00"

Also = Mapping[str, Iterable[Cells]]


def case(
    *steps: str,
    row: Cells | None = None,
    also: Also | None = None,
    area: Mapping[str, tuple[Cells, ...]] | None = None,
    now: str = NOW,
) -> Told:
    """A project with one case; a step is told as ``3 03-02 09:30`` (status, day, time)."""
    rows: dict[str, list[Cells]] = {PROJECT: [{**UNIT, **FLOW}]}
    add_case(rows, NUMBER, steps, row or {})
    for table, members in (also or {}).items():
        named = {**UNIT, "SPSXSLBM": NUMBER}
        rows.setdefault(table, []).extend({**named, **member} for member in members)
    return Told({table: tuple(members) for table, members in rows.items()}, area or {}, now)


def project(
    *cases: tuple[str, str, str],
    row: Cells | None = None,
    also: Also | None = None,
    area: Mapping[str, tuple[Cells, ...]] | None = None,
    now: str = NOW,
) -> Told:
    """A project with cases, each told as (number, item, steps separated by commas)."""
    rows: dict[str, list[Cells]] = {PROJECT: [{**UNIT, **FLOW, **(row or {})}]}
    for number, item, steps in cases:
        add_case(rows, number, [one.strip() for one in steps.split(",")], {"SPSXBM": item})
    for table, members in (also or {}).items():
        rows.setdefault(table, []).extend({**UNIT, **member} for member in members)
    return Told({table: tuple(members) for table, members in rows.items()}, area or {}, now)


def add_case(rows: dict[str, list[Cells]], number: str, steps: Iterable[str], row: Cells) -> None:
    """Add a case row and its steps to the rows of a project."""
    named = {**UNIT, "SPSXSLBM": number}
    item = {"SPSXBM": "SX1", "SPSXBBH": "1"}
    rows.setdefault(CASE, []).append({**named, **FLOW, **item, **row})
    for step in steps:
        status, at = step.split(" ", 1)
        told = {"BLZT": status, "BLSJ": f"{YEAR}-{at}:00"}
        rows.setdefault(STEPS, []).append({**named, **told})


def set_up(
    *links: tuple[int, str, str],
    limits: Mapping[int, int] | None = None,
    more: Mapping[str, tuple[Cells, ...]] | None = None,
) -> dict[str, tuple[Cells, ...]]:
    """A flow of the newer generation: (stage, item, standard code); all items promise a time."""
    area = {"XZQHDM": "420602"}
    stages = sorted({stage for stage, _, _ in links})
    return {
        "SPGL_SPLCXXB": ({**area, **FLOW, "DYBZSPLCLX": "1", "SXRQ": "2025-01-01"},),
        "SPGL_SPJDXXB": tuple(
            {
                **area,
                **FLOW,
                "SPJDXH": str(stage),
                "SPJDMC": f"第{stage}阶段",
                "SPJDSX": str((limits or {}).get(stage, 20)),
            }
            for stage in stages
        ),
        "SPGL_SPLCJBLSXXXB": tuple(
            {**area, **FLOW, "SPJDXH": str(stage), "SPSXBM": item, "SPSXBBH": "1"}
            for stage, item, _ in links
        ),
        "SPGL_SPSXJBXXB": tuple(
            {
                **area,
                "SPSXBM": item,
                "SPSXBBH": "1.0",
                "SPSXMC": f"事项{item}",
                "DYBZSPSXBM": code,
                "BJLX": "2",
            }
            for _, item, code in links
        ),
        **(more or {}),
    }


def older_set_up(
    *links: tuple[int, str, str], any_milestone: bool = False
) -> dict[str, tuple[Cells, ...]]:
    """A flow of the older generation: (stage, item, 1 for a milestone)."""
    area = {"XZQHDM": "420602", **FLOW}
    stages = sorted({stage for stage, _, _ in links})
    return {
        "SPGL_DFXMSPLCXXB": ({**area, "SPLCLX": "1"},),
        "SPGL_DFXMSPLCJDXXB": tuple(
            {
                **area,
                "SPJDXH": str(stage),
                "SPJDMC": f"第{stage}阶段",
                "SPJDSX": "20",
                "LCBSXLX": "2" if any_milestone else "1",
            }
            for stage in stages
        ),
        "SPGL_DFXMSPLCJDSXXXB": tuple(
            {
                **area,
                "SPJDXH": str(stage),
                "SPSXBM": item,
                "SPSXBBH": "1",
                "SPSXMC": f"事项{item}",
                "SFLCBSX": milestone,
                "BJLX": "2",
            }
            for stage, item, milestone in links
        ),
    }


def only(table: str, *rows: Cells) -> Told:
    """A dossier of rows of one table."""
    return Told({table: rows})
