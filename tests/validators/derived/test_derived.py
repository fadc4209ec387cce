"""Each kind of derived rule: what passes, what fails, the boundary, and what it leaves alone.

A case is one cell of a table with what the rule on it answers: True passes, False fails, None does
not apply, a text is the reason why it was not checked.
"""

from __future__ import annotations

import pytest

from schemas import load
from tests.validators.judging import CASE, PROJECT, STEP, context, ruleset, sample
from validators import Record
from validators.answers import Answer

PARTY = "SPGL_ZRZTXXB"
INCOMPLETE = "代码表不完整"


def answer(rule: str, cells: dict[str, str | None], table: str, version: str = "3.0") -> Answer:
    """What one rule answers for a valid record with these cells put in."""
    plan = ruleset(version).plan(table)
    batch = plan.batch([Record(1, {**sample(table, version=version), **cells})], context())
    (entry,) = [each for each in plan.entries if each.rule.code == rule]
    return entry.evaluate(batch)[0]


def run(cases: list[tuple[str, str | None, Answer]], prefix: str, table: str = PROJECT) -> None:
    """Assert the answers of the rules of one kind, cell by cell."""
    for field, cell, expected in cases:
        got = answer(f"{prefix}/{table}.{field}", {field: cell}, table)
        assert got is expected or got == expected, (field, cell, got)


def test_required() -> None:
    """A required cell must hold something that is not only blanks."""
    run(
        [("XMMC", "a", True), ("XMMC", None, False), ("XMMC", "", False), ("XMMC", " \t", False)],
        "COM-001",
    )


def test_doubtful_requirement_makes_no_rule() -> None:
    """What is only guessed to be required, or written by the receiver, is not demanded."""
    assert "COM-001/SPGL_XMBQXXB.BQMC" not in ruleset().rules
    assert "COM-001/SPGL_XMJBXXB.GCFW" not in ruleset().rules
    assert "COM-001/SPGL_XMJBXXB.LSH" not in ruleset().rules


def test_required_takes_the_severity_of_its_clause() -> None:
    """A field that a clause only wishes for is a warning, others are errors."""
    rules = ruleset().rules
    assert rules["COM-001/SPGL_XMJBXXB.SBSJ"].severity == "warning"
    assert rules["COM-001/SPGL_XMJBXXB.XMMC"].severity == "error"
    assert rules["COM-001/SPGL_XMJBXXB.XMMC"].clause == "PRJ-001"


def test_conditional() -> None:
    """A conditional cell is demanded when the other cell says so, and only then."""
    rule = "STD-102/SPGL_XMSPSXBLXXXXB.BLYJ"
    assert answer(rule, {"BLZT": "11", "BLYJ": "同意"}, STEP) is True
    assert answer(rule, {"BLZT": "11", "BLYJ": None}, STEP) is False
    assert answer(rule, {"BLZT": "8", "BLYJ": None}, STEP) is None
    assert answer(rule, {"BLZT": None, "BLYJ": None}, STEP) is None
    assert ruleset().rules[rule].clause == "INS-022"
    assert ruleset().rules[rule].severity == "warning"


def test_conditional_on_a_filled_cell() -> None:
    """Some cells are demanded as soon as another one is filled."""
    rule, table = "STD-102/SPGL_JSGCXFSJSCXXB.LSXJZPZRQ", "SPGL_JSGCXFSJSCXXB"
    given = {"LSXJZPZWJ": "批1号"}
    assert answer(rule, {**given, "LSXJZPZRQ": "2026-01-01"}, table) is True
    assert answer(rule, {**given, "LSXJZPZRQ": None}, table) is False
    assert answer(rule, {"LSXJZPZWJ": None, "LSXJZPZRQ": None}, table) is None


def test_times_can_be_read() -> None:
    """Dates and times have their layout and exist in the calendar."""
    run(
        [
            ("NKGSJ", "2024-02-29", True),
            ("NKGSJ", "2026-02-29", False),
            ("NKGSJ", "0000-00-00", False),
            ("NKGSJ", "2026/01/01", False),
            ("NKGSJ", "20260101", False),
            ("NKGSJ", "２０２６-01-01", False),
            ("NKGSJ", "2026-01-01 00:00:00", True),
            ("NKGSJ", None, None),
            ("SBSJ", "2026-01-01 23:59:59", True),
            ("SBSJ", "2026-01-01", False),
            ("SBSJ", "2026-01-01 24:00:00", False),
        ],
        "COM-015",
    )


def test_numbers_can_be_read() -> None:
    """Numbers are written with plain digits; coded numbers are the list's business."""
    run(
        [
            ("ZTZE", "12000.50", True),
            ("ZTZE", "-1", True),
            ("ZTZE", "12,000", False),
            ("ZTZE", "１２", False),
            ("ZTZE", "1e3", False),
            ("ZTZE", "12万", False),
            ("ZTZE", None, None),
        ],
        "STD-103",
    )
    assert "STD-103/SPGL_XMJBXXB.XMTZLY" not in ruleset().rules
    assert "STD-103/SPGL_XMJBXXB.TDHQFS" in ruleset().rules


def test_lengths() -> None:
    """The limit itself passes, one more fails; digits are counted before the point."""
    run(
        [
            ("GBHYDMFBND", "2017", True),
            ("GBHYDMFBND", "20170", False),
            ("ZTZE", "9" * 14, True),
            ("ZTZE", "9" * 15, False),
            ("ZTZE", "-" + "9" * 14, True),
            ("ZTZE", None, None),
            ("XMMC", "长" * 32_767, True),
            ("XMMC", "长" * 32_768, False),
        ],
        "COM-014",
    )


def test_complete_list() -> None:
    """A complete list knows its codes in any writing of the number, and nothing else."""
    run(
        [
            ("JSXZ", "1", True),
            ("JSXZ", "5", True),
            ("JSXZ", "6", False),
            ("JSXZ", "01", True),
            ("JSXZ", "新建", False),
            ("JSXZ", None, None),
        ],
        "COM-013",
    )


def test_incomplete_list() -> None:
    """A list with gaps passes what it knows and leaves the rest unchecked."""
    run([("TDHQFS", "2", True), ("TDHQFS", "99", INCOMPLETE), ("TDHQFS", None, None)], "COM-013")


def test_list_of_several_values() -> None:
    """Each value of a multi-value cell is looked up for itself."""
    rule, table = "COM-013/SPGL_SPJDXXB.DYBZSPJDXH", "SPGL_SPJDXXB"
    for cell, expected in (
        ("1", True), ("1,2", True), ("1,6", False), ("1，2", False), ("1,", False), (None, None)
    ):  # fmt: skip
        assert answer(rule, {"DYBZSPJDXH": cell}, table) is expected


def test_form_of_incomplete_list() -> None:
    """A list with gaps but a known form checks the form."""
    rule, table = "STD-104/SPGL_SPSXJBXXB.DYBZSPSXBM", "SPGL_SPSXJBXXB"
    for cell, expected in (
        ("9990000", True), ("9990000,0060001", True), ("999000", False), ("9990000;1", False),
        (None, None),
    ):  # fmt: skip
        assert answer(rule, {"DYBZSPSXBM": cell}, table) is expected
    assert ruleset().rules[rule].clause == "FLW-019"


def test_division() -> None:
    """The division code has its form, is no placeholder, and is one of the body's."""
    run(
        [
            ("XZQHDM", "420602", True),
            ("XZQHDM", "000000", False),
            ("XZQHDM", "999999", False),
            ("XZQHDM", "42060", False),
            ("XZQHDM", "４２０６０２", False),
            ("XZQHDM", None, None),
        ],
        "COM-002",
    )
    run(
        [("XZQHDM", "420602", True), ("XZQHDM", "420606", False), ("XZQHDM", "000000", None)],
        "COM-003",
    )


def test_credit_code() -> None:
    """Letters in the first places are right, a wrong check digit is not."""
    run(
        [
            ("JSDWDM", "91420602MA49A1B26D", True),
            ("JSDWDM", "N2420624MF0000013M", True),
            ("JSDWDM", "91420602MA49A1B26E", False),
            ("JSDWDM", "91420602MA49A1B2ID", False),
            ("JSDWDM", "9142060MA49A1B26D", False),
            ("JSDWDM", None, None),
        ],
        "COM-017",
    )


def test_identity_number() -> None:
    """Identity numbers are checked where the document is an identity card."""
    rule = "COM-018/SPGL_ZRZTXXB.FZRZJHM"
    for kind, cell, expected in (
        ("1", "11010519491231002X", True),
        ("1", "420602190001010010", True),
        ("1", "110105194912310021", False),
        ("1", "411325190002290015", False),
        ("1", "42060219700101001", False),
        ("2", "G12345678", None),
        (None, "11010519491231002X", None),
        ("1", None, None),
    ):
        assert answer(rule, {"FZRZJLX": kind, "FZRZJHM": cell}, PARTY) is expected


def test_phone() -> None:
    """A mobile column takes mobiles only, a phone column landlines, too."""
    run(
        [
            ("LXRSJH", "13800001234", True),
            ("LXRSJH", "12800001234", False),
            ("LXRSJH", "0710-3606060", False),
            ("LXRSJH", None, None),
        ],
        "COM-019",
        CASE,
    )
    run(
        [
            ("FZRLXDH", "0710-3606060", True),
            ("FZRLXDH", "13800001234", True),
            ("FZRLXDH", "1380000123", False),
        ],
        "COM-019",
        PARTY,
    )


def test_future() -> None:
    """What has happened lies not after now, within the tolerance for clocks; plans may."""
    now = context().now
    run(
        [
            ("BLSJ", f"{now:%Y-%m-%d %H:%M:%S}", True),
            ("BLSJ", f"{now.replace(hour=now.hour + 1, minute=9):%Y-%m-%d %H:%M:%S}", True),
            ("BLSJ", f"{now.replace(hour=now.hour + 1, minute=10):%Y-%m-%d %H:%M:%S}", False),
            ("BLSJ", "不详", None),
        ],
        "COM-016",
        STEP,
    )
    assert "COM-016/SPGL_XMJBXXB.NJCSJ" not in ruleset().rules
    flow = "SPGL_SPLCXXB"
    run([("SXRQ", "2027-01-01", True), ("SXRQ", "2099-01-01", False)], "COM-016", flow)


def test_placeholder() -> None:
    """Placeholders are found in required texts, not in optional ones."""
    run(
        [("XMMC", "/", False), ("XMMC", "暂无", False), ("XMMC", "无锡路", True)],
        "COM-020",
    )
    assert "COM-020/SPGL_XMJBXXB.GCFW" not in ruleset().rules


def test_negative() -> None:
    """Amounts are zero or more; coordinates may be anything."""
    run([("ZTZE", "0", True), ("ZTZE", "-0.01", False), ("ZTZE", None, None)], "COM-023")
    assert "COM-023/SPGL_XMJBXXB.XMJSDDX" not in ruleset("2.0").rules


@pytest.mark.parametrize(
    "cell",
    ["某小区\x00", "锟斤拷锟斤拷", "\ufffd小区", "ÎÔÁúÇø", "4.20602E+17", "\ud83d", "␀"],
    ids=["nul", "unknown", "replacement", "latin", "exponent", "half", "shown"],
)
def test_garbled(cell: str) -> None:
    """Text that has lost what it said is refused."""
    assert answer("STD-106/SPGL_XMJBXXB.XMMC", {"XMMC": cell}, PROJECT) is False


@pytest.mark.parametrize(
    "cell", ["𠮷野家配送中心", "A座（B1–B3）·二期", "1.5E级道路", "café", "\n一\n二"]
)
def test_rare_characters_are_fine(cell: str) -> None:
    """Rare characters, signs and line breaks are no garble."""
    assert answer("STD-106/SPGL_XMJBXXB.XMMC", {"XMMC": cell}, PROJECT) is True


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("滨河小区", True),
        (" 滨河小区", False),
        ("滨河小区\n", False),
        ("滨河小区😀", False),
        ("=HYPERLINK(1)", False),
        ("<b>滨河</b>", False),
        ("面积<100", True),
        ("+号路", True),
        (None, None),
    ],
)
def test_unclean(cell: str | None, expected: Answer) -> None:
    """Blanks around, emoji, formulas and markup are to be mended."""
    assert answer("STD-107/SPGL_XMJBXXB.XMMC", {"XMMC": cell}, PROJECT) is expected


def test_list_names_are_not_templates() -> None:
    """Every message of every derived rule can be filled in."""
    for version in ("2.0", "3.0"):
        for table in load(version).in_order:
            shown = dict.fromkeys(table.columns, "x")
            for rule in ruleset(version).rules_of(table.code):
                assert rule.message.format_map(shown)
                if isinstance(rule.expected, str):
                    assert rule.expected.format_map(shown)
