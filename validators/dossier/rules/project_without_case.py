"""项目上报后长期没有办件。"""

from datetime import timedelta

from validators.dossier.rule import (
    BESIDE,
    PASSED,
    Answer,
    DossierRule,
    Setting,
    failed,
    until,
)
from validators.dossier.subject import Subject
from validators.dossier.told import project


def _check(subject: Subject, setting: Setting) -> Answer:
    applied = subject.anchor.day("SBSJ")
    if applied is None:
        return BESIDE
    if subject.rows("SPGL_XMSPSXBLXXB"):
        return PASSED
    over = applied + timedelta(days=setting.terms.idle_days + 1)
    if setting.today < over:
        return until(over)
    return failed(applied=applied, days=setting.terms.idle_days)


_APPLIED = {"SBSJ": "2026-01-05"}

RULE = DossierRule(
    code="PRJ-027/project_without_case",
    kind="completeness",
    subject="project",
    tables=("SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB"),
    fields=("GCDM", "SBSJ"),
    clause="PRJ-027",
    statement="有办件的项目应有项目基本信息；有基本信息而长期无办件的项目应核查。",
    consequence="advice",
    milder="项目可能确实尚未申报任何事项；有办件而无项目信息的，由引用规则扣留退回。",
    dimension="completeness",
    message="工程“{GCDM}”于{applied}申报，超过{days}日仍没有任何办件。",
    expected="有办件记录，或者核实项目已暂停、取消",
    why="长期没有办件，可能是漏报、体外办理，也可能是重复登记的项目。",
    fix="请核实；漏报的补报办件，项目取消或重复的撤回项目信息，尚未申报的无须处理。",
    check=_check,
    good=(
        project(("BJ1", "SX1", "1 03-02 09:00"), row=_APPLIED, now="2026-12-01 09:00:00"),
        project(row=_APPLIED),
    ),
    bad=(project(row=_APPLIED, now="2026-12-01 09:00:00"),),
    beside=(project(row={"SBSJ": ""}, now="2026-12-01 09:00:00"),),
    boundary=(
        (project(row=_APPLIED, now="2026-07-04 23:59:59"), True),
        (project(row=_APPLIED, now="2026-07-05 00:00:00"), False),
    ),
)
