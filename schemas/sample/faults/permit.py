"""Faults of permits, filings, fire, drawing review, parties, buildings and supervision (PER)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from schemas.sample.faults.fault import Break, Changes, Fault, Record, cells, collected, emptied
from schemas.standard import Table

_CONSTRUCTION = "SPGL_JZGCSGXKXXB"
_COMPLETION = "SPGL_JSGCJGYSBAXXB"
_FIRE_DESIGN = "SPGL_JSGCXFSJSCXXB"
_FIRE_ACCEPTANCE = "SPGL_JSGCXFYSXXB"
_FIRE_FILING = "SPGL_JSGCXFYSBAXXB"
_FIRE = (_FIRE_DESIGN, _FIRE_ACCEPTANCE, _FIRE_FILING)
_REVIEW = "SPGL_SGTSJWJSCXXB"
_OF_REVIEW = ("SPGL_SGTSJWJSCXXXXB", "SPGL_KCSJRYXXB")
_COMMITMENT = "SPGL_GZCNZBJJGXXB"
_BUILDING = "SPGL_XMDTXXB"
_PARTY = "SPGL_ZRZTXXB"
_PERMITS = (
    "SPGL_JSYDGHXKXXB", "SPGL_JSGCGHXKXXB", _CONSTRUCTION, *_FIRE, _COMPLETION,
)  # fmt: skip
_UNKNOWN_UNIT = "2001-000000-00-00-000000-01"


def _day(code: str, of: str, days: int, *tables: str) -> Break:
    """A day that lies so many days from another day of the same row."""

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        other = record.get(of)
        if table.code not in tables or not other:
            return None
        return {code: (date.fromisoformat(other[:10]) + timedelta(days=days)).isoformat()}

    return breaks


def _sum(total: str, *tables: str) -> Break:
    """A total that is not the sum of the area above and below ground."""

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        area = record.get(total)
        if table.code not in tables or not area or not record.get("DSJZMJ"):
            return None
        return {total: f"{Decimal(area) * 2:.2f}"}

    return breaks


def _shelter_too_large(table: Table, record: Record, _: Random) -> Changes | None:
    below = record.get("DXJZMJ")
    if table.code not in {_CONSTRUCTION, _COMPLETION} or not below:
        return None
    return {"RFMJ": f"{Decimal(below) + 500:.2f}"}


def _ten_days_before_review(code: str) -> Break:
    """A time ten days before the review began."""

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        start = record.get("SCKSRQ")
        if table.code != _REVIEW or not start:
            return None
        day = date.fromisoformat(start) - timedelta(days=10)
        return {code: f"{day.isoformat()} 10:00:00"}

    return breaks


FAULTS = collected(
    Fault(
        "permit_of_unknown_project",
        "许可、备案的工程代码不存在",
        ("PER-001", "PRO-007"),
        cells(*_PERMITS, GCDM=_UNKNOWN_UNIT),
        keeps_key=False,
    ),
    Fault(
        "permit_of_unknown_case",
        "许可、备案的办件不存在",
        ("PER-002", "PRO-007"),
        cells(*_PERMITS, SPSXSLBM="BJ-BUCUNZAI"),
        keeps_key=False,
    ),
    Fault(
        "party_type_unknown",
        "责任主体单位类型不在代码表内",
        ("PER-006", "COM-013"),
        cells(_PARTY, DWLX="9"),
        keeps_key=False,
    ),
    Fault(
        "building_area_sum",
        "单体建筑面积不等于地上与地下之和",
        ("PER-010",),
        _sum("JZMJ", _BUILDING),
    ),
    Fault(
        "total_area_sum",
        "总建筑面积不等于地上与地下之和",
        ("PER-011",),
        _sum("ZJZMJ", _CONSTRUCTION, _COMPLETION),
    ),
    Fault("shelter_too_large", "人防面积大于地下面积", ("PER-011",), _shelter_too_large),
    Fault(
        "planned_end_before_start",
        "计划竣工日期早于计划开工日期",
        ("PER-015",),
        _day("JHJGRQ", "JHKGRQ", -30, _CONSTRUCTION),
    ),
    Fault(
        "completed_before_started",
        "开工日期晚于竣工日期",
        ("PER-016",),
        _day("KGRQ", "JGRQ", 5, _COMPLETION),
    ),
    Fault(
        "filed_before_completed",
        "备案日期早于竣工日期",
        ("PER-016",),
        _day("BARQ", "JGRQ", -5, _COMPLETION),
    ),
    Fault(
        "decoration_incomplete",
        "含装饰装修而未填部位、面积、层数",
        ("PER-019",),
        cells(*_FIRE, SFBHZXZSGC="1", ZXBW=None, ZXMJ=None, ZXSZCS=None, SFGBYT=None),
    ),
    Fault(
        "former_use_missing",
        "改变用途而未填原有用途",
        ("PER-019",),
        cells(*_FIRE, SFBHZXZSGC="1", ZXBW="吊顶", ZXMJ="300", ZXSZCS="1层", SFGBYT="1", YYYT=None),
    ),
    Fault(
        "insulation_incomplete",
        "使用保温材料而未填类别、层数、部位",
        ("PER-020",),
        cells(*_FIRE, SFSYBWCL="1", BWCLLB=None, BWSZCS=None, BWBW=None, BWCL=None),
    ),
    Fault(
        "special_works_unknown",
        "特殊建设工程情形不是1至12",
        ("PER-021", "COM-013"),
        cells(_FIRE_DESIGN, _FIRE_ACCEPTANCE, TSJSGCQX="13"),
    ),
    Fault(
        "review_passed_before_start",
        "审查通过时间早于审查开始日期",
        ("PER-023",),
        _ten_days_before_review("SCTGSJ"),
    ),
    Fault(
        "first_review_before_start",
        "初审完成时间早于审查开始日期",
        ("PER-023",),
        _ten_days_before_review("CSWCSJ"),
    ),
    Fault(
        "step_of_unknown_review",
        "所引施工图审查业务编号不存在",
        ("PER-024", "PRO-007"),
        cells(*_OF_REVIEW, STYWBH="ST-BUCUNZAI"),
        keeps_key=False,
    ),
    Fault(
        "review_of_unknown_item",
        "施工图审查的事项版本不存在",
        ("PER-025", "PRO-007"),
        cells(_REVIEW, SPSXBM="SX-BUCUNZAI"),
    ),
    Fault(
        "commitment_broken_unexplained",
        "未履行告知承诺而未写明情况",
        ("PER-026",),
        cells(_COMMITMENT, SFLXGZCN="0", GZCNLXQK=None),
    ),
    Fault(
        "commitment_check_without_time",
        "告知承诺监管未填检查时间",
        ("PER-026",),
        emptied(_COMMITMENT, fields=("JCSJ",)),
    ),
    Fault(
        "service_step_of_nothing",
        "中介服务过程没有对应的服务事项",
        ("PER-029", "PRO-007"),
        cells("SPGL_ZJFWSXBLGCXXB", ZJFWSXSLBM="ZJ-BUCUNZAI"),
        keeps_key=False,
    ),
)
