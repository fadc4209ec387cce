"""许可（备案、技术审查）编号与对应业务表的编号不同。"""

from validators.neighbours import Against, Found, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene

_OF_CASE = ("GCDM", "SPSXSLBM")
_NUMBERS = {
    "SPGL_JZGCSGXKXXB": "SGXKZBH",
    "SPGL_JSGCJGYSBAXXB": "JGYSBABH",
    "SPGL_JSGCXFYSBAXXB": "BABBH",
}
"""Permits and filings of a case that carry a number of their own, and where."""
_PERMITS = Link("permits", tuple(_NUMBERS), _OF_CASE, _OF_CASE, tuple(_NUMBERS.values()))
_DOCUMENTS = Link("documents", ("SPGL_XMSPSXPFWJXXB",), _OF_CASE, _OF_CASE, ("PFWH", "ZZBH"))
_REVIEWS = Link("reviews", ("SPGL_SGTSJWJSCXXB",), ("GCDM",), ("GCDM",), ("STYWBH", "SCHGSBH"))


def _known(row: Seen, found: Found) -> Reply:
    own = row.text("XKBABH")
    if not own:
        return None
    permits = {
        number: one
        for one in found.all(_PERMITS.name)
        if (number := one.text(_NUMBERS[one.table.code]))
    }
    others = [
        one.text(code)
        for name, codes in ((_DOCUMENTS.name, ("PFWH", "ZZBH")), (_REVIEWS.name, ("STYWBH",)))
        for one in found.all(name)
        for code in codes
    ]
    if own in permits or own in others:
        return True
    if not permits:
        return missing(row, "许可、备案或审查信息")
    number, permit = next(iter(permits.items()))
    return Against(f"该办件的编号为“{number}”（{permit.named()}）。", number)


_ROW = {"GCDM": "G1", "SPSXSLBM": "BJ-1", "XKBABH": "SG-1"}
_CASE = {"GCDM": "G1", "SPSXSLBM": "BJ-1", "DFSJZJ": "P1"}
_PERMIT = ("SPGL_JZGCSGXKXXB", _CASE | {"SGXKZBH": "SG-1"})
_REVIEW = ("SPGL_SGTSJWJSCXXB", {"GCDM": "G1", "DFSJZJ": "P2", "STYWBH": "ST-1"})
_DOCUMENT = ("SPGL_XMSPSXPFWJXXB", _CASE | {"PFWH": "建消审〔2026〕1号"})

RULE = Rule(
    code="PER-005/licence_number_of_no_permit",
    kind="cross_table",
    tables=("SPGL_ZRZTXXB", "SPGL_XMDTXXB"),
    fields=("XKBABH",),
    clause="PER-005",
    statement="许可备案编号须等于对应业务表的编号（审图业务编号、施工许可证编号、竣工备案编号或文号）。",
    severity="warning",
    dimension="consistency",
    message="许可（备案、技术审查）编号“{XKBABH}”与该办件的许可、备案编号不同。",
    why="责任主体、单体按编号归到许可和备案；编号不同的归不上。",
    fix="对照许可证、备案表核对编号，更正后重新推送。",
    check=Compares((_PERMITS, _DOCUMENTS, _REVIEWS), _known),
    good=(
        Scene(_ROW, (_PERMIT,)),
        Scene(_ROW | {"XKBABH": "ST-1"}, (_PERMIT, _REVIEW)),
        Scene(_ROW | {"XKBABH": "建消审〔2026〕1号"}, (_DOCUMENT,)),
    ),
    bad=(Scene(_ROW | {"XKBABH": "SG-2"}, (_PERMIT, _REVIEW)),),
    beside=(
        Scene(_ROW | {"XKBABH": None}, (_PERMIT,)),
        Scene(_ROW | {"XKBABH": "SG-2", "GCDM": None}, (_PERMIT,)),
    ),
    open=(
        Scene(_ROW | {"XKBABH": "SG-2"}, (_REVIEW, _DOCUMENT)),
        Scene(_ROW, overdue=True),
    ),
    boundary=(
        (Scene(_ROW, (("SPGL_JSGCJGYSBAXXB", _CASE | {"JGYSBABH": "SG-1"}),)), True),
        (Scene(_ROW, (("SPGL_JSGCXFYSBAXXB", _CASE | {"BABBH": "SG-1"}),)), True),
        (Scene(_ROW, (("SPGL_XMSPSXPFWJXXB", _CASE | {"ZZBH": "SG-1"}),)), True),
    ),
)
