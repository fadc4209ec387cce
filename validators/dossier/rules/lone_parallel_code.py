"""并联审批实例编码下只有一个事项。"""

from validators.dossier.rule import BESIDE, Answer, Cells, DossierRule, Setting, Told, holds
from validators.dossier.subject import Subject
from validators.dossier.told import add_case, case


def _check(subject: Subject, _: Setting) -> Answer:
    batch = subject.anchor.text("BLSPSLBM")
    if not batch:
        return BESIDE
    items = {
        other.anchor.text("SPSXBM")
        for other in subject.cases()
        if other.anchor.text("BLSPSLBM") == batch
    }
    return holds(len(items) > 1)


def _two(first: str, second: str, item: str = "SX2") -> Told:
    told = case("1 03-02 09:00", row={"BLSPSLBM": first})
    rows: dict[str, list[Cells]] = {table: list(members) for table, members in told.rows.items()}
    add_case(rows, "BJ2", ["1 03-02 09:00"], {"BLSPSLBM": second, "SPSXBM": item})
    return Told({table: tuple(members) for table, members in rows.items()})


RULE = DossierRule(
    code="INS-010/lone_parallel_code",
    kind="cross_field",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXB"),
    fields=("BLSPSLBM",),
    clause="INS-010",
    statement="并联审批实例编码只在同批有两个及以上事项时填写，且同批取值一致。",
    consequence="rectify",
    dimension="consistency",
    message="并联审批实例编码“{BLSPSLBM}”下只有这一个事项的办件。",
    expected="同批各事项的办件填同一编码；不是并联办理的留空",
    why="并联审批率按此编码统计，单独一个事项不是并联，编码不一致会把一批拆成几批。",
    fix="核对同批其他办件的编码，统一后更正重报；不是并联办理的，将编码留空后更正重报。",
    check=_check,
    good=(_two("B1", "B1"),),
    bad=(case("1 03-02 09:00", row={"BLSPSLBM": "B1"}), _two("B1", "B2")),
    beside=(case("1 03-02 09:00"),),
    boundary=((_two("B1", "B1", item="SX1"), False),),
)
