"""One body alive: its feeds, its control file, the notices it gets, what it is told to do once."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from random import Random
from typing import Any

import psycopg
import pymysql

from schemas import load as load_standard
from simulators.accounts import Accounts
from simulators.control import Control
from simulators.county import outage
from simulators.county.corrections import new_notices
from simulators.county.feed import Feed
from simulators.county.file_outlet import FileOutlet
from simulators.county.front_outlet import FrontOutlet
from simulators.county.intake_outlet import IntakeOutlet
from simulators.county.journal import Journal
from simulators.county.outlet import AwayError, Outlet, UnstorableError
from simulators.county.settings import ORDERS, allowed
from simulators.events import Events, wall_clock
from simulators.settings import BodyPlan, World, connection_name

_TICK_SECONDS = 0.5
_AWAY_SECONDS = 2.0
_SHOW_SECONDS = 2.0


class Body:
    """Lives in one thread: all its methods are called from there."""

    def __init__(self, world: World, accounts: Accounts, plan: BodyPlan, events: Events) -> None:
        self._world = world
        self._accounts = accounts
        self._plan = plan
        self._events = events
        self._rng = Random(plan.code)
        self._control = Control(world.controls, f"county-{plan.code}", allowed(plan), ORDERS)
        self._journal = Journal(world.folder / "bodies" / f"{plan.code}.sqlite")
        self._feeds = {version: self._feed(version) for version in plan.standards}
        self._away_until: dict[str, float] = {}
        self._removed_at = wall_clock()
        self._down = False
        self._shown = 0.0

    def live(self, stop: threading.Event) -> None:
        """Lives until ``stop``; what is on its way stays in the journal."""
        self._events.say(self._plan.code, "began", name=self._plan.name)
        while not stop.wait(_TICK_SECONDS):
            self.tick(wall_clock(), time.monotonic())
        for feed in self._feeds.values():
            feed.outlet.close()
        self._journal.close()

    def tick(self, now: datetime, monotonic: float) -> None:
        """One round of the day at wall time ``now``."""
        self._control.look()
        settings = self._control.settings
        self._switch(down=settings["down"])
        self._follow_orders()
        if settings["corrects"]:
            self._read_notices(settings, now)
        self._remove(settings["vanishing"], now)
        for name, feed in self._feeds.items():
            if self._away_until.get(name, 0.0) > monotonic:
                continue
            try:
                feed.fill(now)
                feed.work(settings, now, monotonic)
            except AwayError as error:
                self._away_until[name] = monotonic + _AWAY_SECONDS
                self._events.say(self._plan.code, "away", standard=name, why=str(error)[:200])
        if monotonic - self._shown > _SHOW_SECONDS:
            self._shown = monotonic
            sent = {name: feed.sent for name, feed in self._feeds.items()}
            self._control.show(now, sent=sent, broken=self._journal.count_broken())

    def _feed(self, version: str) -> Feed:
        standard = load_standard(version)
        return Feed(self._plan, standard, self._outlet(version), self._journal, self._events)

    def _outlet(self, version: str) -> Outlet:
        sender = self._journal.fact("sender", "")
        if not sender:
            sender = f"{self._plan.code}-{secrets.token_hex(3)}"
            self._journal.set_fact("sender", sender)
        match self._plan.delivers:
            case "files":
                return FileOutlet(sender, self._world.drop_folder(self._plan.code))
            case "intake":
                token = self._accounts.secret(f"intake_{self._plan.code}")
                return IntakeOutlet(sender, self._world.intake_url, token)
            case _:
                return FrontOutlet(self._accounts.writers[self._connection(version)])

    def _connection(self, version: str) -> str:
        return connection_name(f"county_{self._plan.code.replace('-', '_')}", version)

    def _switch(self, *, down: bool) -> None:
        if down == self._down or self._plan.delivers != "database":
            return
        with suppress(psycopg.Error, pymysql.err.Error):
            for version in self._plan.standards:
                reader = self._accounts.readers[self._connection(version)]
                outage.switch(self._world, reader, down=down)
            self._down = down
            self._events.say(self._plan.code, "down" if down else "up again")

    def _read_notices(self, settings: Mapping[str, Any], now: datetime) -> None:
        folder = self._world.state / "notices" / self._plan.code
        for name, notice in new_notices(folder, self._journal):
            due = now.timestamp() + settings["correction_delay"] * self._rng.uniform(0.7, 1.3)
            answers = [
                feed.correct(item, settings, due)
                for item in notice.get("items", ())
                if (feed := self._feeds.get(str(item.get("standard")))) is not None
            ]
            self._journal.set_done("notice", name)
            self._events.say(self._plan.code, "notice", file=name, answers=answers)

    def _remove(self, per_minute: float, now: datetime) -> None:
        if not per_minute:
            self._removed_at = now
            return
        due = int((now - self._removed_at).total_seconds() * per_minute / 60)
        if due:
            self._removed_at = now
            gone = sum(feed.vanish(due) for feed in self._feeds.values())
            self._events.say(self._plan.code, "vanished", rows=gone)

    def _follow_orders(self) -> None:
        for order in self._control.orders:
            if self._journal.done("order", order["id"]):
                continue
            try:
                answer = self._follow(order)
            except AwayError:
                continue
            except (UnstorableError, KeyError, TypeError, ValueError) as error:
                answer = f"not possible: {error}"
            self._journal.set_done("order", order["id"])
            self._events.say(self._plan.code, "order", order=order, answer=answer)

    def _follow(self, order: Mapping[str, Any]) -> str:
        feeds = list(self._feeds.values())
        match order["do"]:
            case "flood":
                for feed in feeds:
                    feed.flood += int(order["rows"])
                return "flooding"
            case "mistake":
                for feed in feeds:
                    feed.order(str(order["fault"]), int(order.get("rows", 1)))
                return "ordered"
            case "vanish":
                return f"{sum(feed.vanish(int(order['rows'])) for feed in feeds)} rows"
            case "withdraw":
                return f"{sum(feed.withdraw(int(order['rows'])) for feed in feeds)} rows"
            case restructuring:
                table, _, column = str(order["column"]).partition(".")
                verb = "drop" if restructuring == "drop_column" else "add"
                return f"{sum(feed.alter(verb, table, column) for feed in feeds)} tables"
