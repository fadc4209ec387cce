"""A write without an answer is asked for until it can no longer appear, and never sent twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from psycopg.conninfo import conninfo_to_dict

from connectors.provincial_gateway import ProvincialGateway
from connectors.signers import Keys, sign_hmac
from exchange.delivery.resolve import resolve_unknown
from exchange.delivery.send import Upstream, send_queued
from simulators.accounts import Account
from simulators.events import Events, wall_clock
from simulators.province.gateway import Gateway
from simulators.province.modes import Mode
from simulators.province.tables import ProvinceTables
from tests.connectors.web import serving
from tests.exchange.records import FLOW, World
from tests.stores import Postgres

pytestmark = pytest.mark.database
NUMBERS = count(1)
HORIZON = timedelta(minutes=2)


@dataclass
class Services:
    """The simulated province's HTTP services, their mode, and our way up to them."""

    mode: Mode
    tables: ProvinceTables
    upstream: Upstream

    def rows(self) -> int:
        """How many flows are there."""
        self.tables.connection.rollback()
        return len(self.tables.rows(FLOW, {}))

    def behave(self, mode: str, hang: float = 0.0) -> None:
        """Switch the mode for every write."""
        self.mode.control.settings |= {"mode": mode, "share": 1.0, "hang": hang}


@pytest.fixture
def services(postgres: Postgres, world: World, tmp_path: Path) -> Iterator[Services]:
    """The services on a port, with a database of their own."""
    parts = conninfo_to_dict(postgres.create_database(f"gateway_{next(NUMBERS)}"))
    account = Account(
        "postgresql", str(parts["host"]), int(str(parts["port"])), str(parts["dbname"]),
        str(parts["user"]), str(parts["password"]),
    )  # fmt: skip
    mode = Mode(tmp_path, "3.0", Random(1))
    events = Events(tmp_path / "events.jsonl")
    gateway = Gateway(account, world.standard, mode, "secret", events, wall_clock)
    tables = ProvinceTables(account, world.standard, "gateway")
    with serving(gateway.app) as url:
        target = ProvincialGateway(url, sign_hmac, Keys("420600", "secret"))
        upstream = Upstream(
            "province/3.0", world.standard, target, "更正", timedelta(0), visible_after=HORIZON
        )
        yield Services(mode, tables, upstream)
        target.close()
    tables.close()
    if gateway._tables is not None:
        gateway._tables.close()
    events.close()


def until(true: Callable[[], bool]) -> None:
    """Wait for something that the services do by themselves."""
    ends = time.monotonic() + 20
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_commit_long_after_the_answer_was_missed_is_found_and_not_doubled(
    world: World, services: Services
) -> None:
    """Not found when asked, the row is asked for again; it appears late, and is there once."""
    world.now = datetime.now(UTC)
    world.land(FLOW, world.flow())
    world.judge()
    services.behave("late-commit", hang=1.0)
    assert send_queued(world.store, services.upstream, now=world.now).unknown == 1
    services.behave("normal")
    world.pass_time(seconds=6)
    assert resolve_unknown(world.store, services.upstream, now=world.now) == 0
    assert send_queued(world.store, services.upstream, now=world.now).sent == 0
    assert world.states(FLOW) == ["unknown"]
    until(lambda: services.rows() == 1)
    world.pass_time(seconds=30)
    assert resolve_unknown(world.store, services.upstream, now=world.now) == 1
    assert (world.states(FLOW), services.rows()) == (["sent"], 1)


def test_write_that_can_no_longer_appear_is_sent_again(world: World, services: Services) -> None:
    """Once the horizon of the platform is over, what is not there is written, once."""
    world.now = datetime.now(UTC)
    world.land(FLOW, world.flow())
    world.judge()
    services.behave("late-commit", hang=600.0)
    send_queued(world.store, services.upstream, now=world.now)
    services.behave("normal")
    world.pass_time(seconds=6)
    resolve_unknown(world.store, services.upstream, now=world.now)
    world.pass_time(seconds=HORIZON.total_seconds())
    assert resolve_unknown(world.store, services.upstream, now=world.now) == 1
    assert send_queued(world.store, services.upstream, now=world.now).sent == 1
    assert services.rows() == 1
