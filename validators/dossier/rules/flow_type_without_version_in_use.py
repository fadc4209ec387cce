"""一类流程没有在用的版本。"""

from validators.dossier.flow import FLOWS, Flow
from validators.dossier.rule import Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import Subject
from validators.dossier.told import set_up


def _check(subject: Subject, setting: Setting) -> Answer:
    flows = [Flow(row, ()) for table in FLOWS for row in subject.rows(table)]
    used = {flow.sort for flow in flows if flow.in_use(setting.today)}
    gone = sorted({flow.sort for flow in flows if flow.sort} - used)
    turns = [day for flow in flows if (day := flow.turns(setting.today))]
    return holds(not gone, again=min(turns, default=None), sorts="、".join(gone))


_SET_UP = set_up((1, "SX1", ""))
_ROW, _STAGES = _SET_UP["SPGL_SPLCXXB"][0], _SET_UP["SPGL_SPJDXXB"]
_STOPPED = {**_ROW, "TYRQ": "2026-01-01"}

RULE = DossierRule(
    code="CMP-011/flow_type_without_version_in_use",
    kind="completeness",
    subject="area",
    tables=("SPGL_SPLCXXB",),
    fields=("XZQHDM",),
    clause="CMP-011",
    statement="本地区公布的每类流程至少有一个在用版本，且阶段、事项齐全。",
    consequence="advice",
    milder="一类流程可能确已取消，凭数据不能识别。",
    dimension="completeness",
    message="地区{XZQHDM}的下列标准流程类型只有已停用或尚未生效的版本：{sorts}。",
    expected="每类流程至少有一个在用版本",
    why="没有在用版本，这类项目就没有可以绑定的流程。",
    fix="请核实；流程已更新的上报新版本，生效日期填错的更正后重报，已取消的无须处理。",
    check=_check,
    good=(Told({"SPGL_SPLCXXB": (_ROW,)}),),
    bad=(Told({"SPGL_SPLCXXB": (_STOPPED,)}),),
    beside=(Told({"SPGL_SPJDXXB": _STAGES}),),
    boundary=(
        (Told({"SPGL_SPLCXXB": (_STOPPED, {**_ROW, "SPLCBBH": "2"})}), True),
        (Told({"SPGL_SPLCXXB": (_ROW, {**_STOPPED, "DYBZSPLCLX": "3", "SPLCBM": "LC3"})}), False),
        (Told({"SPGL_SPLCXXB": ({**_ROW, "TYRQ": "2026-04-01"},)}), True),
        (Told({"SPGL_SPLCXXB": ({**_ROW, "TYRQ": "2026-03-31"},)}), False),
        (Told({"SPGL_SPLCXXB": ({**_ROW, "SXRQ": "2026-03-31"},)}), True),
        (Told({"SPGL_SPLCXXB": ({**_ROW, "SXRQ": "2026-04-01"},)}), False),
    ),
)
