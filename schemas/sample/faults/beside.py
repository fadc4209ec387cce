"""Faults that only show beside other rows: of the case, the project, the permits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from schemas.sample.faults.fault import Break, Changes, Fault, Record, collected
from schemas.standard import Table

_CASE = "SPGL_XMSPSXBLXXB"
_STEP = "SPGL_XMSPSXBLXXXXB"
_HANDLING, _RECEIPT, _PASSED, _DECLINED = "8", "1", "11", "4"
_LONG_BEFORE = timedelta(days=500)


def _instead(status: str, other: str) -> Break:
    """A step reported under another status."""

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        if table.code != _STEP or record.get("BLZT") != status:
            return None
        return {"BLZT": other}

    return breaks


def _earlier(table_code: str, field: str) -> Break:
    """A day long before the right one."""

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        day = record.get(field)
        if table.code != table_code or not day:
            return None
        return {field: (date.fromisoformat(day[:10]) - _LONG_BEFORE).isoformat()}

    return breaks


def _limit_differs(table: Table, record: Record, _: Random) -> Changes | None:
    limit = record.get("SXBLSX")
    if table.code != _CASE or not limit:
        return None
    return {"SXBLSX": str(int(limit) + 1)}


def _other_sector(table: Table, record: Record, _: Random) -> Changes | None:
    sort = record.get("GCYT")
    if table.code != "SPGL_XMDTXXB" or not sort:
        return None
    return {"GCYT": "0101" if sort.startswith("31") else "3101"}


def _twice_the_land(table: Table, record: Record, _: Random) -> Changes | None:
    area = record.get("YDMJ")
    if table.code != "SPGL_JSYDGHXKXXB" or not area:
        return None
    return {"YDMJ": f"{Decimal(area) * 2:.2f}"}


def _other_licence(table: Table, record: Record, _: Random) -> Changes | None:
    number = record.get("XKBABH")
    if table.code not in {"SPGL_ZRZTXXB", "SPGL_XMDTXXB"} or not number:
        return None
    return {"XKBABH": f"{number}-1"}


FAULTS = collected(
    Fault(
        "receipt_twice",
        "部门开始办理误报为接件，一个办件有两条接件",
        ("PRC-001",),
        _instead(_HANDLING, _RECEIPT),
        keeps_key=False,
    ),
    Fault(
        "declined_once_accepted",
        "已受理的办件，办结误报为不受理",
        ("PRC-012",),
        _instead(_PASSED, _DECLINED),
        keeps_key=False,
    ),
    Fault("case_limit_differs", "办件时限与事项承诺时限不同", ("LIM-014",), _limit_differs),
    Fault(
        "approved_before_acceptance",
        "批复日期早于受理",
        ("PRC-024",),
        _earlier("SPGL_XMSPSXPFWJXXB", "PFRQ"),
    ),
    Fault("building_of_other_sector", "单体工程类别与项目行业不符", ("PER-013",), _other_sector),
    Fault("land_area_doubled", "用地许可的面积与项目不符", ("PER-028",), _twice_the_land),
    Fault("licence_of_nothing", "许可编号与该办件的许可不同", ("PER-005",), _other_licence),
    Fault(
        "permit_before_planning",
        "施工许可早于工程规划许可",
        ("PER-017",),
        _earlier("SPGL_JZGCSGXKXXB", "FZRQ"),
    ),
)
"""All faults of this kind by name."""
