"""What a body sends after a notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas import load
from simulators.county.corrections import meant, new_notices, steps
from simulators.county.journal import Batch, Journal, Known

STANDARD = load("3.0")
CODE = "SPGL_XMJBXXB"
GOOD: dict[str, str | None] = {
    "DFSJZJ": "k1",
    "XZQHDM": "420602",
    "GCDM": "G1",
    "XMMC": "甲",
    "SJYXBS": "1",
    "SJWXYY": None,
}


def known(**changes: str | None) -> Known:
    """A record that was sent with these cells wrong."""
    return Known("3.0", CODE, "k1", GOOD, GOOD | changes, "fault")


def test_by_protocol_the_old_row_is_invalidated_first() -> None:
    """An invalidating row with key and reason, then the right row."""
    first, second = steps(known(XMMC=None), STANDARD, "protocol", can_update=True)
    assert (first.op, second.op) == ("insert", "insert")
    assert first.record["SJYXBS"] == "0"
    assert first.record["SJWXYY"]
    assert first.record["GCDM"] == "G1"
    assert second.record == GOOD


def test_in_place() -> None:
    """One update of the row that was sent."""
    (step,) = steps(known(XMMC=None), STANDARD, "update", can_update=True)
    assert (step.op, step.record) == ("update", GOOD)
    assert step.before == GOOD | {"XMMC": None}


@pytest.mark.parametrize("changes", [{"GCDM": None}, {"SJYXBS": "0"}, {"SJYXBS": None}])
def test_what_cannot_be_invalidated_is_changed_or_sent_again(
    changes: dict[str, str | None],
) -> None:
    """A wrong key or validity leaves no row that an invalidating row could name."""
    (changed,) = steps(known(**changes), STANDARD, "protocol", can_update=True)
    assert changed.op == "update"
    (sent,) = steps(known(**changes), STANDARD, "protocol", can_update=False)
    assert (sent.op, sent.record) == ("insert", GOOD)


def test_an_item_is_found_by_local_key_or_business_key(tmp_path: Path) -> None:
    """The local key comes first; without one the key as it was sent tells."""
    journal = Journal(tmp_path / "b.sqlite")
    broken = known(DFSJZJ=None)
    journal.depart(Batch(0, "3.0", "", 0, ()), [], [broken])
    table = STANDARD.table(CODE)
    by_key = {"standard": "3.0", "key": {"XZQHDM": "420602", "GCDM": "G1"}, "local_key": None}
    by_local = {"standard": "3.0", "key": {}, "local_key": "k1"}
    other = {"standard": "3.0", "key": {"GCDM": "G2"}, "local_key": None}
    assert meant(by_key, table, journal) == broken
    assert meant(by_local, table, journal) == broken
    assert meant(other, table, journal) is None
    journal.close()


def test_notices_are_read_once_and_garbage_is_passed_over(tmp_path: Path) -> None:
    """Each notice comes once; a file that is no JSON never stops the others."""
    journal = Journal(tmp_path / "b.sqlite")
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / "1.json").write_text("{", "utf-8")
    (folder / "2.json").write_text(json.dumps({"items": []}), "utf-8")
    (folder / "2.html").write_text("x", "utf-8")
    assert [name for name, _ in new_notices(folder, journal)] == ["2.json"]
    journal.set_done("notice", "2.json")
    assert list(new_notices(folder, journal)) == []
    assert list(new_notices(tmp_path / "none", journal)) == []
    journal.close()
