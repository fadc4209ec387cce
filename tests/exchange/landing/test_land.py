"""Landing: nothing acknowledged is lost, nothing lands twice, raw rows stay as they came."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from connectors.base import Defect, Page, SourceRow
from exchange.landing.land import Feed, Landed, land
from exchange.ledger.balance import balance
from exchange.store.connection import Store
from schemas import load
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STANDARD = load("3.0")
FLOWS = Feed("420602", STANDARD, STANDARD.table("SPGL_SPLCXXB"))


def flow(version: str, name: str = "一般流程", *, at: int = 0, **more: str | None) -> SourceRow:
    """A row of the flow table, changed at NOW + ``at`` seconds."""
    values: dict[str, str | None] = {
        "XZQHDM": "420602", "SPLCBM": "LC01", "SPLCBBH": version, "SPLCMC": name,
        "SJYXBS": "1", "SJSCZT": "0", "DFSJZJ": f"zj-{version}-{name}",
    }  # fmt: skip
    return SourceRow(values | more, NOW + timedelta(seconds=at), f"第{version}行")


def landed(store: Store, *rows: SourceRow, mark: Any = None, began: Any = None) -> Landed:
    """Land a page of these rows."""
    page = Page(rows, mark, NOW, "test")
    with store.transaction() as conn:
        return land(conn, FLOWS, page, began_at=began, now=NOW)


def versions(store: Store) -> list[tuple[str, int, str]]:
    """Key, revision and state of every version, in order."""
    with store.transaction() as conn:
        rows = conn.execute("select record_key, revision, state from version order by id")
        return [(row["record_key"], row["revision"], row["state"]) for row in rows]


def test_rows_become_versions_once(store: Store) -> None:
    """A page that is landed twice adds nothing the second time and says so in its counts."""
    first = landed(store, flow("1"), flow("2"), mark={"at": 1})
    again = landed(store, flow("1"), flow("2"), mark={"at": 1})
    assert (first.new, first.replayed, again.new, again.replayed) == (2, 0, 0, 2)
    assert len(versions(store)) == 2


def test_number_forms_are_the_same_key_and_content(store: Store) -> None:
    """1 and 1.0 in a decimal field name the same record, so the second is a replay."""
    landed(store, flow("1", DFSJZJ="a"))
    assert landed(store, flow("1.0", DFSJZJ="a")).new == 0


def test_change_of_content_is_a_new_revision(store: Store) -> None:
    """Another content of the same key is revision 2, also inside one page."""
    landed(store, flow("1"), flow("1", "改名", at=5))
    assert [revision for _, revision, _ in versions(store)] == [1, 2]


def test_late_commit_does_not_override_the_newer(store: Store) -> None:
    """A row written before the one that landed already arrives superseded, by its serial number."""
    landed(store, flow("1", "新", at=10, LSH="8"))
    landed(store, flow("1", "旧", at=20, LSH="7"))
    assert [state for _, _, state in versions(store)] == ["landed", "superseded"]


def test_clock_skew_does_not_hide_a_correction(store: Store) -> None:
    """A correction with a higher serial number wins although its clock is behind."""
    landed(store, flow("1", "错", at=10, LSH="7"))
    landed(store, flow("1", "对", at=4, LSH="8"))
    assert [state for _, _, state in versions(store)] == ["landed", "landed"]


def test_return_to_old_content_is_a_version(store: Store) -> None:
    """A, B, then A again, written later, is a third version and no replay."""
    for name, at in (("甲", 0), ("乙", 5), ("甲", 9)):
        landed(store, flow("1", name, at=at, DFSJZJ="k"))
    assert [revision for _, revision, _ in versions(store)] == [1, 2, 3]
    assert landed(store, flow("1", "乙", at=5, DFSJZJ="k")).new == 0


def test_status_written_anew_is_a_new_version(store: Store) -> None:
    """A row sent with a status of the receiver's, then with the right one, is a second version."""
    landed(store, flow("1", SJSCZT="3", DFSJZJ="k"))
    assert landed(store, flow("1", SJSCZT="0", DFSJZJ="k", at=5)).new == 1
    assert landed(store, flow("1", SJSCZT="0", LSH="9", DFSJZJ="k", at=9)).new == 0


def test_rows_without_key_do_not_replace_each_other(store: Store) -> None:
    """Two rows that lack a key field are two records, told apart by their local keys."""
    landed(store, flow("", "甲", DFSJZJ="x1"), flow("", "乙", DFSJZJ="x2"))
    assert len({key for key, _, _ in versions(store)}) == 2


def test_mark_moves_only_from_where_the_page_began(store: Store) -> None:
    """A page of a task that was overtaken lands its rows but cannot turn the mark back."""
    landed(store, flow("1"), mark={"at": 1}, began=None)
    landed(store, flow("2"), mark={"at": 2}, began={"at": 1})
    landed(store, flow("3"), mark={"at": 1.5}, began={"at": 1})
    (feed,) = store.execute(b"select mark from feed where table_code = %(table_code)s", FLOWS.key())
    assert feed["mark"] == {"at": 2}
    assert len(versions(store)) == 3


def test_hostile_text_is_kept_as_it_came(store: Store) -> None:
    """NUL, half characters, rare characters and emoji come back from the raw row unchanged."""
    dirt = "𠮷\x00🏗\ud800'\"\\u0000"
    row = flow("1", dirt, DFSJZJ="d\x001")
    spoiled = SourceRow(
        row.values, NOW, "第1行\x00", (Defect("nul_byte", "SPLCMC", "␀", "空字符"),)
    )
    landed(store, spoiled)
    with store.transaction() as conn:
        found = conn.execute("select raw, local_key, defects from version").fetchone()
    assert found is not None
    assert found["raw"]["SPLCMC"] == dirt
    assert found["local_key"] == "d␀1"
    assert found["defects"][0]["code"] == "nul_byte"


def test_two_tasks_with_the_same_page_land_it_once(store: Store) -> None:
    """Eight threads that land the same page at once leave one version of each row."""
    rows = [flow(str(number)) for number in range(1, 40)]
    threads = [threading.Thread(target=landed, args=(store, *rows)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(versions(store)) == len(rows)


def test_journey_is_kept_by_the_store_and_balance_holds(store: Store) -> None:
    """Landing writes the first step of each journey; the balance explains every version."""
    landed(store, flow("1"), flow("2"))
    with store.transaction() as conn:
        found = balance(conn)
    assert found.unaccounted == 0
    assert found.total()["acknowledged"] == found.total()["waiting"] == 2


def test_balance_finds_a_missing_version(store: Store, exchange_store: ExchangeStore) -> None:
    """A version that somebody deletes behind our back is unaccounted for."""
    landed(store, flow("1"), flow("2"))
    with psycopg.connect(exchange_store.owner_dsn) as owner:
        owner.execute("delete from anchor")
        owner.execute("delete from version where revision = 1 and record_key like '%\"2\"%'")
    with store.transaction() as conn:
        assert balance(conn).unaccounted >= 1


@pytest.mark.parametrize(
    "statement",
    [
        "update version set raw = '{}'",
        "update version set record_key = 'x'",
        "delete from version",
        "insert into journey (version_id, to_state, by, why) values (1, 'confirmed', 'me', '')",
        "delete from journey",
        "update journey set why = ''",
    ],
)
def test_running_program_cannot_touch_what_landed(store: Store, statement: str) -> None:
    """The program's own role may neither change raw rows nor write or cut journeys."""
    landed(store, flow("1"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), store.transaction() as conn:
        conn.execute(statement)


def test_state_machine_is_enforced_by_the_store(store: Store) -> None:
    """A version cannot jump from landed to confirmed, whoever asks."""
    landed(store, flow("1"))
    with pytest.raises(psycopg.errors.CheckViolation), store.transaction() as conn:
        conn.execute("update version set state = 'confirmed'")
