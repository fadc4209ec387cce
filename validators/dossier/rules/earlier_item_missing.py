"""项目已进入后一阶段，前面阶段应办的事项没有办结的办件。"""

from validators.dossier.progress import outstanding, reached, stages
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds, unchecked
from validators.dossier.subject import Subject
from validators.dossier.told import older_set_up, project, set_up


def _check(subject: Subject, _: Setting) -> Answer:
    flow = subject.flow
    if flow is None:
        return unchecked("没有项目所用的流程版本")
    cases = list(subject.cases())
    before = [stage for stage in stages(flow) if stage.number < reached(cases, flow)]
    if not before:
        return BESIDE
    running = {case.anchor.text("SPSXBM") for case in cases if case.course.running}
    absent = [
        f"{stage.name}“{link.name}”"
        for stage in before
        for link in outstanding(cases, stage)
        if link.item not in running
    ]
    return holds(not absent, names="、".join(absent), stage=reached(cases, flow))


_ENDED = "3 03-02 09:00, 11 03-05 09:00"
_TELLS = set_up((1, "SX1", ""), (2, "SX2", ""), (5, "SX3", ""))
_ANY = older_set_up((1, "SX1", "1"), (1, "SX3", "1"), (2, "SX2", "1"), any_milestone=True)
_ALL = older_set_up((1, "SX1", "1"), (1, "SX3", "1"), (2, "SX2", "1"))

RULE = DossierRule(
    code="PRC-033/earlier_item_missing",
    kind="completeness",
    subject="project",
    tables=("SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("GCDM", "SPLCBM", "SPLCBBH"),
    clause="PRC-033",
    statement="阶段的里程碑事项全部（或任一）办结时阶段办结。",
    consequence="advice",
    dimension="completeness",
    message="工程“{GCDM}”已进入第{stage}阶段，按所绑定的流程，前面阶段的下列事项没有办结通过的办件：{names}。",
    expected="前面各阶段的里程碑事项（未标里程碑的，该阶段各事项）都有办结通过的办件",
    why="应办而没有办件的事项，可能漏报、体外办理，或者流程绑定错误。",
    fix="请核实；漏报的补报办件，流程绑定错误的更正项目信息，依法不需要办理的无须处理。",
    check=_check,
    good=(
        project(("BJ1", "SX1", _ENDED), ("BJ2", "SX2", "3 03-06 09:00"), area=_TELLS),
        project(("BJ1", "SX1", "3 03-02 09:00"), ("BJ2", "SX2", "3 03-06 09:00"), area=_TELLS),
    ),
    bad=(
        project(("BJ2", "SX2", "3 03-06 09:00"), area=_TELLS),
        project(("BJ1", "SX1", _ENDED), ("BJ2", "SX2", "3 03-06 09:00"), area=_ALL),
    ),
    beside=(
        project(("BJ1", "SX1", "3 03-02 09:00"), area=_TELLS),
        project(("BJ2", "SX2", "1 03-06 09:00"), area=_TELLS),
    ),
    boundary=(
        (project(("BJ1", "SX1", _ENDED), ("BJ2", "SX2", "3 03-06 09:00"), area=_ANY), True),
        (
            project(
                ("BJ1", "SX1", "3 03-02 09:00, 13 03-05 09:00"),
                ("BJ2", "SX2", "3 03-06 09:00"),
                area=_TELLS,
            ),
            False,
        ),
    ),
)
