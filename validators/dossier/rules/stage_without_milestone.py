"""流程的阶段没有里程碑事项。"""

from validators.dossier.flow import PARALLEL_STAGE
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import Subject
from validators.dossier.told import older_set_up


def _check(subject: Subject, _: Setting) -> Answer:
    flow = subject.flow
    asked = [
        stage
        for stage in (flow.stages if flow else ())
        if stage.number != PARALLEL_STAGE and stage.links
    ]
    if not asked:
        return BESIDE
    absent = [stage.name for stage in asked if not stage.milestones]
    return holds(not absent, names="、".join(absent))


RULE = DossierRule(
    code="FLW-017/stage_without_milestone",
    kind="completeness",
    subject="flow",
    tables=("SPGL_DFXMSPLCXXB", "SPGL_DFXMSPLCJDSXXXB"),
    fields=("SPLCBM", "SPLCBBH"),
    clause="FLW-017",
    statement="除并行推进阶段外，每个阶段至少有一个里程碑事项。",
    consequence="rectify",
    dimension="completeness",
    message="流程“{SPLCMC}”（版本{SPLCBBH}）的下列阶段没有里程碑事项：{names}。",
    expected="每个阶段至少有一个“是否里程碑事项”为1的事项",
    why="阶段以里程碑事项办结为办结；没有里程碑，阶段永远不会办结。",
    fix="在阶段事项信息中标明里程碑事项后更正重报。",
    check=_check,
    good=(Told(older_set_up((1, "SX1", "1"), (1, "SX2", "0"), (5, "SX3", "0"))),),
    bad=(Told(older_set_up((1, "SX1", "1"), (2, "SX2", "0"))),),
    beside=(Told(older_set_up((5, "SX3", "0"))),),
    boundary=((Told(older_set_up((4, "SX1", "0"), (5, "SX2", "1"))), False),),
)
