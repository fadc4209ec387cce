"""Files as the bureau delivers them."""

from __future__ import annotations

import csv
from pathlib import Path

from python_calamine import CalamineWorkbook

from simulators.county.file_outlet import FileOutlet
from simulators.county.journal import Batch, Record, Step

ROWS: list[Record] = [
    {"LSH": None, "A": "𠮷", "B": None, "C": "012345678901234567"},
    {"A": "😀", "B": "=1+1"},
]
STEPS = (Step("insert", "T1", "1", ROWS[0]), Step("insert", "T1", "2", ROWS[1]))


def test_csv_and_workbook_in_turn_keep_every_character(tmp_path: Path) -> None:
    """GB18030 CSV and XLSX hold the same text, long numbers and formulas included."""
    outlet = FileOutlet("420600-zrzy-x", tmp_path)
    for number in (1, 2):
        outlet.deliver(Batch(number, "3.0", "", 0, STEPS))
    text, book = sorted(tmp_path.iterdir())
    assert (text.suffix, book.suffix) == (".csv", ".xlsx")
    lines = list(csv.reader(text.read_text("gb18030").splitlines()))
    wanted = [["A", "B", "C"], ["𠮷", "", "012345678901234567"], ["😀", "=1+1", ""]]
    assert lines == wanted
    assert CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python() == wanted


def test_one_file_per_table_and_nothing_half_written(tmp_path: Path) -> None:
    """Rows of another table make another file; no part is left behind."""
    outlet = FileOutlet("s", tmp_path)
    outlet.deliver(Batch(1, "3.0", "", 0, (*STEPS, Step("insert", "T2", "3", {"A": "1"}))))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "T1_s_000001_00.csv",
        "T2_s_000001_01.xlsx",
    ]


def test_a_batch_is_known_again_wherever_the_exchange_moved_it(tmp_path: Path) -> None:
    """Delivered files are recognised in the folder and in the folders below it."""
    outlet = FileOutlet("s", tmp_path)
    batch = Batch(1, "3.0", "", 0, STEPS)
    assert not outlet.arrived(batch)
    outlet.deliver(batch)
    assert outlet.arrived(batch)
    (tmp_path / "done").mkdir()
    (tmp_path / "T1_s_000001_00.csv").rename(tmp_path / "done" / "T1_s_000001_00-2.csv")
    assert outlet.arrived(batch)
