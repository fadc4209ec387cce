"""The watch names what is wrong: whose record is overdue, which records wait in a ring, no room."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from exchange.cli import main
from exchange.ledger.alarms import Alarm, open_alarms
from exchange.ledger.seal import seal
from exchange.rounds.pulling import pull_shard
from exchange.rounds.watching import watch
from exchange.settings import Settings
from exchange.store.connection import Conn, Store
from tests.exchange.records import BODY, FLOW, PROJECT, World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


@pytest.fixture
def settings(exchange_store: ExchangeStore, tmp_path: Path) -> Settings:
    """An installation with the bodies that ship."""
    return Settings(state=tmp_path, database_url=exchange_store.app_dsn, disk_free_mb=1)


@pytest.fixture
def world(exchange_store: ExchangeStore) -> Iterator[World]:
    """Its store, with one of the bodies, an hour ago."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '襄城区', '{420602}', 'none')", (BODY,))
    yield World(store, now=datetime.now(UTC) - timedelta(hours=1))
    store.close()


def kinds(found: list[Alarm]) -> dict[str, Alarm]:
    """The alarms by kind."""
    return {alarm.kind: alarm for alarm in found}


def test_overdue_record_is_an_alarm_with_body_hop_and_command(
    world: World, settings: Settings
) -> None:
    """A record that waits for an hour: whose it is, in which hop, and what to type."""
    world.land(FLOW, world.flow())
    world.judge()
    seal(world.store, now=world.now)
    found = kinds(watch(settings, now=datetime.now(UTC) + timedelta(hours=1)))
    alarm = found["oldest-record"]
    assert (alarm.subject, alarm.command) == (BODY, f"./run exchange ledger slow --body {BODY}")
    assert "校验到上报" in alarm.text
    with world.store.transaction() as conn:
        assert [row["kind"] for row in open_alarms(conn)] == ["oldest-record"]


def test_rows_from_the_future_are_an_alarm_about_a_clock(
    world: World, settings: Settings, exchange_store: ExchangeStore
) -> None:
    """The server's clock is right; that of the program that stamps the rows is ten minutes fast."""
    flow = world.flow()
    world.land(FLOW, *(flow | {"SPLCBM": f"LC{n}", "DFSJZJ": str(n)} for n in range(3)))
    world.judge()
    with psycopg.connect(exchange_store.owner_dsn) as conn:
        for state in ("sending", "sent", "confirmed"):
            conn.execute(
                "update version set state = %s, sent_at = pulled_at, confirmed_at = pulled_at,"
                " committed_at = pulled_at + interval '10 minutes'",
                (state,),
            )
    alarm = kinds(watch(settings, now=world.now + timedelta(minutes=1)))["source-clock"]
    assert "晚约 600 秒，写入程序的时钟偏快" in alarm.text
    assert (alarm.seconds, alarm.command) == (600, f"./run exchange clocks --body {BODY}")


def test_records_that_wait_for_each_other_are_named(world: World, settings: Settings) -> None:
    """A ring of references is not silent: the alarm lists its members in order."""
    ids = ring(world, "pending")
    alarm = kinds(watch(settings, now=datetime.now(UTC)))["reference-cycle"]
    first, second = (f"{PROJECT} #{one}" for one in ids)
    assert f"{first} → {second} → {first}" in alarm.text
    assert alarm.command == f"./run exchange ledger show {ids[0]}"


def test_a_record_in_two_rings_is_one_alarm(world: World, settings: Settings) -> None:
    """The shorter ring is told, and the watch goes on."""
    first, second = ring(world, "pending")
    with world.store.transaction() as conn:
        hold(conn, world, first, "pending", of=first)
        hold(conn, world, second, "pending", of=second)
    found = [one for one in watch(settings, now=datetime.now(UTC)) if one.kind == "reference-cycle"]
    assert [one.subject for one in found] == [str(first), str(second)]
    assert f"{PROJECT} #{first} → {PROJECT} #{first}" in found[0].text


def test_what_may_still_arrive_makes_no_ring(world: World, settings: Settings) -> None:
    """Steps of one case that wait for what may still come are no parents of one another."""
    ring(world, "expected")
    assert "reference-cycle" not in kinds(watch(settings, now=datetime.now(UTC)))


def ring(world: World, parent_state: str) -> list[int]:
    """Two held records that wait for each other, since an hour."""
    flow = world.flow()
    world.land(PROJECT, world.project(flow), world.project(flow, XMDM="2306-420602-04-01-999999"))
    world.judge()
    ids = [row["id"] for row in world.rows("select id from version order by id")]
    with world.store.transaction() as conn:
        conn.execute("delete from hold")
        for version, waits_for in zip(ids, reversed(ids), strict=True):
            hold(conn, world, version, parent_state, of=waits_for)
    return ids


def hold(conn: Conn, world: World, version: int, parent_state: str, *, of: int) -> None:
    """One held record waits for what another one is."""
    conn.execute(
        "insert into hold select %s, standard, table_code, fields, field_values, %s, %s"
        " from anchor where version_id = %s"
        " and fields not in (select fields from hold where version_id = %s)"
        " order by fields limit 1",
        (version, parent_state, world.now, of, version),
    )


def test_nothing_is_pulled_while_the_disk_has_no_room(world: World, settings: Settings) -> None:
    """With more wanted than the disk has no body is swept, it is said why, and it is an alarm."""
    full = replace(settings, disk_free_mb=1 << 40)
    ends = datetime.now(UTC) + timedelta(minutes=1)
    summary = pull_shard(full, [BODY], until=ends, once=True)[BODY]
    assert summary.sweeps == 0
    assert "已停止拉取" in summary.errors["disk"]
    assert "disk-low" in kinds(watch(full, now=datetime.now(UTC)))


def test_commands_tell_the_same(
    world: World,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status, clocks, blind spots and dead letters answer as JSON and by their exit codes."""
    monkeypatch.setenv("SPGL_STATE", str(settings.state))
    monkeypatch.setenv("SPGL_DATABASE_URL", str(settings.database_url))
    world.land(FLOW, world.flow())
    for command, code in (
        ("status", 0), ("clocks", 0), ("blindspots", 0), ("deadletters list", 0)
    ):  # fmt: skip
        assert main([*command.split(), "--format", "json"]) == code, command
        assert json.loads(capsys.readouterr().out) is not None
        assert main(command.split()) == code
        assert capsys.readouterr().out
    assert main(["deadletters", "show", "7"]) == 2
    assert "does not wait" in capsys.readouterr().err
