"""中介服务用时超过办理时限。"""

from validators.dossier.clock import elapsed
from validators.dossier.rule import (
    BESIDE,
    PASSED,
    Answer,
    Cells,
    DossierRule,
    Setting,
    Told,
    failed,
    until,
)
from validators.dossier.services import SERVICE_STEPS, span_of_service
from validators.dossier.subject import SERVICE, Subject


def _check(subject: Subject, setting: Setting) -> Answer:
    limit = subject.anchor.number("BLSX")
    span = span_of_service(subject.anchor, subject.dossier, setting.now)
    if limit is None or span is None:
        return BESIDE
    used = elapsed(subject.anchor.text("SXLX"), *span, setting.calendar)
    if used is None:
        return BESIDE
    if used.days <= limit:
        return until(setting.tomorrow) if span[1] == setting.now else PASSED
    return failed(provisional=used.provisional, limit=limit, used=used.days)


def _told(limit: str, *steps: tuple[str, str], sort: str = "1") -> Told:
    unit: Cells = {"XMDM": "X1", "ZJFWSXSLBM": "Z1"}
    rows = tuple({**unit, "BLZT": status, "BLSJ": f"{at} 09:00:00"} for status, at in steps)
    return Told({SERVICE: ({**unit, "BLSX": limit, "SXLX": sort},), SERVICE_STEPS: rows})


_BEGUN, _DONE = ("1", "2026-03-02"), ("2", "2026-03-09")

RULE = DossierRule(
    code="LIM-007/service_overdue",
    kind="overdue",
    subject="service",
    tables=(SERVICE, SERVICE_STEPS),
    fields=("ZJFWSXSLBM", "BLSX"),
    clause="LIM-007",
    statement="中介服务用时超过办理时限为超期。",
    consequence="advice",
    milder="超期是办理事实，数据属实的无从改正。",
    dimension="timeliness",
    owner="department",
    message="中介服务“{ZJFWSXMC}”（{ZJFWSXSLBM}）时限{limit}日，已用{used}日。",
    expected="不超过{limit}日",
    why="中介服务用时计入全流程总用时，拖延会拖累整个项目。",
    fix="请核实起止时间；填错的更正重报，属实的督促中介机构。",
    check=_check,
    good=(_told("20", _BEGUN, _DONE),),
    bad=(_told("3", _BEGUN, _DONE), _told("10", _BEGUN)),
    beside=(
        _told("20"),
        _told("20", _DONE),
        _told("", _BEGUN, _DONE),
        _told("3", _BEGUN, _DONE, sort=""),
    ),
    boundary=(
        (_told("5", _BEGUN, _DONE), True),
        (_told("4", _BEGUN, _DONE), False),
        (_told("7", _BEGUN, _DONE, sort="2"), True),
        (_told("6", _BEGUN, _DONE, sort="2"), False),
        (_told("21", _BEGUN), True),
        (_told("20", _BEGUN), False),
    ),
)
