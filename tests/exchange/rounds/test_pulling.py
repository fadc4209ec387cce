"""The pulling round judges what waits, whether or not the source of the body answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from exchange.cli import main
from exchange.rounds.promise import promise
from exchange.rounds.pulling import pull_shard
from exchange.rounds.watching import watch
from exchange.rounds.wiring import opened, register_bodies
from exchange.settings import Settings
from tests.exchange.records import BODY, FLOW, World

pytestmark = pytest.mark.database
OTHER = "420606"


def test_what_has_landed_is_judged_though_the_source_is_away(
    settings: Settings, landed: World
) -> None:
    """A sweep that cannot reach its source says so, and judges what the store holds of the body."""
    until = datetime.now(UTC) + timedelta(seconds=60)
    summary = pull_shard(settings, [BODY, OTHER], until=until, once=True)
    assert landed.states(FLOW) == ["queued"]
    assert {code: one.passed for code, one in summary.items()} == {BODY: 1, OTHER: 0}
    assert all("*" in one.errors for one in summary.values())


def test_a_source_that_cannot_be_opened_is_told_with_all_its_tables(
    settings: Settings, landed: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status and alarm know of it, though no table was ever asked for."""
    until = datetime.now(UTC) + timedelta(seconds=60)
    pull_shard(settings, [BODY], until=until, once=True)
    with opened(settings, work="test") as exchange:
        tables = sum(map(len, exchange.feeds(exchange.bodies[BODY]).values()))
        seen = promise(exchange, now=datetime.now(UTC))
    (told,) = [body for body in seen.bodies if body.body == BODY]
    assert (told.failing, told.unreadable) == (tables, f"全部 {tables} 张表")
    assert seen.unreadable == [told]
    assert main(["status"]) == 0
    lines = capsys.readouterr().out
    assert lines.startswith("承诺兑现 / kept；1 个单位暂不能读取\n")
    assert re.search(f"全部 {tables} 张表已 \\d+ 秒不能读取：", lines)
    found = watch(settings, now=datetime.now(UTC) + timedelta(minutes=10))
    (alarm,) = [alarm for alarm in found if alarm.kind == "source-unreadable"]
    assert alarm.text.startswith(f"全部 {tables} 张表已 6")


def test_a_table_that_is_no_longer_delivered_no_longer_fails(
    settings: Settings, landed: World
) -> None:
    """Taken out of the body's file because it cannot be read, it would stand as such for ever."""
    with landed.store.transaction() as conn:
        for table in (FLOW, "SPGL_NOT_DELIVERED"):
            conn.execute(
                "insert into feed (body, standard, table_code, failing_since, last_error)"
                " values (%s, '3.0', %s, now(), 'x')"
                " on conflict (body, standard, table_code) do update"
                " set failing_since = excluded.failing_since, last_error = excluded.last_error",
                (BODY, table),
            )
    with opened(settings, work="test") as exchange:
        register_bodies(exchange)
    failing = landed.rows("select table_code from feed where failing_since is not null")
    assert [row["table_code"] for row in failing] == [FLOW]


def test_what_no_sweep_of_these_bodies_is_for_stays(settings: Settings, landed: World) -> None:
    """A shard judges the records of its own bodies only."""
    until = datetime.now(UTC) + timedelta(seconds=60)
    pull_shard(settings, [OTHER], until=until, once=True)
    assert landed.states(FLOW) == ["landed"]
