"""办件的流程与项目绑定的流程不同。"""

from validators.neighbours import Against, Found, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene

_PROJECT = Link("project", ("SPGL_XMJBXXB",), ("XZQHDM", "GCDM"), ("XZQHDM", "GCDM"), ("SPLCBM",))


def _same_flow(row: Seen, found: Found) -> Reply:
    project = found.one(_PROJECT.name)
    if project is None:
        return missing(row, "项目基本信息")
    bound, own = project.code("SPLCBM"), row.code("SPLCBM")
    if not bound or not own:
        return None
    if bound == own:
        return True
    return Against(f"项目绑定的流程为“{bound}”（{project.named()}）。", bound)


_ROW = {"XZQHDM": "420602", "GCDM": "G1", "SPLCBM": "LC1", "SPLCBBH": "2"}
_OF = ("SPGL_XMJBXXB", {"XZQHDM": "420602", "GCDM": "G1", "DFSJZJ": "X1", "SPLCBM": "LC1",
                        "SPLCBBH": "1"})  # fmt: skip

RULE = Rule(
    code="INS-004/flow_of_other_project",
    kind="cross_table",
    tables=("SPGL_XMSPSXBLXXB",),
    fields=("SPLCBM", "SPLCBBH"),
    clause="INS-004",
    statement="办件的流程应与项目绑定的流程一致，版本不同须为同一流程的其他版本。",
    severity="warning",
    dimension="consistency",
    message="办件的审批流程“{SPLCBM}”不是所属项目绑定的流程。",
    why="项目按绑定的流程计算阶段和总用时；办件属于其他流程的，不会计入。",
    fix="核对办件所属项目和流程，更正后重新推送；项目改走其他流程的，先更正项目信息。",
    check=Compares((_PROJECT,), _same_flow),
    good=(Scene(_ROW, (_OF,)), Scene(_ROW | {"SPLCBBH": "1"}, (_OF,))),
    bad=(Scene(_ROW | {"SPLCBM": "LC2"}, (_OF,)),),
    beside=(Scene(_ROW | {"SPLCBM": None}, (_OF,)), Scene(_ROW | {"GCDM": None}, (_OF,))),
    open=(Scene(_ROW), Scene(_ROW, overdue=True)),
    boundary=(
        (Scene(_ROW | {"SPLCBBH": None}, (_OF,)), True),
        (Scene(_ROW | {"SPLCBM": "LC10", "SPLCBBH": "1"}, (_OF,)), False),
    ),
)
