"""The running count: equal to a recount whatever happens, and no writer waits for it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from exchange.ledger.balance import Balance, balance, fold
from tests.ledgers import Ledger

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BODY = "420602"


def counted(ledger: Ledger, *, full: bool = True) -> Balance:
    """The balance as the program sees it."""
    with ledger.store.transaction() as conn:
        return balance(conn, full=full)


def test_running_count_and_recount_agree_before_and_after_folding(ledger: Ledger) -> None:
    """Each step of each version is counted once, folded or not."""
    ledger.body(BODY, "襄城区")
    first, second, third = (ledger.version(BODY, [f"K{n}"], at=NOW) for n in range(3))
    ledger.judge(BODY, [(first, "queued", []), (second, "returned", [])], at=NOW)
    ledger.confirm(first, at=NOW)
    before = counted(ledger)
    assert before.unaccounted == 0
    (line,) = before.lines
    assert (line.acknowledged, line.confirmed, line.returned, line.waiting) == (3, 1, 1, 1)
    assert fold(ledger.store) > 0
    assert fold(ledger.store) == 0
    assert counted(ledger) == before
    ledger.judge(BODY, [(third, "held", [])], at=NOW)
    assert counted(ledger).unaccounted == 0


def test_a_false_count_is_found_by_the_recount_only(ledger: Ledger) -> None:
    """Whoever changes the sums and the acknowledged alike deceives the quick look, not the full."""
    ledger.body(BODY, "襄城区")
    ledger.version(BODY, ["K"], at=NOW)
    fold(ledger.store)
    with ledger.owner.transaction() as conn:
        conn.execute("update tally set count = count + 1")
    assert counted(ledger, full=False).unaccounted == 0
    found = counted(ledger)
    assert found.unaccounted == len(found.miscounted) == 2


def test_a_version_that_vanishes_is_missed_at_once(ledger: Ledger) -> None:
    """A deleted version is unaccounted for in the quick look already."""
    ledger.body(BODY, "襄城区")
    version = ledger.version(BODY, ["K"], at=NOW)
    with ledger.owner.transaction() as conn:
        conn.execute("delete from version where id = %s", (version,))
    assert counted(ledger, full=False).unaccounted == 1


def test_writers_do_not_wait_for_each_other_or_for_the_folding(ledger: Ledger) -> None:
    """Two open transactions move versions of one body and table, and a fold goes on beside them."""
    ledger.body(BODY, "襄城区")
    first, second = (ledger.version(BODY, [f"K{n}"], at=NOW) for n in range(2))
    fold(ledger.store)
    move = "update version set state = 'queued', state_reason = 'x' where id = %s"
    with ledger.store.transaction() as one:
        one.execute("set local lock_timeout = '5s'")
        one.execute(move, (first,))
        with ledger.store.transaction() as other:
            other.execute("set local lock_timeout = '5s'")
            other.execute(move, (second,))
        assert fold(ledger.store) == 2
    assert counted(ledger).unaccounted == 0


def test_folding_beside_many_writers_loses_nothing(ledger: Ledger) -> None:
    """The sums are right after threads that write, fold and read at the same time."""
    ledger.body(BODY, "襄城区")
    versions = [ledger.version(BODY, [f"K{n}"], at=NOW) for n in range(24)]
    ended = threading.Event()
    wrong: list[int] = []

    def write(mine: list[int]) -> None:
        for version in mine:
            for state in ("queued", "sending", "sent", "confirmed"):
                with ledger.store.transaction() as conn:
                    conn.execute(
                        "update version set state = %s, state_reason = 'x' where id = %s",
                        (state, version),
                    )

    def read() -> None:
        while not ended.is_set():
            fold(ledger.store)
            wrong.append(counted(ledger, full=False).unaccounted)

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(versions[n::4],)) for n in range(4)]
    for thread in [reader, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    reader.join()
    assert set(wrong) == {0}
    assert counted(ledger).total()["confirmed"] == 24
    assert counted(ledger).unaccounted == 0
