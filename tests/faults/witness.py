"""An independent witness of what the bodies really told: every row that was ever committed.

In the front databases a trigger notes each committed change, at the moment of the commit, in a
schema that the exchange's account cannot read. Files are read as they lie in the folder, and what
was pushed over HTTP is noted by a trigger in the memory of the body that pushed it.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import psycopg

from schemas import Standard, Table, load
from schemas.values import canonical
from simulators.accounts import Accounts
from simulators.county.journal import Journal
from simulators.settings import World, connection_name

_MAKE = """
create schema witness;
create table witness.told (
    id bigint generated always as identity primary key,
    op text not null, table_code text not null, content jsonb not null
);
create function witness.note() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into witness.told (op, table_code, content) values (
        lower(tg_op), tg_table_name, to_jsonb(case when tg_op = 'DELETE' then old else new end)
    );
    return null;
end $$;
"""
_REREAD = 2000
"""So many of the newest notes are looked at again: commits at one moment may be seen in turn."""

_NEVER_CONTENT = frozenset({"LSH", "SCSJ", "GXSJ"})
_NOT_UPSTREAM = frozenset({"LSH", "SCSJ", "GXSJ", "SJSCZT", "SBYY"})
VALIDITY, REASON = "SJYXBS", "SJWXYY"

Feed = tuple[str, str, str]
"""Body, version of the standard, table."""
Content = tuple[str, ...]
Row = Mapping[str, str | None]


def told_content(table: Table, row: Row) -> Content:
    """What a row says, as a body tells it: all but the columns about transport, in normal form."""
    return tuple(
        canonical(one, row.get(code))
        for code, one in table.by_code.items()
        if code not in _NEVER_CONTENT
    )


def upstream_content(table: Table, row: Row) -> Content:
    """What a row says, as it goes up: without what the receiver writes into it."""
    return tuple(
        canonical(one, row.get(code))
        for code, one in table.by_code.items()
        if code not in _NOT_UPSTREAM
    )


def named(table: Table, row: Row) -> Content:
    """Whom an invalidating row speaks of: its content without validity and reason."""
    return tuple(
        canonical(one, row.get(code))
        for code, one in table.by_code.items()
        if code not in _NOT_UPSTREAM | {VALIDITY, REASON}
    )


def key_of(table: Table, row: Row) -> Content | None:
    """The business key in normal form; None when it is not complete."""
    key = tuple(canonical(table.by_code.get(code), row.get(code)) for code in table.key)
    return key if all(key) else None


def make_witness(dsn: str, writer: str) -> None:
    """Puts the witness into one front database; ``dsn`` is the superuser's."""
    del writer  # the function runs with its owner's rights: the writer needs none
    with psycopg.connect(dsn) as conn:
        conn.execute(_MAKE.encode())
        for (table,) in conn.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        ).fetchall():
            conn.execute(
                f'create constraint trigger witness after insert or update or delete on "{table}"'
                " deferrable initially deferred for each row execute function witness.note()"
                .encode()
            )  # fmt: skip


def make_memory(path: Path) -> None:
    """The memory of a body that pushes, before its first day, with a witness in it."""
    Journal(path).close()
    memory = sqlite3.connect(path)
    memory.executescript(
        "create table witness_told (id integer primary key, steps text);"
        "create trigger witness after insert on batch begin"
        " insert into witness_told (steps) values (new.steps); end;"
    )
    memory.close()


@dataclass
class Told:
    """What one table of one body has told: all of it ever, and what stands there now by place."""

    ever: set[Content] = field(default_factory=set)
    standing: dict[str, Content] = field(default_factory=dict)

    def say(self, place: str, content: Content) -> None:
        """A row was written."""
        self.ever.add(content)
        self.standing[place] = content


class Witness:
    """Reads what was told since the last look; ``told`` is the whole history."""

    def __init__(self, world: World, accounts: Accounts, server_dsn: Any) -> None:
        self.told: dict[Feed, Told] = defaultdict(Told)
        self._world = world
        self._accounts = accounts
        self._dsn = server_dsn
        self._seen: dict[str, int] = {}
        self._noted: dict[str, set[int]] = defaultdict(set)
        self._files: set[str] = set()
        self.refused_files: set[str] = set()

    def look(self) -> None:
        """Adds what was told since the last look."""
        for body in self._world.bodies.values():
            for version in body.standards:
                standard = load(version)
                if body.delivers == "database":
                    self._front(body.code, standard)
                elif body.delivers == "files":
                    self._folder(body.code, standard)
                else:
                    self._memory(body.code, standard)

    def _front(self, body: str, standard: Standard) -> None:
        name = connection_name(f"county_{body.replace('-', '_')}", standard.version)
        database = self._accounts.writers[name].database
        last = self._seen.get(name, 0)
        with psycopg.connect(self._dsn(database), autocommit=True) as conn:
            notes = conn.execute(
                "select id, op, table_code, content from witness.told"
                " where id > %s and id <> all(%s) order by id",
                [last - _REREAD, [one for one in self._noted[name] if one > last - _REREAD]],
            ).fetchall()
        for number, op, code, row in notes:
            self._noted[name].add(number)
            told = self.told[body, standard.version, code]
            place = str(row["LSH"])
            if op == "delete":
                told.standing.pop(place, None)
            else:
                told.say(place, told_content(standard.table(code), row))
            self._seen[name] = max(self._seen.get(name, 0), number)

    def _folder(self, body: str, standard: Standard) -> None:
        folder = self._world.drop_folder(body)
        for path in [*folder.glob("SPGL_*"), *folder.glob("done/**/SPGL_*")]:
            code = path.name[: path.name.index("_", len("SPGL_"))]
            stem = path.name.partition(".")[0]
            if stem in self._files or code not in standard.tables:
                continue
            try:
                rows = list(_file_rows(path))
            except (OSError, UnicodeError, ValueError, KeyError):
                continue  # on its way to another folder, or broken: the next look sees
            self._files.add(stem)
            told = self.told[body, standard.version, code]
            for number, row in enumerate(rows):
                told.say(f"{stem}/{number}", told_content(standard.table(code), row))

    def _memory(self, body: str, standard: Standard) -> None:
        path = self._world.folder / "bodies" / f"{body}.sqlite"
        if not path.exists():
            return
        memory = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            memory.execute("begin")
            known = memory.execute("select table_code, local_key, sent from record").fetchall()
            ever = memory.execute(
                "select id, steps from witness_told where id > ?", [self._seen.get(body, 0)]
            ).fetchall()
            batches = memory.execute("select steps from batch").fetchall()
        finally:
            memory.close()
        on_their_way = {
            (step["table"], step["local_key"]) for (text,) in batches for step in json.loads(text)
        }
        for number, text in ever:
            self._seen[body] = number
            for step in json.loads(text):
                content = told_content(standard.table(step["table"]), step["record"])
                self.told[body, standard.version, step["table"]].ever.add(content)
        for code, local_key, sent in known:
            if (code, local_key) not in on_their_way:
                content = told_content(standard.table(code), json.loads(sent))
                self.told[body, standard.version, code].say(local_key, content)


def _file_rows(path: Path) -> Iterator[Row]:
    if path.suffix == ".csv":
        text = path.read_bytes().decode("gb18030")
        yield from csv.DictReader(io.StringIO(text, newline=""))
        return
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        head, *rows = book.active.iter_rows(values_only=True)
        for row in rows:
            yield dict(zip(map(str, head), row, strict=True))
    finally:
        book.close()
