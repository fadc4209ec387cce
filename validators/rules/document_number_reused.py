"""批复文号已用于其他项目的办件。"""

from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_SAME = Link("same", ("SPGL_XMSPSXPFWJXXB",), ("XZQHDM", "PFWH"), ("XZQHDM", "PFWH"),
             ("GCDM", "SPSXSLBM"))  # fmt: skip
_PROJECT_PART = 24
"""Characters of an engineering code that are the project's."""


def _new(row: Seen, found: Found) -> Reply:
    project = row.text("GCDM")[:_PROJECT_PART]
    if not project:
        return None
    for other in found.sound(_SAME.name):
        if other.text("GCDM")[:_PROJECT_PART] not in {project, ""}:
            return Against(f"已用于办件“{other.text('SPSXSLBM')}”（{other.named()}）。")
    return True


_ROW = {"XZQHDM": "420602", "PFWH": "发改审批〔2026〕1号", "GCDM": "2306-420602-04-01-123450-01",
        "SPSXSLBM": "BJ-1", "DFSJZJ": "A"}  # fmt: skip
_OTHER = _ROW | {"GCDM": "2306-420602-04-01-999990-01", "SPSXSLBM": "BJ-2", "DFSJZJ": "B"}

RULE = Rule(
    code="PRC-027/document_number_reused",
    kind="uniqueness",
    tables=("SPGL_XMSPSXPFWJXXB",),
    fields=("PFWH",),
    clause="PRC-027",
    statement="同一批复文号不应重复用于不同项目的办件。",
    severity="warning",
    dimension="consistency",
    message="批复文号“{PFWH}”已用于其他项目。",
    expected="该批复文件自己的文号",
    why="一个文号对应一份批复；用于两个项目的，其中一个是填错或冒用。",
    fix="对照批复文件核对文号，更正后重新推送。",
    check=Compares((_SAME,), _new),
    good=(
        Scene(_ROW, (("SPGL_XMSPSXPFWJXXB", _OTHER | {"PFWH": "发改审批〔2026〕2号"}),)),
        Scene(_ROW, (("SPGL_XMSPSXPFWJXXB", _OTHER | {"GCDM": "2306-420602-04-01-123450-02"}),)),
    ),
    bad=(Scene(_ROW, (("SPGL_XMSPSXPFWJXXB", _OTHER),)),),
    beside=(
        Scene(_ROW | {"PFWH": None}, (("SPGL_XMSPSXPFWJXXB", _OTHER),)),
        Scene(_ROW | {"GCDM": None}, (("SPGL_XMSPSXPFWJXXB", _OTHER),)),
    ),
    boundary=(
        (
            Scene(
                _ROW, (("SPGL_XMSPSXPFWJXXB", _OTHER | {"GCDM": "2306-420602-04-01-123450/02"}),)
            ),
            True,
        ),
        (Scene(_ROW, (("SPGL_XMSPSXPFWJXXB", _OTHER | {"GCDM": None}),)), True),
    ),
)
