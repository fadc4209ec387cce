"""Whatever stands in a row: no crash, no hang, no rule broken, and the counts add up."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import load
from tests.validators.judging import CASE, DIVISION, NOW, PROJECT, STEP, ruleset, sample
from validators import Context, Record, judge

NASTY = st.sampled_from(
    [
        "", " ", "\x00", "\ud800", "𠮷", "😀", "０", "-0", "1e5", "NaN", "Infinity", "{0}", "{",
        "%s", "9" * 40, "-" * 50, "0000-00-00", "2026-02-30", "9999-12-31", "2026-03-01 25:00:00",
        "=1+1", "<script>", ",,,,", "(((((((((", "测试" * 40, "a" * 300, "１９８０-０１-０１",
    ]
)  # fmt: skip
CELLS = st.one_of(st.none(), NASTY, st.text(max_size=30), st.integers().map(str))


@pytest.mark.parametrize("table", [PROJECT, CASE, STEP, "SPGL_JSGCXFYSXXB"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_cells(table: str, data: st.DataObject) -> None:
    """Any text in any cell is judged; for every rule the four answers add up to the records."""
    columns = load("3.0").table(table).columns
    rows = data.draw(
        st.lists(st.dictionaries(st.sampled_from(columns), CELLS, max_size=12), max_size=4)
    )
    bases = [{**sample(table, seed=at), **row} for at, row in enumerate(rows)]
    records = [Record(at, row) for at, row in enumerate([*rows, *bases])]
    within = Context("x", frozenset({DIVISION}), NOW)
    judgement = judge(ruleset(), table, records, within)
    assert not judgement.errors
    assert all(each.total == len(records) for each in judgement.counts.values())
    assert judgement == judge(ruleset(), table, records, within)


@pytest.mark.parametrize(
    "cell",
    [
        "长" * 5_000_000,
        "1" * 1_000_000,
        "," * 1_000_000,
        "1," * 500_000,
        " " * 1_000_000 + "x",
        "<a" * 500_000,
        "测试" * 500_000,
        "a1" * 500_000,
        "-" * 1_000_000,
        "（" * 1_000_000,
        "某市" * 500_000,
        "¡" * 3,
    ],
    ids=lambda cell: f"{cell[:2]!r}x{len(cell)}",
)
def test_huge_cells_are_judged(cell: str) -> None:
    """A row of cells of a million characters is judged: a quadratic rule would not end."""
    for table in (PROJECT, STEP):
        row = dict.fromkeys(load("3.0").table(table).columns, cell)
        judgement = judge(
            ruleset(), table, [Record(1, row)], Context("x", frozenset({DIVISION}), NOW)
        )
        assert not judgement.errors
        assert judgement.records[0].outcome == "fail"
