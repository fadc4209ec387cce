"""同一办件的不同状态办理时间完全相同。"""

from validators.case_steps import STEPS, STEPS_OF_CASE, rank, told
from validators.neighbours import Against, Found, Reply, Seen
from validators.rule import Compares, Rule, Scene
from validators.scenes import case, step, undated


def _apart(row: Seen, found: Found) -> Reply:
    at = row.value("BLSJ")
    if at is None:
        return None
    for other in found.sound(STEPS_OF_CASE.name):
        same = other.value("BLSJ") == at and other.code("BLZT") != row.code("BLZT")
        if same and (other.settled or rank(other) < rank(row)):
            return Against(f"时间相同的记录：{told(other)}。")
    return True


_RECEIPT = ((STEPS, step("1", "02 09:00")),)

RULE = Rule(
    code="LIM-013/steps_in_the_same_second",
    kind="quality",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLSJ", "BLZT"),
    clause="LIM-013",
    statement="同一办件多个状态的时间不应完全相同；同时发生的按秒错开。",
    severity="warning",
    dimension="accuracy",
    message="办理状态“{BLZT}”的时间“{BLSJ}”与同一办件的另一状态完全相同。",
    expected="各状态的实际时间；同时发生的按秒错开",
    why="时间完全相同的环节多为事后补录，先后无从判断，用时为零。",
    fix="核对各环节的实际办理时间；确为同时发生的，后一环节顺延一秒，更正后重新推送。",
    check=Compares((STEPS_OF_CASE,), _apart),
    good=(
        case(("3", "02 10:00"), ("1", "02 09:00")),
        case(("1", "02 09:00"), ("1", "02 09:00"), ("3", "02 09:01")),
    ),
    bad=(case(("3", "02 09:00"), ("1", "02 09:00")), case(("11", "02 09:00"), ("8", "02 09:00"))),
    beside=(undated("3", ("1", "02 09:00")),),
    boundary=(
        (Scene(step("3", "02 09:00") | {"BLSJ": "2026-03-02 09:00:01"}, _RECEIPT), True),
        (Scene(step("3", "02 09:00") | {"SPSXSLBM": "BJ-2"}, _RECEIPT), True),
        (case(("1", "02 09:00"), ("3", "02 09:00")), False),
        (case(("1", "02 09:00"), ("3", "02 09:00"), together=True), True),
        (case(("3", "02 09:00"), ("1", "02 09:00"), together=True), False),
        (Scene(step("1", "02 09:00") | {"XZQHDM": "420606", "DFSJZJ": "A"}, _RECEIPT), True),
    ),
)
