"""工程没有建设单位。"""

from validators.dossier.rule import Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import Subject
from validators.dossier.told import project

_UNITS = "SPGL_XMDWXXB"
_OWNER = "1"


def _check(subject: Subject, _: Setting) -> Answer:
    return holds(any(row.text("DWLX") == _OWNER for row in subject.rows(_UNITS)))


RULE = DossierRule(
    code="PRJ-024/unit_without_owner",
    kind="completeness",
    subject="project",
    tables=("SPGL_XMJBXXB", _UNITS),
    fields=("GCDM",),
    clause="PRJ-024",
    statement="每个工程至少有一个建设单位（单位类型1）。",
    consequence="rectify",
    milder="缺的是另一条记录，项目记录本身无误，已经上报。",
    dimension="completeness",
    message="工程“{GCDM}”的单位信息中没有建设单位（1）。",
    expected="项目单位信息表中有单位类型为1的记录",
    why="建设单位是项目的责任主体，没有它无法确认由谁申请、由谁负责。",
    fix="补报建设单位的项目单位信息。",
    check=_check,
    good=(project(also={_UNITS: ({"DWLX": "1"}, {"DWLX": "2"})}),),
    bad=(project(), project(also={_UNITS: ({"DWLX": "2"},)})),
    beside=(Told({_UNITS: ({"GCDM": "GC1", "DWLX": "2"},)}),),
    boundary=((project(also={_UNITS: ({"DWLX": " 1"},)}), True),),
)
