"""发证（备案）日期早于前一环节的发证日期。"""

from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_DATES = {
    "SPGL_JSYDGHXKXXB": "FZRQ",
    "SPGL_JSGCGHXKXXB": "FZRQ",
    "SPGL_JZGCSGXKXXB": "FZRQ",
    "SPGL_JSGCJGYSBAXXB": "BARQ",
}
"""The permits of an engineering unit in the order in which they are issued, with their date."""
_ORDER = tuple(_DATES)
_PERMITS = Link("permits", _ORDER, ("GCDM",), ("GCDM",), ("FZRQ", "BARQ"))


def _in_order(row: Seen, found: Found) -> Reply:
    own = row.day(_DATES[row.table.code])
    if own is None:
        return None
    before = _ORDER[: _ORDER.index(row.table.code)]
    others = [one for one in found.sound(_PERMITS.name) if one.table.code in before]
    for code in reversed(before):
        dated = [(day, one) for one in others if one.table.code == code
                 and (day := one.day(_DATES[code])) is not None]  # fmt: skip
        if dated:
            first, permit = min(dated, key=lambda pair: pair[0])
            if own < first:
                return Against(f"前一环节的日期为{first}（{permit.named()}）。", f"不早于{first}")
    return True if others else "没有该工程前一环节的许可信息，无从比对"


_ROW = {"GCDM": "G1"}


def _earlier(table: str, day: str | None) -> tuple[tuple[str, dict[str, str | None]], ...]:
    return ((table, {"GCDM": "G1", "DFSJZJ": "P1", _DATES[table]: day}),)


_LAND, _PLANNING, _BUILDING, _DONE = _ORDER

RULE = Rule(
    code="PER-017/permit_before_earlier_permit",
    kind="cross_table",
    tables=(_PLANNING, _BUILDING, _DONE),
    fields=("GCDM",),
    clause="PER-017",
    statement="同一工程的用地规划、工程规划、施工许可、竣工备案，后一环节的日期不早于前一环节。",
    severity="warning",
    dimension="consistency",
    message="工程“{GCDM}”的发证（备案）日期早于前一环节的发证日期。",
    why="后一环节以前一环节为前提；日期颠倒，说明先后倒置或日期填错。",
    fix="对照证书核对两处日期，更正填错的一方后重新推送；确属先后倒置的，说明情况。",
    check=Compares((_PERMITS,), _in_order),
    good=(
        Scene(_ROW | {"FZRQ": "2026-03-02"}, _earlier(_LAND, "2026-03-02")),
        Scene(_ROW | {"BARQ": "2026-03-02"}, _earlier(_BUILDING, "2025-03-02")),
        Scene(
            _ROW | {"FZRQ": "2026-03-02"},
            (*_earlier(_LAND, "2026-03-01"), (_LAND, {"GCDM": "G1", "FZRQ": "2026-04-01"})),
        ),
    ),
    bad=(
        Scene(_ROW | {"FZRQ": "2026-03-01"}, _earlier(_LAND, "2026-03-02")),
        Scene(_ROW | {"BARQ": "2025-03-01"}, _earlier(_BUILDING, "2025-03-02")),
    ),
    beside=(
        Scene(_ROW | {"FZRQ": None}, _earlier(_LAND, "2026-03-02")),
        Scene(_ROW | {"BARQ": None}, _earlier(_LAND, "2026-03-02")),
    ),
    open=(Scene(_ROW | {"FZRQ": "2026-03-02"}),),
    boundary=(
        (Scene(_ROW | {"BARQ": "2026-03-02"}, _earlier(_LAND, "2026-03-02")), True),
        (
            Scene(
                _ROW | {"BARQ": "2026-03-02"},
                (*_earlier(_BUILDING, "2026-03-01"), *_earlier(_LAND, "2026-03-03")),
            ),
            False,
        ),
        (Scene(_ROW | {"BARQ": "2026-03-02"}, _earlier(_PLANNING, "2026-03-02")), True),
        (Scene(_ROW | {"BARQ": "2026-03-02"}, _earlier(_PLANNING, "2026-03-03")), False),
        (
            Scene(
                _ROW | {"BARQ": "2026-03-02"},
                (
                    *_earlier(_BUILDING, "2026-03-03"),
                    *_earlier(_PLANNING, "2026-03-01"),
                    *_earlier(_LAND, "2026-03-01"),
                ),
            ),
            False,
        ),
    ),
)
