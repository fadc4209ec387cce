"""流程版本没有并行推进阶段。"""

from validators.dossier.flow import PARALLEL_STAGE
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import Subject
from validators.dossier.told import older_set_up, set_up


def _check(subject: Subject, setting: Setting) -> Answer:
    flow = subject.flow
    if flow is None or not flow.stages:
        return BESIDE
    again = flow.turns(setting.today)
    if not flow.in_use(setting.today):
        return Answer("beside", again=again)
    return holds(any(stage.number == PARALLEL_STAGE for stage in flow.stages), again=again)


_ONE = set_up((1, "SX1", "9990000"))
_ROW = _ONE["SPGL_SPLCXXB"][0]

RULE = DossierRule(
    code="FLW-014/flow_without_parallel_stage",
    kind="completeness",
    subject="flow",
    fields=("SPLCBM", "SPLCBBH"),
    clause="FLW-014",
    statement="每个流程版本应有一个并行推进阶段（序号5、时限0）。",
    consequence="rectify",
    dimension="completeness",
    message="流程“{SPLCMC}”（版本{SPLCBBH}）没有并行推进阶段（序号5）。",
    expected="阶段信息中有序号为5、时限为0的并行推进阶段",
    why="可以并行办理的事项须归在并行推进阶段，否则会计入各阶段的时限。",
    fix="补报序号为5、时限为0的阶段记录。",
    check=_check,
    good=(Told(set_up((1, "SX1", "9990000"), (5, "SX2", "9990000"), limits={5: 0})),),
    bad=(Told(_ONE), Told(older_set_up((1, "SX1", "1")))),
    beside=(
        Told({"SPGL_SPLCXXB": _ONE["SPGL_SPLCXXB"]}),
        Told({**_ONE, "SPGL_SPLCXXB": ({**_ROW, "TYRQ": "2026-03-31"},)}),
        Told({**_ONE, "SPGL_SPLCXXB": ({**_ROW, "SXRQ": "2026-04-01"},)}),
    ),
    boundary=(
        (Told({**_ONE, "SPGL_SPLCXXB": ({**_ROW, "TYRQ": "2026-04-01"},)}), False),
        (Told({**_ONE, "SPGL_SPLCXXB": ({**_ROW, "SXRQ": "2026-03-31"},)}), False),
    ),
)
