"""The queries that run all day touch what is due, not what is stored.

Counted in pages, which do not depend on how busy the machine is: with ten times more stored, every
query must touch about as many as before, but for a level more of an index, and none may read a big
table from end to end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from exchange.store.queries import load
from tests.plans import KeptPlans, nodes
from tests.stores import ExchangeStore, Postgres

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STANDARD, TABLE = "3.0", "SPGL_XMJBXXB"
BODIES = ("420602", "420606")
LITTLE, MUCH = 2_000, 20_000
FEW, MANY = 500, 5_000
WAITING = ("landed", "queued", "sent", "unknown", "held", "sending")
BIG = {
    "version", "journey", "delivery", "finding", "anchor", "batch", "judgement", "difference",
    "key_range",
}  # fmt: skip
IDS = list(range(1, 21))

QUERIES: dict[tuple[str, str], dict[str, Any]] = {
    ("judging", "claim_due"): {"now": NOW, "bodies": None, "each": 500, "limit": 500},
    ("judging", "bodies_due"): {"now": NOW, "bodies": list(BODIES)},
    ("judging", "parent_states"): {
        "standard": STANDARD, "tables": [TABLE], "fields": ["XMDM"], "values": ['["K7"]'],
    },
    ("judging", "related_rows"): {
        "standard": STANDARD, "tables": [TABLE], "fields": ["XMDM"], "values": ['["K7"]'],
        "judged": [], "most": 50,
    },
    ("judging", "rows_of_local_keys"): {
        "body": BODIES[0], "standard": STANDARD, "tables": [TABLE], "values": ["K7"],
        "judged": [], "most": 50,
    },
    ("judging", "earlier_versions"): {
        "body": BODIES[0], "standard": STANDARD, "table_code": TABLE, "ids": IDS,
        "record_keys": [f"K{n}" for n in IDS], "most": 5,
    },
    ("judging", "in_effect_or_in_flight"): {
        "body": BODIES[0], "standard": STANDARD, "table_code": TABLE,
        "record_keys": [f"K{n}" for n in IDS],
    },
    ("judging", "give_way_to_newer"): {"ids": IDS},
    ("judging", "wake_expectant"): {"ids": IDS, "now": NOW},
    ("landing", "known_versions"): {
        "body": BODIES[0], "standard": STANDARD, "table_code": TABLE,
        "record_keys": [f"K{n}" for n in IDS],
    },
    ("lanes", "claim_lane"): {
        "fresh": True, "bodies": [], "cutoffs": [], "cutoff": NOW - timedelta(hours=1),
        "standard": STANDARD, "now": NOW, "each": 200, "limit": 200,
    },
    ("lanes", "claim_awaited"): {
        "bodies": [], "cutoffs": [], "cutoff": NOW - timedelta(hours=1),
        "standard": STANDARD, "now": NOW, "each": 400, "limit": 200,
    },
    ("lanes", "in_flight"): {"standard": STANDARD, "most": 1000, "now": NOW},
    ("delivery", "abandoned_sendings"): {"standard": STANDARD, "before": NOW, "limit": 500},
    ("delivery", "due_unknowns"): {"standard": STANDARD, "now": NOW, "limit": 200},
    ("delivery", "due_verdicts"): {"standard": STANDARD, "now": NOW, "limit": 500},
    ("delivery", "due_invalidations"): {"standard": STANDARD, "now": NOW, "limit": 200},
    ("delivery", "in_effect"): {
        "standard": STANDARD, "table_code": TABLE, "bodies": [BODIES[0]],
        "record_keys": [f"K{n}" for n in IDS],
    },
    ("delivery", "deliveries_of"): {"versions": IDS},
    ("delivery", "hold_for_sending"): {"ids": IDS},
    ("delivery", "prior_counts"): {
        "standard": STANDARD, "table_code": TABLE, "ids": IDS, "hashes": [b"x"] * 20,
    },
    ("delivery", "undecided_invalidations"): {
        "standard": STANDARD, "table_code": TABLE, "bodies": [BODIES[0]],
        "record_keys": [f"K{n}" for n in IDS],
    },
    ("delivery", "without_effect"): {"body": None, "limit": 1000},
    ("delivery", "version_confirmed"): {"ids": [41], "now": NOW},
    ("delivery", "wake_children"): {"ids": IDS, "now": NOW},
    ("delivery", "wake_overlooked"): {"standard": STANDARD, "now": NOW, "since": NOW},
    ("cases", "open_items"): {
        "body": BODIES[0], "standard": STANDARD, "table_code": TABLE, "versions": IDS,
        "record_keys": [f"R{n}" for n in IDS], "local_keys": [f"L{n}" for n in IDS],
    },
    ("reconciling", "delivered_after"): {
        "body": BODIES[0], "standard": STANDARD, "table_code": TABLE, "record_key": "K5",
        "revision": 1, "limit": 20, "sent_before": NOW,
    },
    ("reconciling", "known_serials"): {
        "standard": STANDARD, "table_code": TABLE, "serials": [f"S{n}" for n in IDS],
    },
    ("reconciling", "unnumbered"): {"standard": STANDARD, "table_code": TABLE},
    ("reconciling", "keep_difference"): {
        "body": BODIES[0], "standard": STANDARD, "table_code": TABLE, "record_key": "K7",
        "kind": "lost_upstream", "owner": "upstream", "version": 7, "detail": "{}", "now": NOW,
    },
    ("sweeping", "range_due"): {
        "body": BODIES[0], "standard": STANDARD, "table_codes": [TABLE], "before": NOW,
    },
    ("ledger", "balance"): {},
    ("ledger", "bodies_now"): {},
    ("clocks", "open_by_body"): {"now": NOW, "bodies": list(BODIES), "due": [NOW, NOW]},
    ("ledger", "slow_versions"): {"now": NOW, "body": None, "limit": 20},
    ("ledger", "journey_of"): {"ids": IDS},
}  # fmt: skip


FILLING = """
insert into batch (id, body, standard, table_code, origin, rows_read, rows_new, rows_replayed,
                   content_hash) overriding system value
select n, (array['420602', '420606'])[1 + n %% 2], %(s)s, %(t)s, 'x', 1, 1, 0, ''
from generate_series(%(first)s::int, %(last)s::int) n;

insert into version (id, body, standard, table_code, table_order, record_key, revision,
                     content_hash, valid, batch_id, place, raw, state, state_reason, pulled_at,
                     judge_after, next_try_at, state_at)
select n, (array['420602', '420606'])[1 + n %% 2], %(s)s, %(t)s, 1, 'K' || n, 1,
       sha256(n::text::bytea), true, n, 'x', '{}', %(state)s, 'x', %(old)s,
       case when %(state)s in ('landed', 'held') then %(now)s end,
       case when %(state)s in ('queued', 'sent', 'unknown') then %(now)s end, %(old)s
from generate_series(%(first)s::int, %(last)s::int) n;

insert into journey (version_id, to_state, by, why)
select n, 'x', 'x', 'x'
from generate_series(%(first)s::int, %(last)s::int) n, generate_series(1, 3);

insert into delivery (version_id, step, kind, standard, table_code, payload, content_hash, outcome,
                      lsh)
select n, 1, 'insert', %(s)s, %(t)s, '{}', sha256(n::text::bytea), 'confirmed', 'S' || n
from generate_series(%(first)s::int, %(last)s::int) n;

insert into difference (body, standard, table_code, record_key, kind, owner, version_id, found_at,
                        seen_at, resolved_at, resolution)
select '420602', %(s)s, %(t)s, 'K' || n, 'lost_upstream', 'upstream', n, %(old)s, %(old)s, %(old)s,
       'accepted'
from generate_series(%(first)s::int, %(last)s::int) n;

insert into key_range (body, standard, table_code, after_key, compared_at)
select '420602', %(s)s, %(t)s, to_jsonb(n), %(old)s
from generate_series(%(first)s::int, %(last)s::int) n;

insert into rectification_item (rectification_id, body, standard, table_code, record_key, local_key,
                                version_id, opened_at)
select 1, '420602', %(s)s, %(t)s, 'R' || n, 'L' || n, n, %(now)s
from generate_series(%(first)s::int, %(last)s::int) n where %(state)s = 'held';

insert into anchor (version_id, standard, table_code, fields, field_values)
select n, %(s)s, %(t)s, 'XMDM', '["K' || n || '"]'
from generate_series(%(first)s::int, %(last)s::int) n
"""


def fill(conn: psycopg.Connection, first: int, last: int, state: str) -> None:
    """Versions with moves, deliveries, findings and anchors, put there past the state machine."""
    span = {"first": first, "last": last, "state": state, "now": NOW, "s": STANDARD, "t": TABLE}
    old = NOW - timedelta(days=1) if state == "confirmed" else NOW
    conn.execute("set session_replication_role = replica")
    for statement in FILLING.split(";"):
        conn.execute(statement.encode(), span | {"old": old})
    conn.execute("set session_replication_role = origin")


def pages(conn: psycopg.Connection, name: tuple[str, str]) -> tuple[int, set[str]]:
    """How many pages a query touches, and which big tables it reads from end to end."""
    explain = b"explain (analyze, buffers, timing off, format json) "
    with conn.transaction(force_rollback=True):
        found = conn.execute(explain + load(name[0])[name[1]], QUERIES[name]).fetchone()
    assert found is not None
    plan = found[0][0]["Plan"]
    whole = {
        node["Relation Name"].split("_20")[0]
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Actual Rows"] > LITTLE / 2
    }
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], whole & BIG


@pytest.fixture
def dsn(exchange_store: ExchangeStore, postgres: Postgres) -> str:
    """The superuser's way to a store with nothing in it."""
    return postgres.dsn(exchange_store.owner_dsn.rsplit("/", 1)[1].split("?")[0])


@pytest.fixture
def conn(dsn: str) -> Iterator[psycopg.Connection]:
    """A connection to it; it knows two bodies."""
    with psycopg.connect(dsn, autocommit=True) as opened:
        for body in BODIES:
            opened.execute("insert into body values (%s, 'x', '{}', 'x')", (body,))
            opened.execute(
                "insert into feed (body, standard, table_code, pulled_at) values (%s, %s, %s, %s)",
                (body, STANDARD, TABLE, NOW),
            )
        yield opened


@pytest.fixture
def worker(dsn: str) -> Iterator[psycopg.Connection]:
    """Another, that keeps the plans it made; nothing is filled in through it: that renews plans."""
    with psycopg.connect(dsn, autocommit=True) as opened:
        yield opened


def furnish(conn: psycopg.Connection) -> None:
    """A little: twenty versions in each state on the way, the rest confirmed."""
    conn.execute(
        "insert into rectification (body, state, opened_at, collect_until)"
        " values ('420602', 'collecting', now(), now())"
    )
    for place, state in enumerate(WAITING):
        fill(conn, 1 + place * 20, 20 + place * 20, state)
    conn.execute(
        "insert into hold (version_id, standard, table_code, fields, field_values,"
        " parent_state, since) select id, '3.0', 'SPGL_XMJBXXB', 'XMDM', '[\"K1\"]', 'pending',"
        " now() - interval '1 year' from version where state = 'held'"
    )
    fill(conn, 121, LITTLE, "confirmed")


def test_ten_times_more_stored_costs_the_hot_queries_the_same(conn: psycopg.Connection) -> None:
    """Each claims, confirms, wakes and counts by index and by tally, whatever is stored."""
    furnish(conn)
    counted: dict[tuple[str, str], list[int]] = {name: [] for name in QUERIES}
    for last in (LITTLE, MUCH):
        if last > LITTLE:
            fill(conn, LITTLE + 1, last, "confirmed")
        conn.execute("vacuum analyze")
        for name in QUERIES:
            touched, whole = pages(conn, name)
            assert not (last == MUCH and whole), f"{name} reads {whole} from end to end"
            counted[name].append(touched)
    # an index may be a level deeper: three pages where it was two
    grown = {
        name: (little, much) for name, (little, much) in counted.items() if much > little * 2 + 40
    }
    assert grown == {}


def test_plans_of_an_empty_store_take_a_handful_out_of_a_backlog(
    conn: psycopg.Connection, worker: psycopg.Connection
) -> None:
    """A worker keeps the plans it made when little was there; nobody has counted the rows since.

    What waits, ten times more of it, is not read for each of the few that are taken, nor is it
    compared with each. Counted are pages, and rows that were looked at.
    """
    plans = KeptPlans(worker)

    def touched(name: tuple[str, str]) -> int:
        return plans.touched(load(name[0])[name[1]], QUERIES[name])

    for name in QUERIES:
        touched(name)
    furnish(conn)
    counted: dict[tuple[str, str], list[int]] = {name: [] for name in QUERIES}
    first = LITTLE + 1
    for each in (FEW, MANY):
        for state in WAITING:
            fill(conn, first, first + each - 1, state)
            first += each
        for name in QUERIES:
            counted[name].append(touched(name))
    # these are looked through for the due or the old; there are no more than may be in flight
    for due in ("abandoned_sendings", "due_unknowns", "due_verdicts"):
        counted.pop(("delivery", due))
    taken = {name: QUERIES[name].get("limit", 0) for name in counted}
    assert counted == {
        name: [few, many]
        for name, (few, many) in counted.items()
        if max(few, many) < 2_500 + 30 * taken[name] and many <= few * 2 + MANY / 10
    }
