"""The province's tables in PostgreSQL, one set per version of the standard, and its journal.

Both forms keep rows in tables of the standard's names: the front database in typed ones that the
exchange writes itself, the HTTP services in loose ones that they write. What the province saw and
decided, and when, is in the journal ``office.journal``, which the exchange cannot reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg import sql
from psycopg.rows import TupleRow

from schemas import Standard
from schemas.ddl import columns, statements
from simulators.accounts import Account
from simulators.front_databases import connect_postgresql
from simulators.settings import WorldError

Standing = Literal["accepted", "pending", "absent"]
Form = Literal["front", "gateway"]

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
        return next(iter(self._select(table, {"LSH": lsh})), None)

    def rows(self, table: str, key: Mapping[str, str | None]) -> list[dict[str, str | None]]:
        """All rows with these values, oldest first, every column as text."""
        return list(self._select(table, key))

    def standing(self, table: str, key: Mapping[str, str | None], *, before: str = "") -> Standing:
        """What holds for a key: a valid row taken, one still waiting, or none.

        Only rows older than the serial number ``before`` count, if it is given. An invalidating row
        that was not refused ends what came before it.
        """
        standing: Standing = "absent"
        for lsh, valid, status in self._histories(table, key):
            if before and lsh == before:
                break
            if status == "2":
                continue
            if valid == "0":
                standing = "absent"
            elif standing != "accepted":
                standing = "pending" if status == "0" else "accepted"
        return standing

    def waiting(self, table: str, key: Mapping[str, str | None], *, before: str) -> bool:
        """Whether an older row with this key has no verdict yet."""
        for lsh, _, status in self._histories(table, key):
            if lsh == before:
                break
            if status == "0":
                return True
        return False

    def known(self, table: str, key: Mapping[str, str | None], *, before: str) -> bool:
        """Whether any row with this key came before the one with serial number ``before``."""
        first = next(iter(self._histories(table, key)), None)
        return first is not None and first[0] != before

    def note(self, table: str, lsh: str, event: str, detail: str | None = None) -> None:
        """An entry in the journal."""
        self.connection.execute(
            "insert into office.journal (table_code, lsh, event, detail) values (%s, %s, %s, %s)",
            [table, lsh, event, detail],
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
        self.connection.execute(
            sql.SQL('update {} set "SJSCZT" = %s, "SBYY" = %s where "LSH" = %s').format(
                sql.Identifier(table)
            ),
            [str(status), reason, lsh],
        )
        self.note(table, lsh, {1: "checked", 2: "refused", 3: "uploaded"}[status], reason)

    def lose(self, table: str, lsh: str) -> None:
        """Makes a row vanish, as a platform does that loses data."""
        self.connection.execute(
            sql.SQL('delete from {} where "LSH" = %s').format(sql.Identifier(table)), [lsh]
        )
        self.note(table, lsh, "lost")

    def insert(self, table: str, row: Mapping[str, str | None]) -> None:
        """Writes a row of the HTTP form; the serial number is in it."""
        codes = [code for code in self._columns[table] if code in row]
        self.connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, codes)),
                sql.SQL(", ").join(sql.Placeholder() * len(codes)),
            ),
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

    def _select(self, table: str, key: Mapping[str, str | None]) -> Iterator[dict[str, str | None]]:
        codes = self._columns[table]
        # qualified: the bare name would mean the text that is selected, and 137 come before 22
        query = sql.SQL("select {} from {} where {} order by {}").format(
            sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(code)) for code in codes),
            sql.Identifier(table),
            _equal(key),
            sql.Identifier(table, "LSH"),
        )
        for values in self.connection.execute(query, _given(key)):
            yield dict(zip(codes, values, strict=True))

    def _histories(self, table: str, key: Mapping[str, str | None]) -> Iterable[TupleRow]:
        query = sql.SQL(
            'select "LSH"::text, "SJYXBS"::text, "SJSCZT"::text from {} where {} order by {}'
        ).format(sql.Identifier(table), _equal(key), sql.Identifier(table, "LSH"))
        return self.connection.execute(query, _given(key)).fetchall()

    def _poll_text(self) -> sql.Composed:
        parts = [
            sql.SQL(
                '(select {} as t, "LSH"::text, "SJSCZT"::text from {}'
                """ where "SJSCZT" in ('0', '1') order by {} limit 500)"""
            ).format(
                sql.Literal(table.code),
                sql.Identifier(table.code),
                sql.Identifier(table.code, "LSH"),
            )
            for table in self.standard.in_order
        ]
        return sql.SQL(" union all ").join(parts)

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
            self.connection.execute(
                sql.SQL("create index if not exists {} on {} ({})").format(
                    sql.Identifier(name),
                    sql.Identifier(table_code),
                    sql.SQL(", ").join(map(sql.Identifier, codes)),
                )
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


def _equal(key: Mapping[str, str | None]) -> sql.Composable:
    if not key:
        return sql.SQL("true")
    return sql.SQL(" and ").join(
        sql.SQL("{} is null" if value is None else "{} = %s").format(sql.Identifier(code))
        for code, value in key.items()
    )


def _given(key: Mapping[str, str | None]) -> Sequence[str]:
    return [value for value in key.values() if value is not None]
