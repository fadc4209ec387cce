"""联合审图、联合验收所含办件没有相同的并联审批实例编码。"""

from validators.dossier.details import (
    COMPLETION,
    DETAILS,
    DRAWINGS,
    FIRE_ACCEPTANCE,
    FIRE_DESIGN,
    FIRE_FILING,
    details,
    group,
    stands,
)
from validators.dossier.rule import BESIDE, Answer, Cells, DossierRule, Setting, Told, holds
from validators.dossier.subject import Subject
from validators.dossier.told import UNIT, project, set_up

_JOINT = {
    DRAWINGS: ("SFYXFLHSC", frozenset({FIRE_DESIGN}), "联合审图"),
    COMPLETION: ("SFSXLHYS", frozenset({FIRE_ACCEPTANCE, FIRE_FILING}), "联合验收"),
}
_YES = "1"


def _check(subject: Subject, _: Setting) -> Answer:
    if group(subject) not in _JOINT or not stands(subject):
        return BESIDE
    flag, peers, name = _JOINT[group(subject)]
    if not any(row.text(flag) == _YES for row in details(subject)):
        return BESIDE
    others = [one for one in subject.cases() if group(one) in peers and stands(one)]
    if not others:
        return BESIDE
    own = subject.anchor.text("BLSPSLBM")
    apart = [one.number for one in others if not own or one.anchor.text("BLSPSLBM") != own]
    return holds(not apart, joint=name, numbers="、".join(apart))


_TELLS = set_up((4, "SX1", "0180000"), (4, "SX2", "0140000"))
_DRAWN = set_up((3, "SX1", "0090000"), (3, "SX2", "0100000"))
_STEPS = "3 03-02 09:00, 11 03-05 09:00"


def _told(
    joint: str,
    first: str | None,
    second: str | None,
    area: dict[str, tuple[Cells, ...]] = _TELLS,
    steps: str = _STEPS,
) -> Told:
    told = project(
        ("BJ1", "SX1", _STEPS),
        ("BJ2", "SX2", steps),
        also={
            "SPGL_JSGCJGYSBAXXB": ({"SPSXSLBM": "BJ1", "SFSXLHYS": joint},),
            "SPGL_SGTSJWJSCXXB": ({"SPSXBM": "SX1", "SFYXFLHSC": joint},),
        },
        area=area,
    )
    cases = tuple(
        {**row, "BLSPSLBM": code}
        for row, code in zip(told.rows["SPGL_XMSPSXBLXXB"], (first, second), strict=True)
    )
    return Told({**told.rows, "SPGL_XMSPSXBLXXB": cases}, area)


RULE = DossierRule(
    code="INS-011/joint_items_without_shared_code",
    kind="consistency",
    subject="case",
    tables=(
        *("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
        *(DETAILS[one] for one in _JOINT),
    ),
    fields=("SPSXSLBM", "BLSPSLBM"),
    versions=("3.0",),
    clause="INS-011",
    statement="联合审图、联合验收所含事项应有相同的并联审批实例编码。",
    consequence="rectify",
    dimension="consistency",
    message="办件“{SPSXSLBM}”的业务信息表明实行{joint}，但与办件{numbers}没有相同的并联审批实例编码。",
    expected="{joint}所含办件填同一并联审批实例编码",
    why="联合审图率、联合验收率按此编码统计，编码不同就看不出是一次联合办理。",
    fix="确为联合办理的，统一编码后更正重报各办件；不是的，更正业务信息表中的标识。",
    check=_check,
    good=(_told("1", "B1", "B1"),),
    bad=(_told("1", "B1", "B2"), _told("1", None, None)),
    beside=(
        _told("0", "B1", "B2"),
        Told({"SPGL_XMSPSXBLXXB": (UNIT,)}),
        _told("1", "B1", "B2", steps="3 03-02 09:00, 13 03-05 09:00"),
        _told("1", "B1", "B2", area=set_up((4, "SX1", "0180000"), (4, "SX2", "0100000"))),
    ),
    boundary=(
        (_told("1", "B1", None), False),
        (_told("1", "B1", "B1", area=_DRAWN), True),
        (_told("1", "B1", "B2", area=_DRAWN), False),
    ),
)
