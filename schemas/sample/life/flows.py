"""What a division sends before any project: flows, stages, items, catalogues, assessments."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from schemas.sample import codes
from schemas.sample.catalogue import FIRST_VERSION, PARALLEL_STAGE, Item, Kind, items, kinds
from schemas.sample.life.tale import Event, Tale
from schemas.standard import Standard

_STAGES = {
    1: "立项用地规划许可阶段",
    2: "工程建设许可阶段",
    3: "施工许可阶段",
    4: "竣工验收阶段",
    5: "并行推进阶段",
}
_AT_ONCE = 1
_CERTIFICATE = "10"


def flow_setup(standard: Standard, division: str, rng: Random, at: datetime) -> list[Event]:
    """The rows that every story of a division refers to; sent once per division and version.

    Codes are made from the division and the catalogue, not drawn, so that stories find them
    whichever random they are told with. Rows of one table carry the same moment, each table a
    second after its parents, beginning at ``at``.
    """
    tale = Tale(standard, division, rng)
    for kind in kinds():
        _flow(tale, kind, at)
    for item in items():
        _item(tale, item, at)
    _region(tale, at)
    order = [table.code for table in standard.in_order]
    return [
        Event(event.at + timedelta(seconds=order.index(event.table)), event.table, event.record)
        for event in tale.told()
    ]


def assessment_unit(division: str) -> str:
    """The code of the one regional assessment unit a division sets up."""
    return f"{division}QY001"


def _flow(tale: Tale, kind: Kind, at: datetime) -> None:
    flow: dict[str, str | None] = {
        "SPLCBM": kind.flow_code(tale.division),
        "SPLCBBH": FIRST_VERSION,
    }
    named = flow | {
        "SPLCMC": f"{kind.name}审批流程",
        "SPLCSM": f"{kind.name}审批流程，分四个阶段和并行推进事项。",
        "SPLCLX": kind.flow_type,
        "DYBZSPLCLX": kind.flow_type,
    }
    tale.tell(at, "SPGL_SPLCXXB", **named)
    tale.tell(at, "SPGL_DFXMSPLCXXB", **named)
    for number, limit in kind.limits.items():
        stage = flow | {
            "SPJDXH": str(number),
            "SPJDMC": _STAGES[number],
            "SPJDSX": str(limit),
            "LCBSXLX": "2" if number == PARALLEL_STAGE else "1",
        }
        tale.tell(at, "SPGL_SPJDXXB", **stage)
        tale.tell(at, "SPGL_DFXMSPLCJDXXB", **stage)
    for item in kind.items:
        _link(tale, flow, item, at)


def _link(tale: Tale, flow: dict[str, str | None], item: Item, at: datetime) -> None:
    link = flow | {
        "SPJDXH": str(item.stage),
        "SPSXBM": item.code(tale.division),
        "SPSXBBH": FIRST_VERSION,
    }
    tale.tell(at, "SPGL_SPLCJBLSXXXB", **link)
    table = tale.standard.tables.get("SPGL_DFXMSPLCJDSXXXB")
    if table is None:
        return
    department = codes.department(tale.division, item.department)
    tale.tell(
        at,
        table.code,
        **link,
        SPSXMC=item.name,
        DYBZSPSXBM=item.standard_code(table),
        SFSXGZCNZ="1" if item.commitment else "0",
        BJLX=_handling(item),
        SPSXBLSX=str(item.limit),
        SPBMBM=codes.office(tale.division, department),
        SPBMMC=department,
    )


def _item(tale: Tale, item: Item, at: datetime) -> None:
    table = tale.standard.tables.get("SPGL_SPSXJBXXB")
    if table is None:
        return
    department = codes.department(tale.division, item.department)
    version: dict[str, str | None] = {
        "SPSXBM": item.code(tale.division),
        "SPSXBBH": FIRST_VERSION,
    }
    tale.tell(
        at,
        table.code,
        **version,
        SPSXMC=item.name,
        DYBZSPSXBM=item.standard_code(table),
        SSZT=department,
        FDBJSX=str(item.statutory),
        CNBJSX=str(item.limit),
        BJLX=_handling(item),
    )
    tale.tell(
        at,
        "SPGL_SPSXKZXXB",
        **version,
        SPJGLX=item.result,
        XZXKZJMC=item.name.removesuffix("核发") if item.result == _CERTIFICATE else None,
        SFSXGZCNBL="1" if item.commitment else "0",
        SFXYZJPS="1" if item.special else "0",
    )
    for place, name in enumerate(item.materials):
        tale.tell(
            at,
            "SPGL_SPSXCLMLXXB",
            **version,
            PX=str(place + 1),
            CLMLBH=item.material_code(tale.division, place),
            CLMC=name,
        )


def _region(tale: Tale, at: datetime) -> None:
    """What belongs to the division as a whole: assessment unit, control line, its system."""
    unit = assessment_unit(tale.division)
    tale.tell(at, "SPGL_QYPGXXB", QYPGDYBM=unit)
    for number, name in enumerate(("水土保持区域评估", "地质灾害危险性区域评估"), start=1):
        tale.tell(at, "SPGL_QYPGSXXXB", QYPGDYBM=unit, QYPGSXBM=f"QYPG{number:02d}", QYPGSXMC=name)
    tale.tell(at, "SPGL_DFGHKZXXXB", KZXWJXH="1")
    tale.tell(at, "SPGL_GCSPXTJBXXB")


def _handling(item: Item) -> str:
    """The handling type: at once (1) or within a promised time (2), list BJLX."""
    return "1" if item.limit <= _AT_ONCE else "2"
