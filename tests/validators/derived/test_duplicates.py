"""Duplicates inside a batch, and the correction protocol, which is none."""

from __future__ import annotations

from tests.validators.judging import PROJECT, Values, context, judged, rules_found, sample

KEY = "COM-012/SPGL_XMJBXXB"
LOCAL = "COM-011/SPGL_XMJBXXB"
ROW = sample()


def row(**cells: str | None) -> Values:
    """The same project row with other cells."""
    return {**ROW, **cells}


def test_second_valid_row_with_the_same_key() -> None:
    """Another local row with the same business key is a duplicate; the first is left alone."""
    judgement = judged(ROW, row(DFSJZJ="other"))
    assert rules_found(judgement, 0) == set()
    assert rules_found(judgement, 1) == {KEY}
    assert "（见第2行）" in judgement.records[1].findings[0].message


def test_correction_is_no_duplicate() -> None:
    """Withdrawing and sending again, even twice, is the standard's way of correcting."""
    gone = {"SJYXBS": "0", "SJWXYY": "更正"}
    story = [ROW, row(**gone), row(DFSJZJ="b"), row(**gone, DFSJZJ="b"), row(DFSJZJ="c")]
    judgement = judged(*story)
    assert [verdict.outcome for verdict in judgement.records] == ["pass"] * 5


def test_withdrawal_without_predecessor() -> None:
    """A withdrawal first and a valid row then are no duplicate."""
    assert rules_found(judged(row(SJYXBS="0", SJWXYY="更正"), row(DFSJZJ="b")), 1) == set()


def test_row_changed_in_place() -> None:
    """The same local row in two states is an update for the pipeline, a duplicate in one file."""
    later = row(XMMC="新的名称建设项目")
    assert rules_found(judged(ROW, later), 1) == set()
    assert rules_found(judged(ROW, later, within=context(one_file=True)), 1) == {KEY}


def test_local_key_of_two_records() -> None:
    """One local key under two business keys is a fault everywhere."""
    other = sample(seed=2, DFSJZJ=ROW["DFSJZJ"])
    assert rules_found(judged(ROW, other), 1) == {LOCAL}


def test_incomplete_key_is_not_compared() -> None:
    """Rows that lack a part of the key are not duplicates of each other."""
    judgement = judged(row(GCDM=None), row(GCDM=None, DFSJZJ="b"))
    assert KEY not in rules_found(judgement, 1)
    assert judgement.counts[KEY].not_applicable == 2


def test_version_numbers_are_compared_as_numbers() -> None:
    """Version 1 and version 1.0 of a flow are the same key."""
    table = "SPGL_SPLCXXB"
    first = sample(table, SPLCBBH="1")
    judgement = judged(first, {**first, "SPLCBBH": "1.0", "DFSJZJ": "b"}, table=table)
    assert f"COM-012/{table}" in rules_found(judgement, 1)


def test_optional_parts_of_the_key_may_be_empty() -> None:
    """An empty optional part of a key is a value like another."""
    table = "SPGL_XMSPSXBLTBCXXXB"
    first = sample(table, TBCX="2", TBCXMC=None)
    again = {**first, "DFSJZJ": "b"}
    assert f"COM-012/{table}" in rules_found(judged(first, again, table=table), 1)
    other = {**again, "TBCX": "4"}
    assert rules_found(judged(first, other, table=table), 1) == set()


def test_item_twice_in_a_flow_version() -> None:
    """An item may stand in one stage of a flow version only."""
    table = "SPGL_SPLCJBLSXXXB"
    first = sample(table, SPJDXH="1")
    again = {**first, "SPJDXH": "2", "DFSJZJ": "b"}
    assert rules_found(judged(first, again, table=table), 1) == {f"FLW-009/{table}"}


def test_many_rows_take_linear_time() -> None:
    """A thousand copies of a row are compared once each."""
    rows = [row(DFSJZJ=str(at)) for at in range(1000)]
    judgement = judged(*rows, table=PROJECT)
    assert judgement.counts[KEY].failed == 999
