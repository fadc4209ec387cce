"""工程有施工许可，没有工程规划许可。"""

from validators.dossier.details import PERMIT, PLANNING, group, stands
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import project, set_up


def _check(subject: Subject, _: Setting) -> Answer:
    standing = {group(case) for case in subject.cases() if stands(case)}
    if PERMIT not in standing:
        return BESIDE
    return holds(PLANNING in standing)


_ENDED = "3 03-02 09:00, 11 03-05 09:00"
_TELLS = set_up((2, "SX1", "0070001"), (3, "SX2", "0120001"))

RULE = DossierRule(
    code="CMP-006/permit_without_planning",
    kind="completeness",
    subject="project",
    tables=("SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("GCDM",),
    versions=("3.0",),
    clause="CMP-006",
    statement="有施工许可办件的工程应有工程规划许可办件（依法不需要的除外）。",
    consequence="advice",
    milder="依法不需要工程规划许可的工程，凭数据不能识别。",
    dimension="completeness",
    message="工程“{GCDM}”有办结的施工许可办件，没有办结的工程规划许可办件。",
    expected="有办结通过的工程规划许可办件",
    why="工程规划许可是施工许可的前提；没有它，可能漏报或者违规发证。",
    fix="请核实；漏报的补报工程规划许可办件，依法不需要的无须处理。",
    check=_check,
    good=(project(("BJ1", "SX1", _ENDED), ("BJ2", "SX2", _ENDED), area=_TELLS),),
    bad=(project(("BJ2", "SX2", _ENDED), area=_TELLS),),
    beside=(
        project(("BJ1", "SX1", _ENDED), area=_TELLS),
        project(("BJ2", "SX2", "3 03-02 09:00"), area=_TELLS),
    ),
    boundary=(
        (
            project(
                ("BJ1", "SX1", f"{_ENDED}, 15 03-09 09:00"), ("BJ2", "SX2", _ENDED), area=_TELLS
            ),
            False,
        ),
    ),
)
