"""Findings as finished products: shape, masking, proposals, siblings."""

from __future__ import annotations

import json

from tests.validators.judging import CASE, PROJECT, context, judged, ruleset, sample
from validators import Finding
from validators.siblings import MOST

SHAPE = [
    "rule", "version", "consequence", "table", "table_name", "row", "key", "fields", "field_names",
    "value", "expected", "message", "why", "fix", "where", "clause", "owner", "siblings", "waived",
]  # fmt: skip


def only(rule: str, **cells: str | None) -> Finding:
    """The finding of one rule on one project row."""
    (found,) = [
        each for each in judged({**sample(), **cells}).records[0].findings if each.rule == rule
    ]
    return found


def test_json_shape_and_round_trip() -> None:
    """A finding is JSON with the public keys, and comes back from it unchanged."""
    found = only("COM-013/SPGL_XMJBXXB.XMTZLY", XMTZLY="9")
    written = found.to_json()
    assert list(written) == SHAPE
    assert written["fields"] == ["XMTZLY"]
    assert Finding.from_json(json.loads(json.dumps(written))) == found


def test_key_and_place() -> None:
    """A finding names the business key and, without a place, the county's own key."""
    row = sample(XMTZLY="9")
    found = only("COM-013/SPGL_XMJBXXB.XMTZLY", XMTZLY="9")
    assert found.key == {"XZQHDM": row["XZQHDM"], "GCDM": row["GCDM"]}
    assert found.where == "第2行"


def test_right_check_digit_is_computed() -> None:
    """A wrong unified social credit code comes with the right one."""
    found = only("COM-017/SPGL_XMJBXXB.JSDWDM", JSDWDM="91420602MA49A1B26E")
    assert found.expected is not None
    assert "91420602MA49A1B26D" in found.expected


def test_nearest_code_is_proposed() -> None:
    """A name instead of a code, a full-width code and a padded code lead to the code meant."""
    for wrong, meant in (("新建", "1（新建）"), ("２", "2（扩建）"), (" 3", "3（迁建）")):
        found = only("COM-013/SPGL_XMJBXXB.JSXZ", JSXZ=wrong)
        assert found.expected is not None
        assert f"建议填“{meant}”" in found.expected


def test_date_is_proposed_only_when_it_exists() -> None:
    """Another way of writing a day leads to the day; a day that does not exist to none."""
    rule = "COM-015/SPGL_XMJBXXB.NKGSJ"
    for wrong in ("2026/3/1", "2026年3月1日", "２０２６-０３-０１", "2026.3.1"):
        expected = only(rule, NKGSJ=wrong).expected or ""
        assert "建议填“2026-03-01”" in expected
    assert "建议" not in (only(rule, NKGSJ="2026-02-30").expected or "")


def test_number_is_proposed() -> None:
    """Thousands separators and full-width digits lead to the number meant."""
    rule = "STD-103/SPGL_XMJBXXB.ZTZE"
    assert "建议填“12000”" in (only(rule, ZTZE="12,000").expected or "")
    assert "建议填“12000.5”" in (only(rule, ZTZE="１２０００.５").expected or "")
    assert "建议" not in (only(rule, ZTZE="约12000").expected or "")


def test_personal_values_are_masked_everywhere() -> None:
    """Phone, identity number and name show only their ends, in every text of the finding."""
    phone, identity = "1380000123", "110105194912310021"
    case = judged(sample(CASE, LXRSJH=phone, LXR="欧阳测试\x07"), table=CASE).records[0]
    party = judged(
        sample("SPGL_ZRZTXXB", FZRZJLX="1", FZRZJHM=identity), table="SPGL_ZRZTXXB"
    ).records[0]
    told = json.dumps(
        [found.to_json() for found in (*case.findings, *party.findings)], ensure_ascii=False
    )
    assert len(case.findings) == 2
    assert len(party.findings) == 1
    for secret in (phone, identity, "欧阳测试"):
        assert secret not in told
    assert "1101************21" in told


def test_personal_key_is_masked() -> None:
    """A business key that holds an identity number is shown masked."""
    table = "SPGL_KCSJRYXXB"
    found = judged(sample(table, RYXM=None), table=table).records[0].findings[0]
    assert "*" in (found.key["RYZJHM"] or "")


def test_numbers_in_free_text_are_masked() -> None:
    """A phone number written into a name is masked, too."""
    found = only("STD-107/SPGL_XMJBXXB.JSDD", JSDD=" 人民路 电话13800001234")
    assert "13800001234" not in json.dumps(found.to_json())


def test_long_values_are_cut() -> None:
    """A cell of a million characters does not make a finding of a million characters."""
    found = judged(sample(XMMC="长" * 1_000_000)).records[0].findings
    assert found
    assert all(len(json.dumps(each.to_json(), ensure_ascii=False)) < 3000 for each in found)
    assert "共1000000字" in found[0].message


def test_braces_in_values_are_only_text() -> None:
    """Values are never read as templates."""
    assert "{0.__class__}" in only("COM-013/SPGL_XMJBXXB.JSXZ", JSXZ="{0.__class__}").message


def test_siblings_share_a_cell() -> None:
    """Findings of one record on the same cell name each other."""
    found = judged(sample(XMMC="测试项目一\x07")).records[0].findings
    assert {each.rule for each in found} == {
        "COM-021/test_project", "STD-106/SPGL_XMJBXXB.XMMC"
    }  # fmt: skip
    assert found[0].siblings == (f"{found[1].rule}@1",)
    assert found[1].siblings == (f"{found[0].rule}@1",)


def test_siblings_share_a_missing_parent() -> None:
    """Children of one missing parent are cleared together; the list of them is bounded."""
    rows = [sample(CASE, seed=seed, GCDM="NOSUCH") for seed in range(MOST + 10)]
    needed = ruleset().lookups(CASE, rows)
    absent = context(dict.fromkeys(needed, "absent"), grace_over=frozenset(range(1, len(rows) + 1)))
    rule = "PRO-007/SPGL_XMSPSXBLXXB.XZQHDM.GCDM.SPGL_XMJBXXB"
    for verdict in judged(*rows, table=CASE, within=absent).records:
        (found,) = [each for each in verdict.findings if each.rule == rule]
        assert len(found.siblings) == MOST
        assert f"{rule}@{verdict.id}" not in found.siblings


def test_where_without_place_is_the_local_key() -> None:
    """A record without a place is named by the county's own key."""
    from validators import Record, judge

    row = sample(XMTZLY="9")
    found = judge(ruleset(), PROJECT, [Record(1, row)], context()).records[0].findings[0]
    assert found.where == f"地方数据主键 {row['DFSJZJ']}"
