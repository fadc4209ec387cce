"""Faults of the project row, its units and what hangs on the project code (PRJ, COM-021, 022)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from schemas.sample.faults.fault import Changes, Fault, Record, cells, collected, emptied
from schemas.standard import Table

_PROJECT = "SPGL_XMJBXXB"
_UNIT = "SPGL_XMDWXXB"
_UNKNOWN_PROJECT = "2001-000000-00-00-000000"
#: Tables that hang on the project code alone (PRJ-025).
_BY_PROJECT = (
    "SPGL_XMYDHXJZXXB", "SPGL_XMQQYJXXB", "SPGL_XMJGXXB", "SPGL_ZJFWSXBLXXB", "SPGL_XMBQXXB",
    "SPGL_XMFJXXB",
)  # fmt: skip
_GOVERNMENT_FLOW = "1"
_PRIVATE_SOURCE = "2"


def _ends_before_start(table: Table, record: Record, _: Random) -> Changes | None:
    start = record.get("NKGSJ")
    if table.code != _PROJECT or not start:
        return None
    return {"NJCSJ": (date.fromisoformat(start) - timedelta(days=30)).isoformat()}


def _finished_before_applied(table: Table, record: Record, _: Random) -> Changes | None:
    applied = record.get("SBSJ")
    if table.code != _PROJECT or not applied:
        return None
    day = date.fromisoformat(applied[:10]) - timedelta(days=30)
    return {"XMSFWQBJ": "1", "XMWQBJSJ": f"{day.isoformat()} 09:00:00"}


def _unfinished_with_time(table: Table, record: Record, _: Random) -> Changes | None:
    applied = record.get("SBSJ")
    if table.code != _PROJECT or record.get("XMSFWQBJ") != "0" or not applied:
        return None
    return {"XMWQBJSJ": applied}


def _investment_in_yuan(table: Table, record: Record, _: Random) -> Changes | None:
    total = record.get("ZTZE")
    if table.code != _PROJECT or not total:
        return None
    return {"ZTZE": str(int(total) * 10000)}


def _prefix_lost(table: Table, record: Record, _: Random) -> Changes | None:
    code = record.get("GCDM")
    if table.code != _PROJECT or not code:
        return None
    return {"GCDM": f"GC{code[5:]}"}


def _check_digit(table: Table, record: Record, _: Random) -> Changes | None:
    code, unit = record.get("XMDM"), record.get("GCDM")
    if table.code != _PROJECT or not code or not unit:
        return None
    last = "1" if code[-1] == "0" else "0"
    return {"XMDM": code[:-1] + last, "GCDM": code[:-1] + last + unit[len(code) :]}


def _project_code_local(table: Table, record: Record, rng: Random) -> Changes | None:
    if table.code != _PROJECT or not record.get("XMDM"):
        return None
    code = f"XM{rng.randrange(10**10):010d}"
    return {"XMDM": code, "GCDM": f"{code}-01"}


def _swapped(table: Table, record: Record, _: Random) -> Changes | None:
    """Longitude and latitude in the wrong order, in either form of the project row."""
    if point := record.get("XMJWDZB"):
        swapped = ",".join(reversed(point.split(",")))
        return {"XMJWDZB": swapped} if table.code == _PROJECT else None
    x, y = record.get("XMJSDDX"), record.get("XMJSDDY")
    return {"XMJSDDX": y, "XMJSDDY": x} if table.code == _PROJECT and x and y else None


def _linear_without_length(table: Table, record: Record, _: Random) -> Changes | None:
    if table.code != _PROJECT or record.get("SFXXGC") != "1" or not record.get("CD"):
        return None
    return {"CD": None}


def _areas_zero(table: Table, record: Record, _: Random) -> Changes | None:
    """A line has no floor area of its own: there nought is no filler."""
    if table.code != _PROJECT or record.get("SFXXGC") == "1":
        return None
    return {"YDMJ": "0", "JZMJ": "0"}


def _source_against_flow(table: Table, record: Record, _: Random) -> Changes | None:
    if table.code != _PROJECT or record.get("SPLCLX") != _GOVERNMENT_FLOW:
        return None
    return {"XMTZLY": _PRIVATE_SOURCE}


def _own_predecessor(table: Table, record: Record, _: Random) -> Changes | None:
    if table.code != _PROJECT or not record.get("GCDM"):
        return None
    return {"QJDGCDM": record["GCDM"]}


def _test_project(table: Table, record: Record, _: Random) -> Changes | None:
    if table.code != _PROJECT:
        return None
    return {"XMMC": f"测试项目{record.get('XMMC') or ''}"}


def _secret_project(table: Table, record: Record, _: Random) -> Changes | None:
    if table.code != _PROJECT:
        return None
    return {"XMMC": f"{record.get('XMMC') or ''}（涉密）"}


FAULTS = collected(
    Fault("test_project", "测试项目被上报", ("COM-021",), _test_project),
    Fault("secret_project", "涉密项目被上报", ("COM-022",), _secret_project),
    Fault(
        "project_without_flow",
        "项目未绑定审批流程",
        ("PRJ-001",),
        emptied(_PROJECT, fields=("SPLCBM", "SPLCBBH")),
    ),
    Fault(
        "project_facts_missing",
        "建设地点、规模、投资等必填内容为空",
        ("PRJ-002",),
        emptied(_PROJECT, fields=("JSDD", "JSGMJNR", "ZTZE", "YDMJ", "JZMJ", "NKGSJ", "NJCSJ")),
    ),
    Fault(
        "investment_source_unknown",
        "投资来源不在代码表内",
        ("PRJ-003", "COM-013"),
        cells(_PROJECT, XMTZLY="9"),
    ),
    Fault(
        "initiation_unknown",
        "立项类型不在代码表内",
        ("PRJ-004", "COM-013"),
        cells(_PROJECT, LXLX="8"),
    ),
    Fault("ends_before_start", "拟建成时间早于拟开工时间", ("PRJ-005",), _ends_before_start),
    Fault(
        "finished_without_time",
        "项目完全办结而未填完全办结时间",
        ("PRJ-006",),
        cells(_PROJECT, XMSFWQBJ="1", XMWQBJSJ=None),
    ),
    Fault(
        "unfinished_with_time",
        "项目未完全办结却填了完全办结时间",
        ("PRJ-006",),
        _unfinished_with_time,
    ),
    Fault(
        "finished_before_applied",
        "完全办结时间早于申报时间",
        ("PRJ-007",),
        _finished_before_applied,
    ),
    Fault(
        "project_of_unknown_flow",
        "项目所引流程不存在",
        ("PRJ-008", "PRO-007"),
        cells(_PROJECT, SPLCBM="LC-BUCUNZAI"),
    ),
    Fault(
        "unit_code_prefix",
        "工程代码不以项目代码开头",
        ("PRJ-009",),
        _prefix_lost,
        keeps_key=False,
    ),
    Fault(
        "project_code_local",
        "项目代码不是24位统一代码",
        ("PRJ-010",),
        _project_code_local,
        keeps_key=False,
    ),
    Fault(
        "project_code_check",
        "项目代码校验位错误",
        ("PRJ-010",),
        _check_digit,
        keeps_key=False,
    ),
    Fault(
        "own_predecessor",
        "前阶段关联工程代码为自身",
        ("PRJ-011",),
        _own_predecessor,
    ),
    Fault(
        "owner_missing",
        "建设单位、代码、类型或行业分类为空",
        ("PRJ-012",),
        emptied(_PROJECT, fields=("JSDW", "JSDWDM", "JSDWLX", "GCHYFL")),
    ),
    Fault("investment_zero", "总投资额为0", ("PRJ-013",), cells(_PROJECT, ZTZE="0")),
    Fault("investment_in_yuan", "总投资额误以元为单位", ("PRJ-013",), _investment_in_yuan),
    Fault(
        "filler_day",
        "以1970-01-01充数",
        ("PRJ-014",),
        cells(_PROJECT, NKGSJ="1970-01-01", NJCSJ="1970-12-31"),
    ),
    Fault("filler_place", "以“某市”充数", ("PRJ-014",), cells(_PROJECT, JSDD="某市")),
    Fault(
        "filler_division",
        "建设地点行政区划以000000充数",
        ("PRJ-014",),
        cells(_PROJECT, JSDDXZQH="000000"),
    ),
    Fault(
        "filler_area",
        "用地面积、建筑面积以0充数",
        ("PRJ-014",),
        _areas_zero,
    ),
    Fault("linear_without_length", "线性工程未填长度", ("PRJ-015",), _linear_without_length),
    Fault("coordinates_swapped", "坐标经纬度颠倒", ("PRJ-016",), _swapped),
    Fault(
        "coordinates_elsewhere",
        "坐标不在本地区范围内",
        ("PRJ-016",),
        cells(_PROJECT, XMJWDZB="0.000000,0.000000"),
    ),
    Fault(
        "source_against_flow",
        "政府投资类流程的投资来源不是政府投资",
        ("PRJ-018",),
        _source_against_flow,
    ),
    Fault(
        "unit_unnamed",
        "项目单位名称为空",
        ("PRJ-022",),
        emptied(_UNIT, fields=("DWMC",)),
    ),
    Fault(
        "unit_of_unknown_project",
        "单位所属工程不存在",
        ("PRJ-023", "PRO-007"),
        cells(_UNIT, GCDM=f"{_UNKNOWN_PROJECT}-01"),
        keeps_key=False,
    ),
    Fault(
        "row_of_unknown_project",
        "所引项目代码不存在",
        ("PRJ-025", "PRO-007"),
        cells(*_BY_PROJECT, XMDM=_UNKNOWN_PROJECT),
        keeps_key=False,
    ),
)
