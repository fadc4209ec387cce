"""Delivery into a county's front database: whole, once, and visible only when committed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from simulators.accounts import Account, Accounts
from simulators.county.front_outlet import FrontOutlet
from simulators.county.journal import Batch, Step
from simulators.county.outlet import AwayError, UnstorableError
from simulators.front_databases import connect_postgresql

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("emptied")]

TABLE = "SPGL_XMJBXXB"
AT = "2026-03-10 10:00:00"


def insert(key: str, **cells: str | None) -> Step:
    """A new row of the project table."""
    return Step("insert", TABLE, key, {"LSH": None, "DFSJZJ": key, "XMMC": "甲", **cells})


def batch(*steps: Step, hold: float = 0, number: int = 1) -> Batch:
    """A batch of these steps."""
    return Batch(number, "3.0", AT, hold, steps)


@pytest.fixture
def account(world_accounts: Accounts) -> Account:
    """The county's own account."""
    return world_accounts.writers["county_420602_v3"]


@pytest.fixture
def outlet(account: Account) -> Iterator[FrontOutlet]:
    """The way into the county's database."""
    made = FrontOutlet(account)
    yield made
    made.close()


def names(account: Account) -> list[tuple[str, str, str]]:
    """Local key, name and change time of all rows, oldest first."""
    with connect_postgresql(account) as connection:
        return connection.execute(
            f'select "DFSJZJ", "XMMC", "GXSJ"::text from "{TABLE}" order by "LSH"'
        ).fetchall()


def test_insert_change_remove(outlet: FrontOutlet, account: Account) -> None:
    """Rows are inserted, changed in place and removed, found by their content."""
    outlet.deliver(batch(insert("a"), insert("b")))
    change = Step("update", TABLE, "a", {"DFSJZJ": "a", "XMMC": "乙"}, insert("a").record)
    remove = Step("delete", TABLE, "b", {}, insert("b").record)
    outlet.deliver(batch(change, remove, number=2))
    assert names(account) == [("a", "乙", AT)]


def test_a_batch_is_recognised(outlet: FrontOutlet) -> None:
    """After a restart the outlet can tell which batches had arrived."""
    there, away = batch(insert("a")), batch(insert("b"))
    outlet.deliver(there)
    assert outlet.arrived(there)
    assert not outlet.arrived(away)
    remove = batch(Step("delete", TABLE, "a", {}, insert("a").record))
    assert not outlet.arrived(remove)
    outlet.deliver(remove)
    assert outlet.arrived(remove)


def test_a_held_transaction_is_seen_only_when_committed(
    outlet: FrontOutlet, account: Account
) -> None:
    """Rows of a slow transaction carry an old change time and appear late."""
    slow = batch(insert("slow"), hold=30)
    assert outlet.deliver(slow) is False
    outlet.deliver(batch(insert("quick"), number=2))
    assert [row[0] for row in names(account)] == ["quick"]
    assert outlet.finish_held(time.monotonic()) == []
    assert outlet.holds(slow)
    assert outlet.finish_held(time.monotonic() + 31) == [slow]
    assert [row[0] for row in names(account)] == ["slow", "quick"]


def test_what_is_held_is_rolled_back_by_death(outlet: FrontOutlet, account: Account) -> None:
    """A transaction that was never committed leaves nothing, as after kill -9."""
    outlet.deliver(batch(insert("slow"), hold=30))
    outlet.close()
    assert names(account) == []


def test_a_dropped_column_is_lived_with(outlet: FrontOutlet, account: Account) -> None:
    """After a careless upgrade rows are delivered without the column."""
    outlet.alter(f'alter table "{TABLE}" drop column "XMMC"')
    try:
        outlet.deliver(batch(insert("a")))
        with connect_postgresql(account) as connection:
            found = connection.execute(f'select "DFSJZJ" from "{TABLE}"').fetchall()
        assert found == [("a",)]
    finally:
        outlet.alter(f'alter table "{TABLE}" add column "XMMC" text')


def test_a_row_that_no_database_can_store(outlet: FrontOutlet, account: Account) -> None:
    """A NUL character is refused for good, nothing is left half written, work goes on."""
    with pytest.raises(UnstorableError):
        outlet.deliver(batch(insert("a"), insert("b", XMMC="\x00")))
    outlet.deliver(batch(insert("c")))
    assert [row[0] for row in names(account)] == ["c"]


def test_a_lost_server_is_told_from_a_bad_row(outlet: FrontOutlet, account: Account) -> None:
    """A session that was cut off is tried again later; nothing of its transaction remains."""
    outlet.deliver(batch(insert("a")))
    with connect_postgresql(account, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = current_user and pid <> pg_backend_pid()"
        )
    with pytest.raises(AwayError):
        outlet.deliver(batch(insert("b"), number=2))
    assert not outlet.arrived(batch(insert("b"), number=2))
    outlet.deliver(batch(insert("b"), number=2))
    assert [row[0] for row in names(account)] == ["a", "b"]


def test_a_server_that_is_not_there(account: Account) -> None:
    """Nobody listening is the other end being away."""
    nowhere = Account("postgresql", "127.0.0.1", 1, account.database, account.user, "x")
    with pytest.raises(AwayError):
        FrontOutlet(nowhere).deliver(batch(insert("a")))
