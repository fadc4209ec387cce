"""地区没有工程审批系统基本信息。"""

from validators.dossier.rule import Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import Subject
from validators.dossier.told import set_up

_PROFILE = "SPGL_GCSPXTJBXXB"


def _check(subject: Subject, _: Setting) -> Answer:
    return holds(subject.rows(_PROFILE))


_FLOW = set_up((1, "SX1", ""))["SPGL_SPLCXXB"]

RULE = DossierRule(
    code="CMP-012/area_without_system_profile",
    kind="completeness",
    subject="area",
    tables=("SPGL_SPLCXXB", _PROFILE),
    fields=("XZQHDM",),
    clause="CMP-012",
    statement="每个地区应有一条工程审批系统基本信息。",
    consequence="advice",
    dimension="completeness",
    owner="platform",
    message="地区{XZQHDM}没有上报工程审批系统基本信息。",
    expected="工程审批系统基本信息表中有本地区的记录",
    why="系统出现问题时，上级须知道由谁建设、由谁运维、如何联系。",
    fix="补报本地区的工程审批系统基本信息。",
    check=_check,
    good=(Told({"SPGL_SPLCXXB": _FLOW, _PROFILE: ({"XZQHDM": "420602"},)}),),
    bad=(Told({"SPGL_SPLCXXB": _FLOW}),),
    beside=(Told({_PROFILE: ({"XZQHDM": "420602"},)}),),
    boundary=((Told({"SPGL_SPLCXXB": _FLOW, _PROFILE: ()}), False),),
)
