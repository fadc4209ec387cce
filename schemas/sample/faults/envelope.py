"""Faults of what every row carries: keys, division, validity, status, reasons (COM, PRO)."""

from __future__ import annotations

from random import Random

from schemas.sample.faults.fault import Changes, Fault, Record, cells, collected
from schemas.sample.places import elsewhere
from schemas.standard import Table


def _foreign(table: Table, record: Record, rng: Random) -> Changes | None:
    here = record.get("XZQHDM")
    if "XZQHDM" not in table.by_code or not here:
        return None
    return {"XZQHDM": elsewhere(rng, here)}


def _invalid_without_reason(table: Table, record: Record, _: Random) -> Changes | None:
    if "SJWXYY" not in table.by_code or record.get("SJYXBS") != "1":
        return None
    return {"SJYXBS": "0", "SJWXYY": None}


def _reason_on_valid(table: Table, record: Record, _: Random) -> Changes | None:
    if "SJWXYY" not in table.by_code or record.get("SJYXBS") != "1":
        return None
    return {"SJWXYY": "录入有误"}


FAULTS = collected(
    Fault("local_key_missing", "地方数据主键为空", ("COM-001",), cells(DFSJZJ=None)),
    Fault(
        "division_missing",
        "行政区划代码为空",
        ("COM-001",),
        cells(XZQHDM=None),
        keeps_key=False,
    ),
    Fault("validity_missing", "数据有效标识为空", ("COM-001",), cells(SJYXBS=None)),
    Fault("status_missing", "数据上传状态为空", ("COM-001",), cells(SJSCZT=None)),
    Fault(
        "division_placeholder",
        "行政区划代码填占位值000000",
        ("COM-002",),
        cells(XZQHDM="000000"),
        keeps_key=False,
    ),
    Fault(
        "division_malformed",
        "行政区划代码不是六位数字",
        ("COM-002",),
        cells(XZQHDM="4206X"),
        keeps_key=False,
    ),
    Fault(
        "division_foreign",
        "行政区划代码不属于上报地区",
        ("COM-003",),
        _foreign,
        keeps_key=False,
    ),
    Fault("validity_unknown", "数据有效标识取值为2", ("COM-004", "COM-013"), cells(SJYXBS="2")),
    Fault(
        "invalid_without_reason",
        "数据有效标识为0而未填无效原因",
        ("COM-005",),
        _invalid_without_reason,
    ),
    Fault(
        "reason_on_valid_row",
        "数据有效标识为1却填写了无效原因",
        ("COM-006",),
        _reason_on_valid,
    ),
    Fault("status_preset", "新写入记录的上传状态不为0", ("COM-007",), cells(SJSCZT="3")),
    Fault("status_unknown", "上传状态取值不在代码表内", ("COM-007",), cells(SJSCZT="9")),
    Fault(
        "failure_reason_preset",
        "新写入记录已填失败原因",
        ("COM-008",),
        cells(SBYY="校验失败"),
    ),
    Fault(
        "serial_number_preset",
        "重报记录沿用旧流水号",
        ("PRO-002",),
        cells(LSH="0000000001"),
    ),
)
