"""疑似重复的办理记录：同一办件、同一状态，时间只差几分钟。"""

from datetime import timedelta

from validators.case_steps import RECEIVED, STEPS_OF_CASE, told
from validators.neighbours import Against, Found, Reply, Seen
from validators.rule import Compares, Rule
from validators.scenes import case, undated

NEAR = timedelta(minutes=10)


def _once(row: Seen, found: Found) -> Reply:
    at, status = row.value("BLSJ"), row.code("BLZT")
    if at is None or status == RECEIVED:
        return None  # a second receipt is told by PRC-001
    for other in found.sound(STEPS_OF_CASE.name):
        then = other.value("BLSJ")
        near = then is not None and other.code("BLZT") == status and abs(then - at) <= NEAR
        if near and (other.settled or (then, other.id) < (at, row.id)):
            return Against(f"另有记录：{told(other)}。")
    return True


RULE = Rule(
    code="INS-021/step_reported_twice",
    kind="uniqueness",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="INS-021",
    statement="同一办件、同一状态在10分钟内有两条办理记录的，应核查是否重复上报。",
    severity="info",
    milder="主键完全相同的由 COM-011、COM-012 的规则退回；时间相近的不一定重复，故只提示核查。",
    dimension="consistency",
    message="同一办件在10分钟内两次报送办理状态“{BLZT}”（“{BLSJ}”）。",
    expected="一个环节一条记录",
    why="同一环节报送两次，环节数和用时都会重复统计。",
    fix="核查是否为同一环节；是的，作废其中一条；不是的，不必处理。",
    check=Compares((STEPS_OF_CASE,), _once),
    good=(
        case(("8", "02 10:11"), ("8", "02 10:00")),
        case(("8", "02 10:05"), ("3", "02 10:00")),
    ),
    bad=(case(("8", "02 10:10"), ("8", "02 10:00")),),
    beside=(case(("1", "02 10:05"), ("1", "02 10:00")), undated("8", ("8", "02 10:00"))),
    boundary=(
        (case(("8", "02 10:09"), ("8", "02 10:20")), True),
        (case(("8", "02 10:00"), ("8", "02 10:10"), together=True), True),
        (case(("8", "02 10:10"), ("8", "02 10:00"), together=True), False),
    ),
)
