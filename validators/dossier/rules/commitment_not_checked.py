"""以告知承诺方式办结的办件没有后续监管记录。"""

from datetime import timedelta

from validators.dossier.details import stands
from validators.dossier.rule import BESIDE, PASSED, Answer, DossierRule, Setting, failed, until
from validators.dossier.subject import Subject
from validators.dossier.told import case

_CHECKS = "SPGL_GZCNZBJJGXXB"


def _check(subject: Subject, setting: Setting) -> Answer:
    finished = subject.course.finished
    if not subject.anchor.text("SXGZCNZSPQK") or not stands(subject) or finished is None:
        return BESIDE
    if subject.rows(_CHECKS):
        return PASSED
    days = setting.terms.supervision_days
    due = setting.calendar.add(finished.date(), days)
    if setting.today <= due.day:
        return until(due.day + timedelta(days=1))
    return failed(provisional=due.provisional, finished=finished, days=days)


_COMMITTED = {"SXGZCNZSPQK": "申请人已书面承诺"}

RULE = DossierRule(
    code="PER-027/commitment_not_checked",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", _CHECKS),
    fields=("SPSXSLBM", "SXGZCNZSPQK"),
    clause="PER-027",
    statement="以告知承诺方式办结的办件应有后续监管记录。",
    consequence="advice",
    dimension="completeness",
    owner="department",
    message="告知承诺办件“{SPSXSLBM}”于{finished}办结，已过{days}个工作日，没有监管记录。",
    expected="告知承诺制办件监管信息表中有该办件的检查记录",
    why="告知承诺以事后核查为条件；没有核查记录，承诺是否履行无从知道。",
    fix="请核实是否已经检查；已检查的补报监管信息，未检查的尽快安排。期限由政策包规定。",
    check=_check,
    good=(
        case("11 01-05 16:00", row=_COMMITTED, also={_CHECKS: ({"SPSXBM": "BJ1"},)}),
        case("11 03-05 16:00", row=_COMMITTED),
    ),
    bad=(case("11 01-05 16:00", row=_COMMITTED, now="2026-06-01 09:00:00"),),
    beside=(case("11 01-05 16:00"), case("13 01-05 16:00", row=_COMMITTED)),
    boundary=(
        (case("11 01-05 16:00", row=_COMMITTED, now="2026-04-03 23:00:00"), True),
        (case("11 01-05 16:00", row=_COMMITTED, now="2026-04-04 00:00:00"), False),
    ),
)
