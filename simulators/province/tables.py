"""The province's tables in PostgreSQL, one set per version of the standard, and its journal.

Both forms keep rows in tables of the standard's names: the front database in typed ones that the
exchange writes itself, the HTTP services in loose ones that they write. What the province saw and
decided, and when, is in the journal ``office.journal``, which the exchange cannot reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from schemas import Standard
from schemas.ddl import columns, statements
from simulators.accounts import Account
from simulators.front_databases import connect_postgresql
from simulators.settings import WorldError

Standing = Literal["accepted", "pending", "absent"]
Form = Literal["front", "gateway"]

_EVENTS = {1: "checked", 2: "refused", 3: "uploaded"}
_OFFICE = """
create schema if not exists office;
create table if not exists office.journal (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    table_code text not null,
    lsh text not null,
    event text not null check (event in ('seen', 'checked', 'refused', 'uploaded', 'lost')),
    detail text
);
create index if not exists journal_of_row on office.journal (table_code, lsh);
create sequence if not exists office.serial;
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A row without a final verdict: its table, serial number and status (0 or 1)."""

    table: str
    lsh: str
    status: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a key's history: serial number, validity and status as text."""

    lsh: str
    valid: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class History:
    """The rows of one key, oldest first."""

    entries: list[Entry]

    def before(self, lsh: str) -> History:
        """What came before the row with this serial number."""
        return History(list(takewhile(lambda entry: entry.lsh != lsh, self.entries)))

    @property
    def waiting(self) -> bool:
        """Whether a row has no verdict yet."""
        return any(entry.status == "0" for entry in self.entries)

    @property
    def standing(self) -> Standing:
        """What holds for the key: a valid row taken, one still waiting, or none.

        An invalidating row that was not refused ends what came before it.
        """
        standing: Standing = "absent"
        for entry in self.entries:
            if entry.status == "2":
                continue
            if entry.valid == "0":
                standing = "absent"
            elif standing != "accepted":
                standing = "pending" if entry.status == "0" else "accepted"
        return standing


class ProvinceTables:
    """One connection to the province's rows of one version. Not safe for threads."""

    def __init__(self, account: Account, standard: Standard, form: Form) -> None:
        self.standard = standard
        self.form = form
        self.connection = connect_postgresql(account)
        self._columns = {
            table.code: columns(table, lsh="identity" if form == "front" else "char32")
            for table in standard.in_order
        }
        self._prepare()
        self._poll = self._poll_text()

    def new_rows(self) -> Iterator[Arrived]:
        """Rows that wait for a verdict, parents before children, older before newer."""
        for code, lsh, status in self.connection.execute(self._poll):
            yield Arrived(code, str(lsh), int(status))

    def row(self, table: str, lsh: str) -> dict[str, str | None] | None:
        """A row as text, or None when it is not there."""
        return next(iter(self.rows(table, {"LSH": lsh})), None)

    def rows(self, table: str, key: Mapping[str, str | None]) -> list[dict[str, str | None]]:
        """All rows with these values, oldest first, every column as text."""
        codes = self._columns[table]
        found = self._select(table, codes, key)
        return [dict(zip(codes, values, strict=True)) for values in found]

    def history(self, table: str, key: Mapping[str, str | None]) -> History:
        """The rows of a key, oldest first."""
        found = self._select(table, ("LSH", "SJYXBS", "SJSCZT"), key)
        return History([Entry(lsh or "", valid, status) for lsh, valid, status in found])

    def note_seen(self, rows: Iterable[Arrived]) -> None:
        """Journal entries: these rows were seen for the first time."""
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "insert into office.journal (table_code, lsh, event) values (%s, %s, 'seen')",
                [(row.table, row.lsh) for row in rows],
            )

    def seen(self) -> set[tuple[str, str]]:
        """The rows that the journal knows and that may still wait for a verdict."""
        return {
            (code, lsh)
            for code, lsh in self.connection.execute(
                "select table_code, lsh from office.journal group by table_code, lsh"
                " having not bool_or(event in ('refused', 'uploaded', 'lost'))"
            )
        }

    def decide(self, table: str, lsh: str, status: int, reason: str | None = None) -> None:
        """Writes the status (and the reason of a refusal) back into the row and the journal."""
        self._change(
            f'update "{table}" set "SJSCZT" = %s, "SBYY" = %s where "LSH" = %s',
            [str(status), reason, lsh],
            (table, lsh, _EVENTS[status], reason),
        )

    def lose(self, table: str, lsh: str) -> None:
        """Makes a row vanish, as a platform does that loses data."""
        self._change(f'delete from "{table}" where "LSH" = %s', [lsh], (table, lsh, "lost", None))

    def insert(self, table: str, row: Mapping[str, str | None]) -> None:
        """Writes a row of the HTTP form; the serial number is in it."""
        codes = [code for code in self._columns[table] if code in row]
        names = ", ".join(f'"{code}"' for code in codes)
        marks = ", ".join(["%s"] * len(codes))
        self.connection.execute(
            f'insert into "{table}" ({names}) values ({marks})'.encode(),
            [row[code] for code in codes],
        )

    def next_serial(self) -> int:
        """The next number of the composed serial numbers."""
        found = self.connection.execute("select nextval('office.serial')").fetchone()
        assert found is not None
        return int(found[0])

    def close(self) -> None:
        """Gives the connection back."""
        self.connection.close()

    def _select(
        self, table: str, codes: Iterable[str], key: Mapping[str, str | None]
    ) -> list[tuple[str | None, ...]]:
        """These columns as text. Ordered by the serial number itself, never by its text."""
        texts = ", ".join(f't."{code}"::text' for code in codes)
        where = " and ".join(
            f't."{code}" is null' if value is None else f't."{code}" = %s'
            for code, value in key.items()
        )
        return self.connection.execute(
            f'select {texts} from "{table}" t where {where or "true"} order by t."LSH"'.encode(),
            [value for value in key.values() if value is not None],
        ).fetchall()

    def _change(
        self, change: str, values: list[str | None], note: tuple[str, str, str, str | None]
    ) -> None:
        """A change of a row together with its entry in the journal."""
        self.connection.execute(
            (
                "with noted as (insert into office.journal (table_code, lsh, event, detail)"
                f" values (%s, %s, %s, %s)) {change}"
            ).encode(),
            [*note, *values],
        )

    def _poll_text(self) -> bytes:
        parts = (
            f"""(select '{table.code}' as t, r."LSH"::text, r."SJSCZT"::text"""
            f""" from "{table.code}" r where r."SJSCZT" in ('0', '1') order by r."LSH" limit 500)"""
            for table in self.standard.in_order
        )
        return " union all ".join(parts).encode()

    def _prepare(self) -> None:
        """The journal, the tables of the HTTP form, and indexes for keys and parents."""
        self.connection.execute(_OFFICE.encode())
        there = {
            row[0]
            for row in self.connection.execute(
                "select tablename from pg_tables where schemaname = 'public'"
            )
        }
        for table in self.standard.in_order:
            if self.form == "gateway" and table.code not in there:
                text = statements(table, "postgresql", loose=True, lsh="char32")
                self.connection.execute(";\n".join(text).encode())
        for table_code, codes in self._lookups():
            name = f"office_{table_code.removeprefix('SPGL_')}_{'_'.join(codes)}"[:63]
            quoted = ", ".join(f'"{code}"' for code in codes)
            self.connection.execute(
                f'create index if not exists "{name}" on "{table_code}" ({quoted})'.encode()
            )
        self.connection.commit()

    def _lookups(self) -> set[tuple[str, tuple[str, ...]]]:
        wanted = {(table.code, table.key) for table in self.standard.in_order}
        for table in self.standard.in_order:
            wanted |= {(ref.table, ref.to_fields) for ref in table.references}
            if self.form == "gateway":
                wanted.add((table.code, ("SJSCZT",)))
        return wanted


def form_of(name: str) -> Form:
    """The form that a city file names; raises WorldError for an unknown one."""
    if name == "front":
        return "front"
    if name == "gateway":
        return "gateway"
    raise WorldError(f"the province has no form {name!r}; there are: front, gateway")
