"""The province at work: reads new rows, checks them and writes its verdict after a while."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from random import Random

import psycopg

from schemas import Standard, Table
from simulators.accounts import Account
from simulators.events import Events, wall_clock
from simulators.province.checks import VALIDITY, Row, refusals
from simulators.province.modes import Mode
from simulators.province.tables import Arrived, Form, ProvinceTables

_TICK_SECONDS = 0.3
_PARENT_SECONDS = 60.0
_UPLOAD_SECONDS = (0.2, 0.6)
_COMMIT_EVERY = 25


class Judge:
    """One thread per version of the standard; all rows of its tables get their verdict here.

    A row is looked at once it is due. While its parent waits itself the row waits too, at most a
    minute. Status 1 follows the check, status 3 a little later.
    """

    def __init__(
        self,
        account: Account,
        standard: Standard,
        form: Form,
        mode: Mode,
        events: Events,
        rng: Random,
    ) -> None:
        self._account = account
        self._standard = standard
        self._form: Form = form
        self._mode = mode
        self._events = events
        self._rng = rng
        self._due: dict[tuple[str, str], float] = {}
        self._since: dict[tuple[str, str], float] = {}
        self._lies: set[tuple[str, str]] = set()
        self._known: set[tuple[str, str]] | None = None
        self._figures = {"taken": 0, "refused": 0, "uploaded": 0, "lost": 0}

    def run(self, stop: threading.Event) -> None:
        """Works until ``stop``; a lost database is tried again each second."""
        shown = 0.0
        while not stop.is_set():
            with suppress(psycopg.OperationalError):
                tables = ProvinceTables(self._account, self._standard, self._form)
                with tables.connection:
                    while not stop.wait(_TICK_SECONDS):
                        self.tick(tables, time.monotonic())
                        self._mode.control.look()
                        if time.monotonic() - shown > 1:
                            shown = time.monotonic()
                            self._mode.control.show(wall_clock(), **self._figures)
            stop.wait(1)

    def tick(self, tables: ProvinceTables, now: float) -> None:
        """One round at monotonic time ``now``: new rows get a date, due rows their verdict."""
        if self._known is None:
            self._known = tables.seen()
        arrived = list(tables.new_rows())
        fresh = [row for row in arrived if (row.table, row.lsh) not in self._due]
        tables.note_seen(row for row in fresh if (row.table, row.lsh) not in self._known)
        for row in fresh:
            self._due[row.table, row.lsh] = now + self._mode.verdict_delay() * (row.status == 0)
            self._since[row.table, row.lsh] = now
        due = [row for row in arrived if self._due[row.table, row.lsh] <= now]
        for count, row in enumerate(due, start=1):
            self._look_at(tables, row, now)
            if count % _COMMIT_EVERY == 0:
                tables.connection.commit()
        tables.connection.commit()
        for gone in self._due.keys() - {(row.table, row.lsh) for row in arrived}:
            del self._due[gone], self._since[gone]
            self._lies.discard(gone)

    def _look_at(self, tables: ProvinceTables, row: Arrived, now: float) -> None:
        place = (row.table, row.lsh)
        if row.status == 1:
            self._finish(tables, row)
            return
        values = tables.row(row.table, row.lsh)
        if values is None:
            return
        if self._mode.name == "refusing":
            found: list[str] | None = ["[900]省级平台拒收，原因未说明"]
        else:
            waited = now - self._since[place] > _PARENT_SECONDS
            found = verdict(tables, self._standard.table(row.table), values, patient=not waited)
        if found is None:
            return
        if found:
            self._say(tables, row, 2, "；".join(found))
            return
        self._say(tables, row, 1, None)
        if self._form == "front" and self._mode.hits("lying"):
            self._lies.add(place)
        self._due[place] = now + self._rng.uniform(*_UPLOAD_SECONDS)

    def _finish(self, tables: ProvinceTables, row: Arrived) -> None:
        if (row.table, row.lsh) in self._lies:
            tables.lose(row.table, row.lsh)
            self._figures["lost"] += 1
            self._events.say("province", "lost", table=row.table, lsh=row.lsh)
        else:
            self._say(tables, row, 3, None)

    def _say(self, tables: ProvinceTables, row: Arrived, status: int, reason: str | None) -> None:
        tables.decide(row.table, row.lsh, status, reason)
        self._figures[{1: "taken", 2: "refused", 3: "uploaded"}[status]] += 1
        if status == 2:  # noqa: PLR2004 – the standard's code for a refused row
            self._events.say("province", "refused", table=row.table, lsh=row.lsh, reason=reason)


def verdict(
    tables: ProvinceTables, table: Table, row: Row, *, patient: bool = True
) -> list[str] | None:
    """What is wrong with a row among the others: refusals, none, or None to wait.

    A row waits for older rows with its key and for its parents. Without ``patient`` a parent that
    still waits counts as absent.
    """
    found = refusals(tables.standard, table, row)
    if found:
        return found
    key = {code: row.get(code) for code in table.key}
    before = tables.history(table.code, key).before(row["LSH"] or "")
    if before.waiting:
        return None
    if row.get(VALIDITY) == "0":
        return [] if before.entries else ["[302]没有可以作废的数据"]
    if before.standing != "absent":
        return ["[301]同一主键已有有效数据"]
    for reference in table.references:
        wanted = {
            to: row.get(code)
            for code, to in zip(reference.fields, reference.to_fields, strict=True)
        }
        if not all(wanted.values()):
            continue
        match tables.history(reference.table, wanted).standing:
            case "absent":
                name = tables.standard.table(reference.table).name
                found.append(f"[201]上级记录不存在或无效：{name}")
            case "pending" if patient:
                return None
            case "pending":
                found.append("[201]上级记录未通过校验")
    return found
