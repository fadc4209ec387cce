"""中介服务没有开始就已完成。"""

from validators.expression import code
from validators.neighbours import Against, Found, Later, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_STEPS = "SPGL_ZJFWSXBLGCXXB"
_STARTED, _DONE = "1", "2"
_OF_SERVICE = Link(
    "steps", (_STEPS,), ("XMDM", "ZJFWSXSLBM"), ("XMDM", "ZJFWSXSLBM"), ("BLZT", "BLSJ")
)


def _started(row: Seen, found: Found) -> Reply:
    done = row.value("BLSJ")
    if done is None:
        return None
    starts = [one for one in found.all(_OF_SERVICE.name) if one.code("BLZT") == _STARTED]
    if any(one.value("BLSJ") is None or one.value("BLSJ") <= done for one in starts):
        return True
    if not row.overdue:
        return Later("中介服务开始的记录尚未收到，等待中")
    return Against(
        f"开始的记录为{starts[0].text('BLSJ')}（{starts[0].named()}）。" if starts else ""
    )


_ROW = {"XMDM": "P1", "ZJFWSXSLBM": "ZJ-1", "BLZT": "2", "BLSJ": "2026-03-05 09:00:00",
        "DFSJZJ": "A"}  # fmt: skip


def _start(at: str) -> tuple[tuple[str, dict[str, str]], ...]:
    return ((_STEPS, _ROW | {"BLZT": "1", "BLSJ": at, "DFSJZJ": "B"}),)


RULE = Rule(
    code="PER-030/service_finished_before_start",
    kind="process",
    tables=(_STEPS,),
    fields=("BLZT", "BLSJ"),
    clause="PER-030",
    statement="中介服务先有开始（1）再有完成（2）。",
    severity="warning",
    dimension="consistency",
    message="中介服务完成“{BLSJ}”之前没有开始（1）的记录。",
    expected="先有开始（1）的记录",
    why="中介服务计入项目总用时；没有开始的记录，用时无从计算。",
    fix="补推中介服务开始的记录；时间填错的，更正后重新推送。",
    check=Compares((_OF_SERVICE,), _started, when=code("BLZT").equals(_DONE)),
    good=(
        Scene(_ROW, _start("2026-03-02 09:00:00"), overdue=True),
        Scene(_ROW, _start("2026-03-05 09:00:00"), overdue=True),
    ),
    bad=(
        Scene(_ROW, overdue=True),
        Scene(_ROW, _start("2026-03-05 09:00:01"), overdue=True),
    ),
    beside=(
        Scene(_ROW | {"BLZT": "1"}, overdue=True),
        Scene(_ROW | {"BLSJ": None}, overdue=True),
    ),
    open=(Scene(_ROW),),
    boundary=(
        (Scene(_ROW, _start("不详"), overdue=True), True),
        (Scene(_ROW | {"ZJFWSXSLBM": "ZJ-2"}, _start("2026-03-02 09:00:00"), overdue=True), False),
    ),
)
