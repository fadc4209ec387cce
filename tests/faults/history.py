"""The full history as an outsider reads it: the ledger's tables and the province's own database.

Nothing here uses the exchange's code: the tables are read as they stand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from schemas import Standard, Table, load
from simulators.province.audit import Times, Twice, duplicates
from simulators.province.tables import ProvinceTables, form_of
from tests.faults.witness import (
    VALIDITY,
    Content,
    Feed,
    key_of,
    named,
    told_content,
    upstream_content,
)

FINAL = frozenset({"confirmed", "returned", "withdrawn", "superseded", "held"})
"""States in which a version waits for nobody but its body or its parent."""

Place = tuple[str, str]
"""Version of the standard, table."""
Key = tuple[str, str, Content]


@dataclass(frozen=True)
class Version:
    """An acknowledged version as the ledger keeps it."""

    id: int
    body: str
    standard: str
    table: str
    valid: bool
    told: Content
    goes_up: Content
    names: Content
    key: Content | None
    raw: dict[str, str | None]


@dataclass
class Ledger:
    """The ledger's tables, read in steps; ``states`` is the newest state of every version."""

    versions: dict[int, Version] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    judgements: set[int] = field(default_factory=set)
    """Those whose sums were looked at: a judgement never changes."""
    expecting: set[int] = field(default_factory=set)
    """Held versions that wait for something else than a parent, for example an earlier step."""

    def look(self, conn: psycopg.Connection[Any], *, states: bool = True) -> None:
        """Reads what is new; without ``states`` only versions, the states stay as they were."""
        there = dict(conn.execute("select id, state from version").fetchall())
        if states:
            self.states = there
            expecting = "select version_id from hold where parent_state = 'expected'"
            self.expecting = {row[0] for row in conn.execute(expecting).fetchall()}
        fresh = sorted(there.keys() - self.versions.keys())
        for row in conn.execute(
            "select id, body, standard, table_code, valid, raw from version where id = any(%s)",
            [fresh],
        ):
            number, body, standard, code, valid, raw = row
            table = load(standard).table(code)
            self.versions[number] = Version(
                number, body, standard, code, valid, told_content(table, raw),
                upstream_content(table, raw), named(table, raw), key_of(table, raw), raw,
            )  # fmt: skip

    @staticmethod
    def broken(conn: psycopg.Connection[Any]) -> list[str]:
        """What is wrong in the ledger by itself: counts, gaps, forbidden steps."""
        found = []
        for name, statement in _LEDGER_FAULTS.items():
            found += [f"{name}: {dict(row)}" for row in _rows(conn, statement)]
        return found

    def unexplained_judgements(self, conn: psycopg.Connection[Any]) -> list[str]:
        """New judgements in which rules × records is not the sum of the four answers."""
        wrong = []
        unseen = "select id, records, outcomes from judgement where id <> all(%s)"
        for row in _rows(conn, unseen, [sorted(self.judgements)]):
            self.judgements.add(row["id"])
            for rule, (passed, failed, idle, unchecked) in row["outcomes"].items():
                if passed + failed + idle + sum(unchecked.values()) != row["records"]:
                    wrong.append(f"judgement {row['id']} rule {rule}")
        return wrong


_LEDGER_FAULTS = {
    "counts of batches and versions differ": """
        select body, standard, table_code, sum(told)::int as told, sum(there)::int as there from (
            select body, standard, table_code, rows_new as told, 0 as there from batch
            union all
            select body, standard, table_code, 0, 1 from version) as both_sides
        group by 1, 2, 3 having sum(told) <> sum(there)""",
    "a version without a beginning": """
        select v.id from version v where not exists (
            select from journey j where j.version_id = v.id and j.from_state is null)""",
    "a gap in a journey": """
        select version_id, from_state, to_state, before from (
            select version_id, from_state, to_state,
                lag(to_state) over (partition by version_id order by id) as before
            from journey) as steps
        where from_state is distinct from before limit 20""",
    "a journey that ends elsewhere": """
        select v.id, v.state, j.to_state from version v join (
            select distinct on (version_id) version_id, to_state from journey
            order by version_id, id desc) j on j.version_id = v.id
        where v.state <> j.to_state limit 20""",
    "a step that the declaration does not know": """
        select j.version_id, j.from_state, j.to_state from journey j
        left join transition t on t.from_state = j.from_state and t.to_state = j.to_state
        where j.from_state is not null and t.to_state is null limit 20""",
    "a case of two notices": """
        select rectification_id, count(*) from notice where kind = 'rectification'
        group by 1 having count(*) > 1""",
}


def _rows(
    conn: psycopg.Connection[Any], statement: str, given: Sequence[object] | None = None
) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), given).fetchall()


@dataclass
class Arrived:
    """A row that the province has seen, with what it decided."""

    lsh: str
    row: dict[str, str | None]
    key: Content | None
    content: Content
    names: Content
    status: int = 0
    gone: bool = False
    times: Times = field(default_factory=Times)

    @property
    def valid(self) -> bool:
        """Whether it is no invalidating row."""
        return self.row.get(VALIDITY) != "0"


_STATUS = {"checked": 1, "refused": 2, "uploaded": 3}


class Upstream:
    """The province's rows by key, read along its journal."""

    def __init__(self, tables: ProvinceTables) -> None:
        self.standard: Standard = tables.standard
        self.rows: dict[str, dict[str, Arrived]] = defaultdict(dict)
        self.by_key: dict[Key, list[Arrived]] = defaultdict(list)
        self._tables = tables
        self._last = 0

    @classmethod
    def of(cls, account: Any, version: str, form: str) -> Upstream:
        """Opened with the province's own account."""
        return cls(ProvinceTables(account, load(version), form_of(form)))

    def look(self) -> set[Key]:
        """Reads on in the journal; the keys about which something is new."""
        conn = self._tables.connection
        entries = conn.execute(
            "select id, at, table_code, lsh, event from office.journal where id > %s order by id",
            [self._last],
        ).fetchall()
        conn.commit()
        wanted: dict[str, list[str]] = defaultdict(list)
        for _, _, code, lsh, event in entries:
            if event == "seen" and lsh not in self.rows[code]:
                wanted[code].append(lsh)
        for code, lshs in wanted.items():
            self._fetch(self.standard.table(code), lshs)
        changed = set()
        for number, at, code, lsh, event in entries:
            self._last = number
            arrived = self.rows[code].get(lsh)
            if arrived is not None:
                _note(arrived, event, at)
                if arrived.key is not None:
                    changed.add((self.standard.version, code, arrived.key))
        return changed

    def twice(self, keys: Iterable[Key]) -> list[Twice]:
        """The province's own audit, over the rows of these keys."""
        found: list[Twice] = []
        for key in keys:
            table = self.standard.table(key[1])
            rows = [
                one.row | {"SJSCZT": str(one.status)}
                for one in self._in_order(self.by_key[key])
                if not one.gone
            ]
            times = {one.lsh: one.times for one in self.by_key[key]}
            found += duplicates(table, rows, times)
        return found

    def in_effect(self, key: Key) -> list[Arrived]:
        """The valid rows of a key that hold now: taken, and not invalidated after that."""
        holding: list[Arrived] = []
        for one in self._in_order(self.by_key.get(key, [])):
            if one.gone or one.status == 2:
                continue
            if one.valid:
                holding.append(one)
            else:
                holding.clear()
        return holding

    def close(self) -> None:
        """Gives the connection back."""
        self._tables.close()

    def _fetch(self, table: Table, lshs: list[str]) -> None:
        kind = "bigint" if self._tables.form == "front" else "text"
        codes = self._tables._columns[table.code]
        texts = ", ".join(f't."{code}"::text' for code in codes)
        statement = f'select {texts} from "{table.code}" t where t."LSH" = any(%s::{kind}[])'
        for values in self._tables.connection.execute(statement.encode(), [lshs]):
            row = dict(zip(codes, values, strict=True))
            key = key_of(table, row)
            arrived = Arrived(
                row["LSH"] or "", row, key, upstream_content(table, row), named(table, row)
            )
            self.rows[table.code][arrived.lsh] = arrived
            if key is not None:
                self.by_key[self.standard.version, table.code, key].append(arrived)
        self._tables.connection.commit()

    def _in_order(self, rows: Iterable[Arrived]) -> list[Arrived]:
        """Oldest first: by the number, which in the long form are the last ten digits."""
        return sorted(rows, key=lambda one: int(one.lsh[-10:]))


def _note(arrived: Arrived, event: str, at: datetime) -> None:
    if event == "seen":
        arrived.times.seen = at
    elif event == "lost":
        arrived.gone = True
    else:
        arrived.status = _STATUS[event]
        if event == "refused":
            arrived.times.refused = at


def feed_of(version: Version) -> Feed:
    """Body, version of the standard, table."""
    return version.body, version.standard, version.table


def count_states(ledger: Ledger) -> Counter[str]:
    """How many versions are in each state."""
    return Counter(ledger.states.values())
