"""What a body remembers survives its death at any moment."""

from __future__ import annotations

from pathlib import Path

from simulators.county.journal import Batch, Journal, Known, Step

STEP = Step("insert", "T", "k1", {"DFSJZJ": "k1", "A": "𠮷", "B": None})


def test_a_batch_on_its_way_is_found_again_after_a_restart(tmp_path: Path) -> None:
    """A journal that is opened again gives the batch back exactly as it left."""
    journal = Journal(tmp_path / "b.sqlite")
    journal.plan("3.0", 0, [(STEP,), (STEP,)])
    first = journal.next("3.0", 0.0, 1)
    batch = Batch(0, "3.0", "2026-03-10 10:00:00", 2.0, first[0].steps)
    known = Known("3.0", "T", "k1", STEP.record, STEP.record | {"A": None}, "mandatory_missing")
    left = journal.depart(batch, first, [known])
    journal.close()

    again = Journal(tmp_path / "b.sqlite")
    assert again.on_their_way("3.0") == [left]
    assert again.queued("3.0") == 1
    assert again.record("3.0", "T", "k1") == known
    again.arrived(left)
    assert again.on_their_way("3.0") == []
    again.close()


def test_no_number_is_given_twice(tmp_path: Path) -> None:
    """Numbers of batches name files and requests, so one that arrived keeps its number for ever."""
    journal = Journal(tmp_path / "b.sqlite")
    batch = Batch(0, "3.0", "", 0, (STEP,))
    first = journal.depart(batch, [], [])
    journal.arrived(first)
    assert journal.depart(batch, [], []).id > first.id
    journal.close()


def test_the_ordinary_flow_and_dated_groups(tmp_path: Path) -> None:
    """Dated groups leave when due, whatever the rate; the others as many as allowed."""
    journal = Journal(tmp_path / "b.sqlite")
    journal.plan("3.0", 0, [(STEP,), (STEP,), (STEP,)])
    journal.plan("3.0", 100.0, [(STEP,)])
    journal.plan("2.0", 0, [(STEP,)])
    assert [group.ordinary for group in journal.next("3.0", 99.0, 2)] == [True, True]
    assert [group.ordinary for group in journal.next("3.0", 100.0, 0)] == [False]
    journal.close()


def test_a_planned_correction_mends_the_record_once(tmp_path: Path) -> None:
    """From the moment its correction is in the queue a record no longer counts as broken."""
    journal = Journal(tmp_path / "b.sqlite")
    known = Known("3.0", "T", "k1", STEP.record, {"A": None}, "x")
    journal.depart(Batch(0, "3.0", "", 0, (STEP,)), [], [known])
    assert journal.count_broken() == 1
    journal.plan_correction(known, 5.0, [STEP])
    assert journal.count_broken() == 0
    assert journal.broken("3.0", "T") == []
    assert len(journal.next("3.0", 5.0, 0)) == 1
    journal.close()


def test_things_done_once(tmp_path: Path) -> None:
    """Notices and orders are remembered by name, facts by their last value."""
    journal = Journal(tmp_path / "b.sqlite")
    assert not journal.done("notice", "1.json")
    journal.set_done("notice", "1.json")
    journal.set_done("notice", "1.json")
    assert journal.done("notice", "1.json")
    assert not journal.done("order", "1.json")
    journal.set_fact("told", "1")
    journal.set_fact("told", "2")
    assert journal.fact("told", "-1") == "2"
    journal.close()
