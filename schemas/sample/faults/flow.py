"""Faults of flows, stages, items, catalogues and regional assessments (FLW)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from schemas.sample.faults.fault import Break, Changes, Fault, Record, cells, collected, emptied
from schemas.standard import Table

_STAGES = ("SPGL_SPJDXXB", "SPGL_DFXMSPLCJDXXB")
_ITEMS = "SPGL_SPSXJBXXB"
_EXTENSION = "SPGL_SPSXKZXXB"
_LINKS = "SPGL_SPLCJBLSXXXB"
_OLDER_LINKS = "SPGL_DFXMSPLCJDSXXXB"
_PARALLEL = "5"


def _limit(limit: str) -> Break:
    """Another limit for a stage that is not the parallel one."""

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        if table.code not in _STAGES or record.get("SPJDXH") == _PARALLEL:
            return None
        return {"SPJDSX": limit}

    return breaks


def _day_before(code: str, of: str, *tables: str) -> Break:
    """A day one month before another day of the same row."""

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        start = record.get(of)
        if table.code not in tables or not start:
            return None
        return {code: (date.fromisoformat(start) - timedelta(days=30)).isoformat()}

    return breaks


def _promised_over_statutory(table: Table, record: Record, _: Random) -> Changes | None:
    statutory = record.get("FDBJSX")
    if table.code != _ITEMS or not statutory:
        return None
    return {"CNBJSX": str(int(statutory) + 10)}


def _implementation_code(table: Table, record: Record, _: Random) -> Changes | None:
    code = record.get("SSBM")
    return {"SSBM": f"{code}001"} if table.code == _ITEMS and code else None


FAULTS = collected(
    Fault("stage_limit_over", "阶段时限超过50个工作日", ("FLW-010",), _limit("60")),
    Fault("stage_limit_zero", "非并行推进阶段时限为0", ("FLW-010",), _limit("0")),
    Fault(
        "stage_unmatched",
        "对应标准审批阶段序号不是1至5",
        ("FLW-012", "COM-013"),
        cells(*_STAGES, DYBZSPJDXH="6"),
    ),
    Fault(
        "milestone_rule_unknown",
        "里程碑事项类型不是1或2",
        ("FLW-015", "COM-013"),
        cells("SPGL_DFXMSPLCJDXXB", LCBSXLX="3"),
    ),
    Fault(
        "flow_type_unknown",
        "审批流程类型不是1至10",
        ("FLW-004", "COM-013"),
        cells("SPGL_DFXMSPLCXXB", SPLCLX="11"),
    ),
    Fault(
        "stage_of_unknown_flow",
        "阶段所属流程不存在",
        ("FLW-005", "PRO-007"),
        cells(*_STAGES, SPLCBM="LC-BUCUNZAI"),
        keeps_key=False,
    ),
    Fault(
        "link_of_unknown_stage",
        "事项所属阶段不存在",
        ("FLW-006", "PRO-007"),
        cells(_LINKS, SPJDXH="9"),
        keeps_key=False,
    ),
    Fault(
        "link_of_unknown_item",
        "所引事项不存在",
        ("FLW-007", "PRO-007"),
        cells(_LINKS, SPSXBM="SX-BUCUNZAI"),
        keeps_key=False,
    ),
    Fault(
        "stage_item_of_unknown_stage",
        "阶段事项所属阶段不存在",
        ("FLW-008", "PRO-007"),
        cells(_OLDER_LINKS, SPJDXH="9"),
        keeps_key=False,
    ),
    Fault(
        "item_limit_missing",
        "审批事项办理时限为空",
        ("FLW-018",),
        emptied(_OLDER_LINKS, fields=("SPSXBLSX",)),
    ),
    Fault(
        "standard_item_malformed",
        "对应标准审批事项编码位数不对",
        ("FLW-019",),
        cells(_ITEMS, _OLDER_LINKS, DYBZSPSXBM="100"),
    ),
    Fault(
        "implementing_body_missing",
        "实施主体编码为空",
        ("FLW-020",),
        emptied(_ITEMS, fields=("SSZTBM",)),
    ),
    Fault(
        "basic_code_long",
        "基本编码超过12位",
        ("FLW-021", "COM-014"),
        cells(_ITEMS, JBBM="0001011234567"),
    ),
    Fault(
        "implementation_code_long", "实施编码超过31位", ("FLW-022", "COM-014"), _implementation_code
    ),
    Fault(
        "promised_over_statutory",
        "承诺办结时限大于法定办结时限",
        ("FLW-023",),
        _promised_over_statutory,
    ),
    Fault(
        "charge_without_basis",
        "收费事项未填收费依据",
        ("FLW-024",),
        cells(_ITEMS, SFSF="1", SFYJ=None),
    ),
    Fault(
        "power_source_unknown",
        "权力来源不在代码表内",
        ("FLW-025", "COM-013"),
        cells(_ITEMS, QLLY="8"),
    ),
    Fault(
        "result_type_unknown",
        "事项审批结果类型不在代码表内",
        ("FLW-026", "COM-013"),
        cells(_EXTENSION, SPJGLX="40"),
    ),
    Fault(
        "yes_no_unknown",
        "“是否”字段不是0或1",
        ("FLW-027", "COM-013"),
        cells(_EXTENSION, SFWB="是"),
    ),
    Fault(
        "catalogue_number_missing",
        "材料目录编号为空",
        ("FLW-029",),
        emptied("SPGL_SPSXCLMLXXB", fields=("CLMLBH",)),
        keeps_key=False,
    ),
    Fault(
        "intermediary_unnamed",
        "有中介服务事项而未填名称和依据",
        ("FLW-030",),
        cells(_EXTENSION, YWZJFWSX="1", ZJFWSXMC=None, SDZJFWSXDYJ=None),
    ),
    Fault(
        "stopped_before_start",
        "停用日期早于生效日期",
        ("FLW-031",),
        _day_before("TYRQ", "SXRQ", "SPGL_SPLCXXB", _ITEMS),
    ),
    Fault(
        "assessment_item_of_unknown_unit",
        "区域评估事项所引评估单元不存在",
        ("FLW-033", "PRO-007"),
        cells("SPGL_QYPGSXXXB", QYPGDYBM="QY-BUCUNZAI"),
        keeps_key=False,
    ),
    Fault(
        "assessment_ends_before_start",
        "区域评估成果截止日期早于生效日期",
        ("FLW-034",),
        _day_before("QYPGCGJZRQ", "QYPGCGSXRQ", "SPGL_QYPGSXXXB"),
    ),
)
