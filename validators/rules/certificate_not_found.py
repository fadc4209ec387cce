"""所填前置证书编号在对应的许可表中没有。"""

from validators.neighbours import Against, Found, Later, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_WHERE = {
    "YDGHXKZBH": ("SPGL_JSYDGHXKXXB", "建设用地规划许可证"),
    "GCGHXKZBH": ("SPGL_JSGCGHXKXXB", "建设工程规划许可证"),
    "SGXKZBH": ("SPGL_JZGCSGXKXXB", "施工许可证"),
    "SCHGSBH": ("SPGL_SGTSJWJSCXXB", "施工图审查合格书"),
}
"""Numbers of certificates of earlier steps, and the table that lists them."""


def _own_number(table: str, field: str) -> bool:
    """Whether a table states the number as its own, and not as that of an earlier step."""
    return _WHERE[field][0] == table


def _found(row: Seen, found: Found) -> Reply:
    named = [
        field
        for field in _WHERE
        if row.text(field) and not _own_number(row.table.code, field)
    ]  # fmt: skip
    if not named:
        return None
    lost = [field for field in named if not found.all(field)]
    if not lost:
        return True
    if not row.overdue:
        return Later("前置许可信息可能尚未收到，收到后再核对")
    told = "、".join(f"{_WHERE[field][1]}“{row.text(field)}”" for field in lost)
    return Against(f"没有找到：{told}。")


_ROW = {"GCDM": "G1", "GCGHXKZBH": "JG-1"}
_OF = ("SPGL_JSGCGHXKXXB", {"GCDM": "G1", "DFSJZJ": "P1", "GCGHXKZBH": "JG-1"})
_LAND = ("SPGL_JSYDGHXKXXB", {"GCDM": "G1", "DFSJZJ": "P2", "YDGHXKZBH": "YD-1"})
_WORK = ("SPGL_JZGCSGXKXXB", {"GCDM": "G1", "DFSJZJ": "P3", "SGXKZBH": "SG-1"})
_DRAWN = ("SPGL_SGTSJWJSCXXB", {"GCDM": "G1", "DFSJZJ": "P4", "SCHGSBH": "SC-1"})
_DONE = {"GCDM": "G1", "BARQ": "2026-03-02"}

RULE = Rule(
    code="PER-018/certificate_not_found",
    kind="cross_table",
    tables=("SPGL_JZGCSGXKXXB", "SPGL_JSGCJGYSBAXXB", "SPGL_JSGCXFYSXXB"),
    fields=("GCDM",),
    clause="PER-018",
    statement="所填前置证书编号应能在对应许可表中找到。",
    severity="info",
    milder="早年核发的证书可能没有上报，找不到不一定是错，故只提示核查。",
    dimension="consistency",
    message="工程“{GCDM}”所填的前置证书编号在对应的许可表中没有。",
    expected="对应许可表中已有的编号",
    why="前置证书对不上，说明编号填错，或前置许可没有上报。",
    fix="对照证书核对编号，填错的更正后重新推送；前置许可漏报的，补推。",
    check=Compares(
        tuple(Link(field, (table,), (field,), (field,)) for field, (table, _) in _WHERE.items()),
        _found,
    ),
    good=(Scene(_ROW, (_OF,), overdue=True),),
    bad=(
        Scene(_ROW, overdue=True),
        Scene(_ROW | {"GCGHXKZBH": "JG-2"}, (_OF,), overdue=True),
    ),
    beside=(Scene(_ROW | {"GCGHXKZBH": None}, (_OF,), overdue=True),),
    open=(Scene(_ROW),),
    boundary=(
        (Scene(_ROW | {"SGXKZBH": "SG-1"}, (_OF,), overdue=True), True),
        (Scene(_ROW | {"YDGHXKZBH": "YD-1"}, (_OF, _LAND), overdue=True), True),
        (Scene(_ROW | {"YDGHXKZBH": "YD-2"}, (_OF, _LAND), overdue=True), False),
        (Scene(_DONE | {"SGXKZBH": "SG-1"}, (_WORK,), overdue=True), True),
        (Scene(_DONE | {"SGXKZBH": "SG-2"}, (_WORK,), overdue=True), False),
        (Scene({"GCDM": "G1", "SCHGSBH": "SC-1"}, (_DRAWN,), overdue=True), True),
        (Scene({"GCDM": "G1", "SCHGSBH": "SC-2"}, (_DRAWN,), overdue=True), False),
    ),
)
