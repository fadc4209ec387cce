"""One feed of a body: what it tells under one version of the standard, and how that gets out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from schemas import Standard
from schemas.sample import FAULTS, Fault
from simulators.county import corrections, lives
from simulators.county.journal import Batch, Group, Journal, Known, Record, Step
from simulators.county.mistakes import Mistakes
from simulators.county.outlet import AwayError, Outlet, UnstorableError
from simulators.events import Events
from simulators.settings import BodyPlan

_SETUP_ROWS_PER_SECOND = 5.0
_LOW_WATER = 30
_MOST_ROWS = 500
_HELD_ONE_IN = 4
_AT_ONCE = 1.0  # a date long past: due since ever
_SECOND = "%Y-%m-%d %H:%M:%S"


class Feed:
    """Keeps the queue filled, breaks some rows on their way out, and delivers."""

    def __init__(
        self, plan: BodyPlan, standard: Standard, outlet: Outlet, journal: Journal, events: Events
    ) -> None:
        self.standard = standard
        self.name = standard.version
        self.outlet = outlet
        self._plan = plan
        self._journal = journal
        self._events = events
        self._rng = Random(f"{plan.code} {self.name}")
        self._mistakes = Mistakes(standard, self._rng, serial_is_ours=not outlet.can_update)
        self._credit = 0.0
        self._left_at: datetime | None = None
        self._uncertain = True
        self.sent = 0
        self.flood = 0
        self.ordered: list[str] = []

    # -- the queue

    def fill(self, now: datetime) -> None:
        """Tells more when little is left to send: first the set-up, then projects without end."""
        told = int(self._journal.fact(f"told {self.name}", "-1"))
        if told < 0:
            groups = lives.setup(self._plan, self.standard, now)
            self._journal.plan(self.name, 0, groups)
            self._journal.set_fact(f"setup left {self.name}", str(len(groups)))
            self._journal.set_fact(f"told {self.name}", "0")
        elif self._journal.queued(self.name) < _LOW_WATER + self.flood:
            groups = lives.more(self._plan, self.standard, told, now)
            self._journal.plan(self.name, 0, groups)
            self._journal.set_fact(f"told {self.name}", str(told + 1))

    # -- on the way

    def work(self, settings: Mapping[str, Any], now: datetime, monotonic: float) -> None:
        """One round: commit what was held, send what is due. Raises AwayError."""
        try:
            for batch in self.outlet.finish_held(monotonic):
                self._arrived(batch)
            if self._uncertain:
                self._settle()
            if not settings["pause"]:
                self._send_due(settings, now)
        except AwayError:
            self._uncertain = True
            raise

    def _send_due(self, settings: Mapping[str, Any], now: datetime) -> None:
        setup_left = int(self._journal.fact(f"setup left {self.name}", "0"))
        rate = max(settings["rate"], _SETUP_ROWS_PER_SECOND) if setup_left else settings["rate"]
        seconds = 0.0 if self._left_at is None else (now - self._left_at).total_seconds()
        if self._left_at is not None and seconds < self.outlet.pace:
            return
        self._left_at = now
        self._credit = min(self._credit + rate * seconds, _MOST_ROWS)
        ordinary, self._credit = int(self._credit), self._credit % 1
        flood = min(self.flood, _MOST_ROWS)
        groups = self._journal.next(self.name, now.timestamp(), ordinary + flood)
        self.flood = max(0, self.flood - len(groups))
        if groups:
            self._send(groups, settings, now, setup_left)

    def _send(
        self, groups: list[Group], settings: Mapping[str, Any], now: datetime, setup_left: int
    ) -> None:
        steps: list[Step] = []
        known: list[Known] = []
        for place, group in enumerate(groups):
            rate = settings["mistakes"] if group.ordinary else 0.0
            steps += self._told(group.steps, rate, setup=place < setup_left, known=known)
        hold = settings["hold"] if self._rng.randrange(_HELD_ONE_IN) == 0 else 0.0
        at = (now + timedelta(seconds=settings["skew"])).strftime(_SECOND)
        batch = self._journal.depart(Batch(0, self.name, at, hold, tuple(steps)), groups, known)
        if setup_left:
            left = max(0, setup_left - sum(group.ordinary for group in groups))
            self._journal.set_fact(f"setup left {self.name}", str(left))
        self._deliver(batch)

    def _told(
        self, group: tuple[Step, ...], rate: float, *, setup: bool, known: list[Known]
    ) -> list[Step]:
        """The steps of a group as they leave: perhaps with a mistake. Adds to ``known``.

        Only single rows go wrong: a group of several is a record withdrawn and sent anew.
        """
        last = group[-1]
        fault, sent = None, last.record
        spoilt = self._spoilt(last, rate, setup=setup) if len(group) == 1 else None
        if spoilt is not None:
            fault, sent = spoilt[0].name, spoilt[1]
            self._events.say(self._plan.code, "mistake", table=last.table, fault=fault)
        if last.op != "delete" and last.record.get("SJYXBS") != "0":
            known.append(Known(self.name, last.table, last.local_key, last.record, sent, fault))
        if fault is None:
            return list(group)
        return [Step("insert", last.table, last.local_key, sent)]

    def _spoilt(self, step: Step, rate: float, *, setup: bool) -> tuple[Fault, Record] | None:
        """The row with a mistake in it, if one was ordered that fits or one happens."""
        table = self.standard.table(step.table)
        if self.ordered and rate > 0 and not setup:
            spoilt = self._mistakes.spoil_with(self.ordered[0], table, step.record)
            if spoilt is not None:
                self.ordered.pop(0)
                return spoilt
        if self._mistakes.happens(table, rate, setup=setup):
            return self._mistakes.spoil(table, step.record)
        return None

    def _settle(self) -> None:
        """After a restart or an outage: batches that did not arrive leave again unchanged."""
        for batch in self._journal.on_their_way(self.name):
            if self.outlet.holds(batch):
                continue
            if self.outlet.arrived(batch):
                self._arrived(batch)
            else:
                self._deliver(batch)
        self._uncertain = False

    def _deliver(self, batch: Batch) -> None:
        try:
            if self.outlet.deliver(batch):
                self._arrived(batch)
            else:
                self._events.say(self._plan.code, "held", batch=batch.id, seconds=batch.hold)
        except UnstorableError as error:
            self._events.say(
                self._plan.code,
                "unstorable",
                batch=batch.id,
                why=str(error).partition("\n")[0][:300],
            )
            self._journal.arrived(batch)

    def _arrived(self, batch: Batch) -> None:
        self._journal.arrived(batch)
        self.sent += len(batch.steps)
        self._events.say(
            self._plan.code,
            "sent",
            standard=self.name,
            batch=batch.id,
            rows=len(batch.steps),
            at=batch.at,
        )

    # -- what people do

    def correct(self, item: Mapping[str, Any], settings: Mapping[str, Any], due: float) -> str:
        """Plans the correction of what an item of a notice names; says what was found."""
        table = self.standard.tables.get(str(item["table"]))
        if table is None:
            return "unknown table"
        known = corrections.meant(item, table, self._journal)
        if known is None:
            return "no mistake of ours"
        way = settings["correction"]
        can_update = self.outlet.can_update
        steps = corrections.steps(known, self.standard, way, can_update=can_update)
        self._journal.plan_correction(known, due, steps)
        return "planned"

    def order(self, fault: str, rows: int) -> None:
        """The next rows that it fits carry this mistake; raises KeyError for an unknown one."""
        self.ordered += [FAULTS[fault].name] * rows

    def some(self, count: int) -> list[Known]:
        """Some right records that nothing else refers to."""
        parents = {ref.table for table in self.standard.in_order for ref in table.references}
        leaves = [code for code in self.standard.tables if code not in parents]
        return self._journal.some(self.name, leaves, count)

    def vanish(self, count: int) -> int:
        """Removes delivered rows without withdrawing them; only a front database can."""
        if not self.outlet.can_update:
            return 0
        gone = self.some(count)
        for known in gone:
            step = Step("delete", known.table, known.local_key, known.good, known.sent)
            self._journal.plan(self.name, _AT_ONCE, [[step]])
            self._journal.forget(known)
        return len(gone)

    def withdraw(self, count: int) -> int:
        """Withdraws records by the protocol."""
        gone = self.some(count)
        for known in gone:
            self._journal.plan(self.name, _AT_ONCE, [[corrections.withdrawal(known)]])
            self._journal.forget(known)
        return len(gone)

    def alter(self, verb: str, table: str, column: str) -> int:
        """Drops a column of the standard from the front database, or adds it as text again."""
        known = self.standard.tables.get(table)
        if known is None or not self.outlet.can_update:
            return 0
        field = known.by_code[column]
        end = " text" if verb == "add" else ""
        self.outlet.alter(f'alter table "{known.code}" {verb} column "{field.code}"{end}')
        return 1
