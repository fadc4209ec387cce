from __future__ import annotations

import os
from pathlib import Path

import pytest

from exchange.store.documents import ASIDE, DocumentLostError, fetch, keep, write_whole


def test_a_kept_document_is_found_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    """The same content twice is one file, and it reads back as it was."""
    first = keep(tmp_path, "通知".encode())
    assert keep(tmp_path, "通知".encode()) == first
    assert fetch(tmp_path, first) == "通知".encode()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [first]


def test_an_altered_or_missing_document_is_not_passed_off_as_issued(tmp_path: Path) -> None:
    """A document that changed on disk, or is gone, is refused with what to do."""
    digest = keep(tmp_path, b"issued")
    (tmp_path / digest[:2] / digest).write_bytes(b"altered")
    with pytest.raises(DocumentLostError, match="altered"):
        fetch(tmp_path, digest)
    with pytest.raises(DocumentLostError, match="missing"):
        fetch(tmp_path, "0" * 64)


def test_a_failed_write_leaves_no_part_behind(tmp_path: Path) -> None:
    """When the target cannot be replaced nothing half-written stays in the folder."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "taken", b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_run_left_is_removed_later(tmp_path: Path) -> None:
    """An unfinished file of more than an hour ago goes, one of a run that is at work stays."""
    write_whole(tmp_path / "first", b"1")
    old, young = tmp_path / ASIDE / "old", tmp_path / ASIDE / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    write_whole(tmp_path / "second", b"2")
    assert (old.exists(), young.exists()) == (False, True)
