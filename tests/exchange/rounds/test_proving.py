"""The nightly proofs: kept, shown, and an alarm that names what differs until it is mended."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from exchange.cli import main
from exchange.rounds.proving import prove_balance, prove_chain
from exchange.rounds.watching import watch
from exchange.settings import Settings
from tests.exchange.records import BODY, FLOW, World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


def alarms(settings: Settings, **later: float) -> dict[tuple[str, str], str]:
    """The ledger's alarms now or later, by kind and subject."""
    found = watch(settings, now=datetime.now(UTC) + timedelta(**later))
    return {(one.kind, one.subject): one.text for one in found if one.kind.startswith("ledger-")}


def test_proofs_anchor_the_day_and_are_kept(judged: World, settings: Settings) -> None:
    """A sound ledger: yesterday has its anchor file, both proofs hold and say what they saw."""
    now = datetime.now(UTC)
    chain, balance = prove_chain(settings, now=now), prove_balance(settings, now=now)
    assert (chain.holds, balance.holds) == (True, True)
    assert (chain.facts["anchor_files"], balance.facts["acknowledged"]) == (1, 1)
    kept = judged.rows("select kind, differences from ledger_proof order by id")
    assert kept == [{"kind": "chain", "differences": []}, {"kind": "balance", "differences": []}]
    assert alarms(settings) == {}


def test_changed_row_is_an_alarm_that_names_it_until_the_chain_holds_again(
    judged: World,
    settings: Settings,
    exchange_store: ExchangeStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Somebody changes a landed row behind our back; the alarm says which, and goes with it."""
    prove_chain(settings, now=datetime.now(UTC))
    (version,) = judged.rows("select id, raw::text as raw from version")
    with psycopg.connect(exchange_store.owner_dsn) as conn:
        conn.execute("update version set raw = '{}'")
    assert main(["ledger", "prove"]) == 1
    assert f"封存后改动：version 第 {version['id']} 行" in capsys.readouterr().out
    assert f"version 第 {version['id']} 行" in alarms(settings)["ledger-broken", "chain"]
    with psycopg.connect(exchange_store.owner_dsn) as conn:
        conn.execute("update version set raw = %s", (version["raw"],))
    assert main(["ledger", "prove", "--show", "--format", "json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert [(one["kind"], one["holds"]) for one in shown] == [("balance", True), ("chain", False)]
    assert main(["ledger", "prove"]) == 0
    assert alarms(settings) == {}


def test_unaccounted_version_is_named_with_body_and_table(
    judged: World, settings: Settings, exchange_store: ExchangeStore
) -> None:
    """A count that does not fit, and a journey that was cut, are told in words."""
    with psycopg.connect(exchange_store.owner_dsn) as conn:
        conn.execute("update batch set rows_read = 2, rows_new = 2")
        conn.execute("delete from journey where to_state = 'queued'")
    proof = prove_balance(settings, now=datetime.now(UTC))
    assert not proof.holds
    (version,) = judged.rows("select id from version")
    text = "；".join(proof.differences)
    assert f"{BODY} 3.0 {FLOW}" in text
    assert f"第 {version['id']} 版记录的流转不连续" in text
    assert f"{BODY} 3.0 {FLOW}" in alarms(settings)["ledger-broken", "balance"]


def test_missing_proof_is_an_alarm(judged: World, settings: Settings) -> None:
    """Nobody proves the ledger for two days: that is said for each proof."""
    assert judged.states(FLOW) == ["queued"]
    late = alarms(settings, hours=48)
    assert {key for key in late if key[0] == "ledger-unproved"} == {
        ("ledger-unproved", "chain"), ("ledger-unproved", "balance"),
    }  # fmt: skip
