"""改写了已上报的流程版本。"""

from collections.abc import Sequence

from validators.expression import code
from validators.neighbours import Against, Reply, Seen
from validators.rule import Follows, Rule, Scene
from validators.rules.changed_without_withdrawal import changed

_MAY_CHANGE = "TYRQ"


def _not_rewritten(row: Seen, earlier: Sequence[Seen]) -> Reply:
    if not earlier:
        return None
    if not earlier[0].valid or not earlier[0].settled:
        return True
    names = [name for name in changed(row, earlier[0]) if f"（{_MAY_CHANGE}）" not in name]
    return Against(f"更改了：{'、'.join(names)}。") if names else True


_ROW = {"XZQHDM": "420602", "SPLCBM": "LC1", "SPLCBBH": "1", "SPLCMC": "流程一", "SJYXBS": "1"}

RULE = Rule(
    code="PRO-008/flow_rewritten",
    kind="protocol",
    tables=("SPGL_SPLCXXB", "SPGL_DFXMSPLCXXB"),
    fields=("SPLCBBH", "SPLCBM"),
    clause="PRO-008",
    statement="流程变更须以新版本号上报，不得改写已上报的版本（停用日期除外）。",
    severity="warning",
    milder="更正填错的内容也会改写旧版本；本系统已代为先作废、后重报，故限期改正而不退回。",
    dimension="normativity",
    message="流程“{SPLCBM}”版本“{SPLCBBH}”已上报，又被改写。",
    expected="新的版本号（原最大版本加一）",
    why="项目和办件绑定在流程版本上；旧版本被改写，已绑定项目的阶段和时限随之改变。",
    fix="流程有变更的，恢复旧版本，以新版本号推送；只是更正的，先作废旧记录，再推送更正后的记录。",
    check=Follows(_not_rewritten, when=code("SJYXBS").equals("1")),
    good=(
        Scene(_ROW, earlier=(_ROW,)),
        Scene(_ROW, earlier=(_ROW | {"SJYXBS": "0", "SPLCMC": "流程甲"},)),
    ),
    bad=(Scene(_ROW, earlier=(_ROW | {"SPLCMC": "流程甲"},)),),
    beside=(Scene(_ROW), Scene(_ROW | {"SJYXBS": "0"}, earlier=(_ROW | {"SPLCMC": "流程甲"},))),
    boundary=(
        (Scene(_ROW | {"TYRQ": "2026-03-01"}, earlier=(_ROW,)), True),
        (
            Scene(
                _ROW | {"TYRQ": "2026-03-01", "SXRQ": "2026-01-01"},
                earlier=(_ROW | {"SXRQ": "2026-01-02"},),
            ),
            False,
        ),
    ),
)
