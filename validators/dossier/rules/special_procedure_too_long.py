"""特别程序实际用时超过所报时限。"""

from validators.dossier.clock import elapsed
from validators.dossier.course import SPECIAL_DONE
from validators.dossier.row import Row
from validators.dossier.rule import BESIDE, PASSED, Answer, DossierRule, Setting, failed, until
from validators.dossier.subject import Subject
from validators.dossier.told import Also, case

_PROCEDURES = "SPGL_XMSPSXBLTBCXXXB"


def _check(subject: Subject, setting: Setting) -> Answer:
    answers = [
        answer
        for row in subject.rows(_PROCEDURES)
        if (answer := _one(subject, row, setting)) is not None
    ]
    open_until = next((one for one in answers if one.again), PASSED if answers else BESIDE)
    return next((one for one in answers if one.outcome == "fail"), open_until)


def _one(subject: Subject, row: Row, setting: Setting) -> Answer | None:
    begun, limit = row.time("TBCXKSSJ"), row.number("TBCXSX")
    if begun is None or limit is None:
        return None
    ends = (step.at for step in subject.course.steps if step.status == SPECIAL_DONE)
    end = next((at for at in ends if at >= begun), None)
    if end is None and not subject.course.running:
        return None
    used = elapsed(row.text("TBCXSXLX"), begun, end or setting.now, setting.calendar)
    if used is None:
        return None
    if used.days <= limit:
        return PASSED if end else until(setting.tomorrow)
    return failed(
        provisional=used.provisional, name=row.text("TBCXMC"), limit=limit, used=used.days
    )


def _told(limit: str, sort: str = "1") -> Also:
    row = {"TBCXKSSJ": "2026-03-03 09:00:00", "TBCXSX": limit, "TBCXSXLX": sort, "TBCXMC": "评审"}
    return {_PROCEDURES: (row,)}


_STEPS = ("3 03-02 09:00", "9 03-03 09:00", "10 03-10 09:00")

RULE = DossierRule(
    code="PRC-018/special_procedure_too_long",
    kind="time_order",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", _PROCEDURES, "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM",),
    clause="PRC-018",
    statement="特别程序实际用时不应超过所报时限。",
    consequence="advice",
    milder="超期是办理事实，数据属实的无从改正。",
    dimension="consistency",
    owner="department",
    message="办件“{SPSXSLBM}”的特别程序“{name}”限{limit}日，已用{used}日。",
    expected="不超过{limit}日",
    why="特别程序用时不计入事项时限，长期不结束等于把时限悬空。",
    fix="请核实；时间或时限填错的更正重报，属实的督促尽快结束。",
    check=_check,
    good=(case(*_STEPS, also=_told("6")),),
    bad=(case(*_STEPS, also=_told("4")), case(*_STEPS[:2], also=_told("4"))),
    beside=(
        case(*_STEPS),
        case(*_STEPS, also=_told("4", sort="9")),
        case(*_STEPS, also=_told("")),
        case(*_STEPS, also={_PROCEDURES: ({"TBCXSX": "4", "TBCXSXLX": "1"},)}),
    ),
    boundary=(
        (case("3 03-02 09:00", "9 03-03 09:00", "10 03-03 09:00", also=_told("0")), True),
        (case(*_STEPS[:2], "11 03-30 09:00", also=_told("4")), True),
        (case(*_STEPS, also=_told("5")), True),
        (case(*_STEPS[:2], also=_told("5"), now="2026-03-10 09:00:00"), True),
        (case(*_STEPS[:2], also=_told("5"), now="2026-03-11 09:00:00"), False),
        (case(*_STEPS, also=_told("7", sort="2")), True),
        (case(*_STEPS, also=_told("6", sort="2")), False),
    ),
)
