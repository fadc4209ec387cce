"""Faults of cases, steps, special procedures, documents and materials (INS, PRC)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from schemas.sample.faults.fault import Changes, Fault, Record, cells, collected, emptied
from schemas.standard import Table

_CASE = "SPGL_XMSPSXBLXXB"
_STEP = "SPGL_XMSPSXBLXXXXB"
_PROCEDURE = "SPGL_XMSPSXBLTBCXXXB"
_DOCUMENT = "SPGL_XMSPSXPFWJXXB"
_MATERIALS = ("SPGL_XMSQCLJQTFJXXB", "SPGL_XMQTFJXXB")
_OF_CASE = ("SPGL_XMSPSXZQYJXXB", _PROCEDURE, _DOCUMENT, *_MATERIALS)
_UNKNOWN_UNIT = "2001-000000-00-00-000000-01"
_UNKNOWN_CASE = "BJ-BUCUNZAI"
_WITH_OPINION = frozenset({"4", "5", "6", "11", "12", "13", "14", "15"})


def _time_without_seconds(table: Table, record: Record, _: Random) -> Changes | None:
    at = record.get("BLSJ")
    return {"BLSJ": at[:16]} if table.code == _STEP and at else None


def _without_opinion(table: Table, record: Record, _: Random) -> Changes | None:
    if table.code != _STEP or record.get("BLZT") not in _WITH_OPINION:
        return None
    return {"BLYJ": None}


def _expired_before_issue(table: Table, record: Record, _: Random) -> Changes | None:
    issued = record.get("PFRQ")
    if table.code != _DOCUMENT or not issued:
        return None
    return {"PFWJYXQX": (date.fromisoformat(issued) - timedelta(days=30)).isoformat()}


def _case_of_other_version(table: Table, record: Record, _: Random) -> Changes | None:
    if table.code != _CASE or not record.get("SPSXBBH"):
        return None
    return {"SPSXBBH": "99"}


def _certificate_broken(table: Table, record: Record, _: Random) -> Changes | None:
    code = record.get("ZZBS")
    if table.code != _DOCUMENT or not code:
        return None
    return {"ZZBS": code[:-1] + ("A" if code[-1] != "A" else "B")}


FAULTS = collected(
    Fault(
        "case_of_unknown_project",
        "办件的工程代码不存在",
        ("INS-001", "PRO-007"),
        cells(_CASE, GCDM=_UNKNOWN_UNIT),
        keeps_key=False,
    ),
    Fault(
        "case_of_unknown_item",
        "办件的事项不在流程阶段事项中",
        ("INS-002", "PRO-007"),
        cells(_CASE, SPSXBM="SX-BUCUNZAI"),
    ),
    Fault(
        "case_of_other_version",
        "办件的事项版本不在流程阶段事项中",
        ("INS-002", "PRO-007"),
        _case_of_other_version,
    ),
    Fault(
        "acceptance_mode_unknown",
        "受理方式不是1至5",
        ("INS-005", "COM-013"),
        cells(_CASE, SLFS="7"),
    ),
    Fault(
        "contact_missing",
        "联系人、手机号或业务情形为空",
        ("INS-007",),
        emptied(_CASE, fields=("LXR", "LXRSJH", "YWQX")),
    ),
    Fault(
        "department_missing",
        "审批部门编码或名称为空",
        ("INS-008",),
        emptied(_CASE, fields=("SPBMBM", "SPBMMC")),
    ),
    Fault("case_limit_zero", "事项办理时限为0", ("INS-009",), cells(_CASE, SXBLSX="0")),
    Fault(
        "case_of_unknown_assessment",
        "办件所填区域评估单元不存在",
        ("INS-012", "PRO-007"),
        cells(_CASE, QYPGDYBM="QY-BUCUNZAI"),
    ),
    Fault(
        "step_of_unknown_project",
        "办理记录的工程代码不存在",
        ("INS-015", "PRO-007"),
        cells(_STEP, GCDM=_UNKNOWN_UNIT),
        keeps_key=False,
    ),
    Fault(
        "step_of_unknown_case",
        "办理记录的办件不存在",
        ("INS-016", "PRO-007"),
        cells(_STEP, SPSXSLBM=_UNKNOWN_CASE),
        keeps_key=False,
    ),
    Fault(
        "step_status_unknown",
        "办理状态不是1至15",
        ("INS-017", "COM-013"),
        cells(_STEP, BLZT="99"),
        keeps_key=False,
    ),
    Fault("handler_missing", "办理人为空", ("INS-018",), emptied(_STEP, fields=("BLR",))),
    Fault(
        "step_unit_missing",
        "单位名称、信用代码或数据来源为空",
        ("INS-019",),
        emptied(_STEP, fields=("DWMC", "DWTYSHXYDM", "SJLY")),
    ),
    Fault(
        "step_time_missing",
        "办理时间为空",
        ("INS-020",),
        emptied(_STEP, fields=("BLSJ",)),
        keeps_key=False,
    ),
    Fault(
        "step_time_without_seconds",
        "办理时间未精确到秒",
        ("INS-020", "COM-015"),
        _time_without_seconds,
        keeps_key=False,
    ),
    Fault("opinion_missing", "应有办理意见的状态未填意见", ("INS-022",), _without_opinion),
    Fault(
        "row_of_unknown_case",
        "所属办件不存在",
        ("INS-023", "PRO-007"),
        cells(*_OF_CASE, SPSXSLBM=_UNKNOWN_CASE),
        keeps_key=False,
    ),
    Fault(
        "procedure_unnamed",
        "特别程序为其他而未填名称",
        ("PRC-015",),
        cells(_PROCEDURE, TBCX="8", TBCXMC=None),
        keeps_key=False,
    ),
    Fault(
        "procedure_unit_unknown",
        "特别程序时限类型不在代码表内",
        ("PRC-016", "COM-013"),
        cells(_PROCEDURE, TBCXSXLX="3"),
    ),
    Fault("procedure_limit_zero", "特别程序时限为0", ("PRC-017",), cells(_PROCEDURE, TBCXSX="0")),
    Fault(
        "document_incomplete",
        "批复日期或文件标题为空",
        ("PRC-021",),
        emptied(_DOCUMENT, fields=("PFRQ", "PFWJBT")),
    ),
    Fault(
        "document_without_term",
        "批复文件未填有效期限",
        ("PRC-022",),
        cells(_DOCUMENT, PFWJYXQX=None),
    ),
    Fault(
        "document_expired_before_issue",
        "批复文件有效期限早于批复日期",
        ("PRC-023",),
        _expired_before_issue,
    ),
    Fault(
        "document_type_unknown",
        "审批结果类型不在代码表内",
        ("PRC-025", "COM-013"),
        cells(_DOCUMENT, SPJGLX="50"),
    ),
    Fault(
        "certificate_check",
        "电子证照标识校验位错误",
        (),
        _certificate_broken,
    ),
    Fault(
        "material_of_nothing",
        "材料既无办件编码也无并联编码",
        ("PRC-029",),
        cells(*_MATERIALS, SPSXSLBM=None, BLSPSLBM=None),
        keeps_key=False,
    ),
    Fault(
        "material_uncatalogued",
        "申报材料的目录编号为空",
        ("PRC-028",),
        emptied(*_MATERIALS, fields=("CLMLBH",)),
        keeps_key=False,
    ),
)
