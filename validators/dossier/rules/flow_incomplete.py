"""在用的流程版本缺少阶段，或者阶段没有事项。"""

from validators.dossier.flow import PARALLEL_STAGE
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, Told, failed, holds
from validators.dossier.subject import Subject
from validators.dossier.told import set_up


def _check(subject: Subject, setting: Setting) -> Answer:
    flow = subject.flow
    if flow is None:
        return BESIDE
    again = flow.turns(setting.today)
    if not flow.in_use(setting.today):
        return Answer("beside", again=again)
    if not flow.stages:
        return failed(again=again, what="没有任何阶段")
    empty = [
        stage.name for stage in flow.stages if not stage.links and stage.number != PARALLEL_STAGE
    ]
    return holds(not empty, again=again, what=f"下列阶段没有事项：{'、'.join(empty)}")


_ONE = set_up((1, "SX1", "9990000"), (2, "SX2", "9990000"))
_ROW, _LINKS = _ONE["SPGL_SPLCXXB"][0], "SPGL_SPLCJBLSXXXB"

RULE = DossierRule(
    code="CMP-011/flow_incomplete",
    kind="completeness",
    subject="flow",
    tables=("SPGL_SPLCXXB", "SPGL_SPJDXXB", _LINKS),
    fields=("SPLCBM", "SPLCBBH"),
    clause="CMP-011",
    statement="本地区公布的每类流程至少有一个在用版本，且阶段、事项齐全。",
    consequence="rectify",
    dimension="completeness",
    message="在用流程“{SPLCMC}”（版本{SPLCBBH}）{what}。",
    expected="每个在用流程版本都有阶段，除并行推进阶段外每个阶段都有事项",
    why="项目按流程版本办理；流程不全，项目应办哪些事项就无从核对。",
    fix="补报缺少的阶段信息和阶段办理事项信息；流程已停用的，填写停用日期后更正重报。",
    check=_check,
    good=(Told(_ONE),),
    bad=(
        Told({"SPGL_SPLCXXB": _ONE["SPGL_SPLCXXB"]}),
        Told({**_ONE, _LINKS: _ONE[_LINKS][:1]}),
    ),
    beside=(
        Told({"SPGL_SPLCXXB": ({**_ROW, "TYRQ": "2026-01-01"},)}),
        Told({"SPGL_SPLCXXB": ({**_ROW, "SXRQ": "2026-04-01"},)}),
    ),
    boundary=(
        (Told({"SPGL_SPLCXXB": ({**_ROW, "TYRQ": "2026-04-01"},)}), False),
        (Told({"SPGL_SPLCXXB": ({**_ROW, "TYRQ": "9999-12-31"},)}), False),
        (Told({**_ONE, "SPGL_SPLCXXB": ({**_ROW, "TYRQ": "2026-04-01"},)}), True),
        (
            Told(
                {**set_up((1, "SX1", ""), (5, "SX2", "")), _LINKS: set_up((1, "SX1", ""))[_LINKS]}
            ),
            True,
        ),
    ),
)
