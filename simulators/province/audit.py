"""The province's own audit: what it holds, and whether anything came twice.

It reads only the province's tables and journal, so it is an independent witness of "nothing is sent
twice". Two things are counted as sent twice:

* ``keys``: two valid rows of one business key in effect at once. A row is in effect from its
  arrival until an invalidating row of its key; refused rows never are.
* ``contents``: a row of the same content as an earlier one of its key, without an invalidating row
  between them, unless the earlier one was refused before the later one was seen: sending the same
  row again after its refusal is right once its parent has been mended.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas import Table
from simulators.province.tables import ProvinceTables

_NOT_CONTENT = frozenset({"LSH", "SJSCZT", "SBYY", "SCSJ", "GXSJ"})

Row = Mapping[str, str | None]


@dataclass(slots=True)
class Twice:
    """What came twice in one table: kind, business key, serial numbers."""

    kind: str
    table: str
    key: dict[str, str | None]
    lshs: list[str]


@dataclass(slots=True)
class Times:
    """When a row was first seen and when it was refused, after the journal."""

    seen: datetime | None = None
    refused: datetime | None = None


@dataclass(slots=True)
class _InEffect:
    """What holds for one key while its rows are read in order.

    ``taken_back`` names the refused invalidation that followed a row: until its refusal was known
    the row counted as ended, and its content could rightly be sent again.
    """

    valid: list[str] = field(default_factory=list)
    contents: dict[tuple[str, ...], str] = field(default_factory=dict)
    taken_back: dict[str, str] = field(default_factory=dict)


def audit(tables: ProvinceTables) -> dict[str, Any]:
    """Counts and duplicates of one version, ready for JSON."""
    by_table: dict[str, dict[str, int]] = {}
    twice: list[Twice] = []
    for table in tables.standard.in_order:
        rows = list(tables.rows(table.code, {}))
        if rows:
            by_table[table.code] = dict(Counter(str(row["SJSCZT"]) for row in rows))
            twice += duplicates(table, rows, _times(tables, table.code))
    statuses: Counter[str] = Counter()
    for counts in by_table.values():
        statuses.update(counts)
    return {
        "rows": sum(statuses.values()),
        "by_status": dict(sorted(statuses.items())),
        "tables": by_table,
        "lost": _lost(tables),
        "duplicates": {
            "keys": sum(found.kind == "key" for found in twice),
            "contents": sum(found.kind == "content" for found in twice),
            "rows": [
                {"kind": it.kind, "table": it.table, "key": it.key, "lsh": it.lshs}
                for it in twice[:100]
            ],
        },
    }


def duplicates(table: Table, rows: Iterable[Row], times: Mapping[str, Times]) -> Iterator[Twice]:
    """What came twice among the rows of one table, given oldest first."""
    states: dict[tuple[str | None, ...], _InEffect] = defaultdict(_InEffect)
    for row in rows:
        key = {code: row.get(code) for code in table.key}
        state = states[tuple(key.values())]
        lsh = row["LSH"] or ""
        content = tuple(row.get(code) or "" for code in row if code not in _NOT_CONTENT)
        earlier = state.contents.get(content)
        if earlier is not None and not (
            _refused_before(times, earlier, lsh) or _ended_until(times, state, earlier, lsh)
        ):
            yield Twice("content", table.code, key, [earlier, lsh])
        if row["SJYXBS"] == "0":
            if row["SJSCZT"] != "2":
                states[tuple(key.values())] = _InEffect(contents={content: lsh})
            else:
                state.taken_back |= dict.fromkeys(state.contents.values(), lsh)
                state.contents[content] = lsh
            continue
        state.contents = {
            other: number
            for other, number in state.contents.items()
            if other[_validity(row)] != "0"
        }
        state.contents[content] = lsh
        if row["SJSCZT"] != "2":
            if state.valid:
                yield Twice("key", table.code, key, [*state.valid, lsh])
            state.valid.append(lsh)


def _validity(row: Row) -> int:
    return [code for code in row if code not in _NOT_CONTENT].index("SJYXBS")


def _refused_before(times: Mapping[str, Times], earlier: str, later: str) -> bool:
    refused = times.get(earlier, Times()).refused
    seen = times.get(later, Times()).seen
    return refused is not None and seen is not None and refused < seen


def _ended_until(times: Mapping[str, Times], state: _InEffect, earlier: str, later: str) -> bool:
    """Whether an invalidation between the two was still without its refusal at the later one."""
    between = state.taken_back.get(earlier)
    return between is not None and not _refused_before(times, between, later)


def _times(tables: ProvinceTables, table: str) -> dict[str, Times]:
    found: dict[str, Times] = defaultdict(Times)
    entries = tables.connection.execute(
        "select lsh, event, at from office.journal where table_code = %s"
        " and event in ('seen', 'refused') order by id",
        [table],
    )
    for lsh, event, at in entries:
        if event == "seen":
            found[lsh].seen = at
        else:
            found[lsh].refused = at
    return found


def _lost(tables: ProvinceTables) -> int:
    row = tables.connection.execute(
        "select count(*) from office.journal where event = 'lost'"
    ).fetchone()
    return int(row[0]) if row else 0
