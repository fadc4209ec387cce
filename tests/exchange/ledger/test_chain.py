"""The chain: whatever is changed behind our back is found and named, and no writer waits for it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from exchange.ledger.chain import KINDS, Q
from exchange.ledger.seal import RestoredStoreError, seal, tail
from exchange.ledger.verify import verify
from tests.ledgers import Ledger

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BODY = "420602"


def story(ledger: Ledger, count: int = 4) -> list[int]:
    """Some versions on their way; returns their numbers."""
    ledger.body(BODY, "襄城区")
    versions = [ledger.version(BODY, [f"K{n}"], at=NOW) for n in range(count)]
    ledger.judge(BODY, [(version, "queued", []) for version in versions], at=NOW)
    ledger.confirm(versions[0], at=NOW + timedelta(seconds=5))
    with ledger.store.transaction() as conn:
        conn.execute("insert into audit (who, did, object) values ('王', '签发', '通报')")
    return versions


def test_what_nobody_touched_verifies(ledger: Ledger) -> None:
    """Every committed row is in a block, the blocks follow one another, nothing is left over."""
    story(ledger)
    first = seal(ledger.store, now=NOW, moves=3)
    assert first.blocks > 1
    assert seal(ledger.store, now=NOW).rows == 0
    found = verify(ledger.store)
    assert (found.faults, found.blocks, found.rows) == ([], first.blocks, first.rows)
    (count,) = ledger.rows("select count(*) from journey")
    (sealed,) = ledger.rows("select sum(rows)::int as rows from ledger_part where kind = 'journey'")
    assert sealed["rows"] == count["count"]
    with ledger.store.transaction() as conn:
        assert tail(conn, now=NOW).rows == 0


ROWS = {
    "update version set raw = '{\"A\": \"1\"}' where id = 2": ("changed", "version", 2),
    "update version set content_hash = '\\x00' where id = 3": ("changed", "version", 3),
    "update journey set why = why || ' ' where id = 2": ("changed", "journey", 2),
    "update journey set at = at + interval '1 microsecond' where id = 3": ("changed", "journey", 3),
    "update audit set who = '李'": ("changed", "audit", 1),
    "update judgement set outcomes = '{\"R\": [1]}'": ("changed", "judgement", 1),
    "update batch set origin = 'Test' where id = 2": ("changed", "batch", 2),
    "delete from journey where id = 4": ("missing", "journey", 4),
    "insert into journey (id, version_id, to_state, by, why, written_in)"
    " select 99, version_id, to_state, by, why, written_in from journey where id = 5": (
        "added", "journey", 99,
    ),
    "update ledger_part set marks = '\\x00' || substr(marks, 2)"
    " where kind = 'delivery' or (kind = 'journey' and keys[1] = 9)": ("changed", "journey", 9),
}  # fmt: skip


def test_every_changed_row_is_found_and_named(ledger: Ledger) -> None:
    """Whoever owns the store and changes, removes or adds a row is told on by its number."""
    story(ledger)
    seal(ledger.store, now=NOW, moves=1)
    with ledger.owner.transaction() as conn:
        for statement in ROWS:
            conn.execute(statement.encode())
    found = {(fault.what, fault.kind, fault.key) for fault in verify(ledger.store).faults}
    assert found == set(ROWS.values())


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_block set sealed_at = sealed_at + interval '1 microsecond' where number = 2",
        "update ledger_part set hash = sha256(hash) where block = 2 and kind = 'journey'",
        "delete from ledger_part where block = 2; delete from ledger_block where number = 2",
    ],
)
def test_a_change_of_the_chain_itself_is_found(ledger: Ledger, statement: str) -> None:
    """A block's head, a part's hash, a whole block: none can be changed without being seen."""
    story(ledger)
    seal(ledger.store, now=NOW, moves=3)
    with ledger.owner.transaction() as conn:
        conn.execute(statement.encode())
    assert {fault.what for fault in verify(ledger.store).faults} == {"chain"}


def test_the_program_cannot_rewrite_the_chain(ledger: Ledger) -> None:
    """The running program adds blocks; it can change and remove none."""
    story(ledger)
    seal(ledger.store, now=NOW)
    for statement in (
        "update ledger_block set hash = previous",
        "delete from ledger_part",
        "delete from ledger_block",
        "update ledger_anchor set content = ''",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            ledger.store.transaction() as conn,
        ):
            conn.execute(statement.encode())


def test_a_running_transaction_is_waited_for_and_not_waited_on(ledger: Ledger) -> None:
    """What an open transaction writes is sealed after it, whole; sealing does not block on it."""
    story(ledger)
    with ledger.store.transaction() as slow:
        slow.execute("insert into audit (who, did, object) values ('慢', '写', '入')")
        ledger.version(BODY, ["beside"], at=NOW)
        seal(ledger.store, now=NOW)
        with ledger.owner.transaction() as conn:
            assert tail(conn, now=NOW).rows > 0
    seal(ledger.store, now=NOW)
    with ledger.store.transaction() as conn:
        assert tail(conn, now=NOW).rows == 0
    assert verify(ledger.store).faults == []


def test_many_writers_and_sealers_at_once(ledger: Ledger) -> None:
    """Rows that eight threads write while two others seal are all sealed, each once."""
    ledger.body(BODY, "襄城区")
    ended = threading.Event()

    def write() -> None:
        for _ in range(40):
            with ledger.store.transaction() as conn:
                conn.execute("insert into audit (who, did, object) values ('a', 'b', 'c')")

    def sealing() -> None:
        while not ended.is_set():
            seal(ledger.store, now=NOW, moves=5)

    sealers = [threading.Thread(target=sealing) for _ in range(2)]
    writers = [threading.Thread(target=write) for _ in range(8)]
    for thread in sealers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    for thread in sealers:
        thread.join()
    seal(ledger.store, now=NOW)
    found = verify(ledger.store)
    assert (found.faults, found.rows) == ([], 320)


def test_a_store_restored_elsewhere_goes_on(ledger: Ledger) -> None:
    """Where transactions are numbered anew, sealing says so until the numbering is continued."""
    story(ledger)
    seal(ledger.store, now=NOW)
    with ledger.owner.transaction() as conn:
        conn.execute("update ledger_block set high = high + 1000000000")
    with pytest.raises(RestoredStoreError, match="exchange init"):
        seal(ledger.store, now=NOW)
    with ledger.owner.transaction() as conn:
        conn.execute("select continue_chain()")
    ledger.version(BODY, ["later"], at=NOW)
    assert seal(ledger.store, now=NOW).rows == 3


def test_every_column_is_sealed_or_may_change(ledger: Ledger) -> None:
    """A column of a sealed table is sealed, or it is one that the program updates."""
    for kind in KINDS:
        table = {"notice_delivered": "notice", "circular_signed": "circular"}.get(kind, kind)
        text = b" ".join(
            Q[f"kind_{one}"] for one in KINDS if one == table or one.startswith(f"{table}_")
        ).decode()
        columns = ledger.rows(
            "select column_name as name, has_column_privilege('exchange_app', %s, column_name,"
            " 'update') as changes from information_schema.columns"
            " where table_schema = 'public' and table_name = %s",
            table,
            table,
        )
        for column in columns:
            sealed = f"t.{column['name']}" in text
            free = column["changes"] or column["name"] in {"written_in", "signed_in"}
            assert sealed or free, f"{table}.{column['name']} is not sealed"
