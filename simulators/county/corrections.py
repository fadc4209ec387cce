"""How a body puts a record right after a notice: by protocol, in place, or by sending it again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas import Standard, Table
from simulators.county.journal import Journal, Known, Record, Step
from simulators.settings import Correction

_WITHDRAWN = "数据填报有误，作废后重新推送。"


def new_notices(folder: Path, journal: Journal) -> Iterator[tuple[str, dict[str, Any]]]:
    """Notices in a body's folder that were not dealt with yet, with their file names.

    A file that is no JSON is marked as dealt with: it will not get better.
    """
    for path in sorted(folder.glob("*.json")):
        if path.name.startswith(".") or journal.done("notice", path.name):
            continue
        try:
            notice = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            journal.set_done("notice", path.name)
            continue
        if isinstance(notice, dict):
            yield path.name, notice


def meant(item: Mapping[str, Any], table: Table, journal: Journal) -> Known | None:
    """The record of ours that an item of a notice speaks of, if it carries a mistake.

    Found by the local key, or, where that is what was wrong, by the business key as it was sent.
    """
    feed, local_key = str(item["standard"]), item.get("local_key")
    if local_key:
        found = journal.record(feed, table.code, str(local_key))
        if found is not None:
            return found if found.fault else None
    key = item.get("key") or {}
    for known in journal.broken(feed, table.code):
        if key and all((known.sent.get(code) or "") == (text or "") for code, text in key.items()):
            return known
    return None


def steps(known: Known, standard: Standard, way: Correction, *, can_update: bool) -> list[Step]:
    """What the body sends to put a record right.

    By protocol an invalidating row with the key that was sent goes first. Where the mistake sits in
    the business key, or the row was no valid row at all, there is nothing to invalidate: the row is
    changed in place where that is possible, else the right row is sent.
    """
    table = standard.table(known.table)
    same_key = all(known.sent.get(code) == known.good.get(code) for code in table.key)
    addressed = same_key and known.sent.get("SJYXBS") == "1"
    if way == "update" or (way == "protocol" and not addressed and can_update):
        return [Step("update", known.table, known.local_key, known.good, known.sent)]
    right = Step("insert", known.table, known.local_key, known.good)
    if way == "protocol" and addressed:
        return [_invalidating(known), right]
    return [right]


def withdrawal(known: Known) -> Step:
    """The invalidating row alone: the record is withdrawn for good."""
    return _invalidating(known)


def _invalidating(known: Known) -> Step:
    row: Record = known.good | {"SJYXBS": "0", "SJWXYY": _WITHDRAWN}
    return Step("insert", known.table, known.local_key, row)
