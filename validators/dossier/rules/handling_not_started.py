"""受理后没有部门及时开始办理。"""

from datetime import timedelta

from validators.dossier.course import HANDLING
from validators.dossier.rule import BESIDE, PASSED, Answer, DossierRule, Setting, failed, until
from validators.dossier.subject import Subject
from validators.dossier.told import case, older_set_up, set_up

_AT_ONCE = "1"


def _check(subject: Subject, setting: Setting) -> Answer:
    course, link = subject.course, subject.link
    accepted = course.accepted
    if accepted is None or (link and link.handling == _AT_ONCE):
        return BESIDE
    due = setting.calendar.add(accepted.date(), setting.terms.handling_days)
    started = course.first(HANDLING)
    if started is not None and started.date() <= due.day:
        return PASSED
    if started is None and course.running and setting.today <= due.day:
        return until(due.day + timedelta(days=1))
    return failed(
        provisional=due.provisional,
        accepted=accepted,
        told=f"直到{started}才开始" if started else "没有开始办理（8）的记录",
    )


_OLD = older_set_up((1, "SX1", "1"))
_LINKS = "SPGL_DFXMSPLCJDSXXXB"
_QUICK = {**_OLD, _LINKS: tuple({**row, "BJLX": "1"} for row in _OLD[_LINKS])}

RULE = DossierRule(
    code="PRC-034/handling_not_started",
    kind="process",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM",),
    clause="PRC-034",
    statement="受理后应立即有部门开始办理（8）。",
    consequence="advice",
    dimension="consistency",
    owner="department",
    message="办件“{SPSXSLBM}”于{accepted}受理，{told}。",
    expected="受理后随即有部门开始办理（8）的记录",
    why="受理和办理脱节，可能是过程没有报全，也可能是办件积压。",
    fix="请核实；漏报的补报开始办理（8）的记录，积压的督促承办部门。",
    check=_check,
    good=(
        case("3 03-02 09:00", "8 03-02 10:00"),
        case("3 03-31 09:00"),
    ),
    bad=(case("3 03-02 09:00", "11 03-05 10:00"), case("3 03-02 09:00", "8 03-05 10:00")),
    beside=(case("1 03-02 09:00"), case("3 03-02 09:00", "11 03-02 10:00", area=_QUICK)),
    boundary=(
        (case("3 03-06 09:00", "8 03-09 17:00", area=set_up((1, "SX1", ""))), True),
        (case("3 03-06 09:00", "8 03-10 08:00"), False),
    ),
)
