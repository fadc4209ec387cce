"""消防验收所填的消防设计审查文号对不上。"""

from validators.neighbours import Against, Found, Later, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_DOCUMENTS = Link("documents", ("SPGL_XMSPSXPFWJXXB",), ("TSGCXFSJSCWH",), ("PFWH",))


def _reviewed(row: Seen, found: Found) -> Reply:
    if not row.text("TSGCXFSJSCWH"):
        return None
    if found.all(_DOCUMENTS.name):
        return True
    if not row.overdue:
        return Later("消防设计审查的批复文件可能尚未收到，收到后再核对")
    return Against("")


_ROW = {"TSGCXFSJSCWH": "建消审〔2026〕1号"}
_OF = ("SPGL_XMSPSXPFWJXXB", {"PFWH": "建消审〔2026〕1号", "DFSJZJ": "P1"})

RULE = Rule(
    code="PER-022/fire_acceptance_without_review",
    kind="cross_table",
    tables=("SPGL_JSGCXFYSXXB",),
    fields=("TSGCXFSJSCWH",),
    clause="PER-022",
    statement="消防验收应能对应已合格的消防设计审查文号。",
    severity="info",
    milder="早年的消防设计审查可能没有上报，找不到不一定是错，故只提示核查。",
    dimension="consistency",
    message="消防设计审查文号“{TSGCXFSJSCWH}”在批复文件中没有。",
    expected="已上报批复文件的文号",
    why="特殊建设工程须先经消防设计审查合格；文号对不上，无法证明。",
    fix="对照消防设计审查意见书核对文号，填错的更正后重新推送；审查办件漏报的，补推。",
    check=Compares((_DOCUMENTS,), _reviewed),
    good=(Scene(_ROW, (_OF,), overdue=True),),
    bad=(
        Scene(_ROW, overdue=True),
        Scene(_ROW | {"TSGCXFSJSCWH": "建消审〔2026〕2号"}, (_OF,), overdue=True),
    ),
    beside=(Scene({"TSGCXFSJSCWH": None}, (_OF,), overdue=True),),
    open=(Scene(_ROW),),
    boundary=(
        (Scene(_ROW, (_OF,)), True),
        (Scene(_ROW | {"TSGCXFSJSCWH": "建消审〔2026〕10号"}, (_OF,), overdue=True), False),
        (Scene(_ROW | {"TSGCXFSJSCWH": "建消审[2026]1号"}, (_OF,), overdue=True), False),
    ),
)
