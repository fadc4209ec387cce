"""Reconciliation over the real rounds: what is altered behind our back is named, with its owner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest

from connectors.county import load_bodies
from exchange.cli import main
from exchange.rounds.delivering import deliver_once
from exchange.rounds.pulling import pull_shard
from exchange.rounds.reconciling import (
    Reconciled,
    accept_differences,
    own_divisions,
    reconcile,
    shown,
)
from exchange.settings import Settings
from schemas import load
from schemas.ddl import create_all
from schemas.sample import flow_setup
from tests.exchange.records import FLOW
from tests.stores import ExchangeStore, Postgres

pytestmark = pytest.mark.database
BODY = "420602"
STANDARD = load("3.0")
READER = "reconcile_reader"


@dataclass
class City:
    """A county's front database, our store and the province's front database, all real."""

    settings: Settings
    source: str
    province: str
    owner: str
    flows: list[dict[str, str | None]] = field(default_factory=list)

    def at_source(self, statement: str, *values: Any) -> None:
        """The county does something in its database."""
        with psycopg.connect(self.source) as conn:
            conn.execute(statement.format(f'"{FLOW}"').encode(), values)

    def above(self, statement: str, *values: Any) -> list[Any]:
        """The province does something in its database."""
        with psycopg.connect(self.province) as conn:
            done = conn.execute(statement.format(f'"{FLOW}"').encode(), values)
            return done.fetchall() if done.description else []

    def put(self, row: dict[str, str | None], hours: float = 2) -> None:
        """The county writes a row, stamped some hours ago."""
        given = {code: text for code, text in row.items() if code != "LSH"}
        names = ", ".join(f'"{code}"' for code in [*given, "GXSJ"])
        places = ", ".join(["%s"] * (len(given) + 1))
        at = datetime.now() - timedelta(hours=hours)  # noqa: DTZ005  wall time
        self.at_source(f"insert into {{0}} ({names}) values ({places})", *given.values(), at)

    def deliver(self) -> None:
        """Pull, judge, send; the province takes everything, and we read that."""
        until = datetime.now(UTC) + timedelta(seconds=60)
        (pulled,) = pull_shard(self.settings, [BODY], until=until, once=True).values()
        assert pulled.errors == {}
        deliver_once(self.settings)
        self.above('update {} set "SJSCZT" = 3 where "SJSCZT" = 0')
        with psycopg.connect(self.owner) as conn:
            conn.execute("update version set next_try_at = now() where state = 'sent'")
        deliver_once(self.settings)

    def reconcile(self) -> Reconciled:
        """One reconciliation."""
        settled_for = timedelta(0)
        now = datetime.now(UTC)
        (found,) = reconcile(self.settings, [BODY], now=now, settled_for=settled_for)
        assert found.errors == {}
        return found


@pytest.fixture
def city(postgres: Postgres, exchange_store: ExchangeStore, tmp_path: Path) -> Iterator[City]:
    """Six flows, all of them confirmed."""
    source = postgres.create_database("reconcile_source")
    province = postgres.create_database("reconcile_province")
    loose = create_all(STANDARD, "postgresql", loose=True, change_column="GXSJ")
    with psycopg.connect(source) as conn:
        conn.execute(loose.encode())
        conn.execute(f"create role {READER} login password 'secret'")
        conn.execute(f"grant select on all tables in schema public to {READER}")
    with psycopg.connect(province) as conn:
        conn.execute(create_all(STANDARD, "postgresql").encode())
    reader = f"postgresql://{READER}:secret@{source.split('@', 1)[1]}"
    stored = tmp_path / "connections.toml"
    stored.write_text(
        f'county_420602_v3 = "{reader}"\nprovince_v3 = "{province}"\n'
        'province_v2 = "http://127.0.0.1:9"\nprovince_v2_secret = "x"\n'
    )
    stored.chmod(0o600)
    settings = Settings(state=tmp_path, database_url=exchange_store.app_dsn, connections=stored)
    made = City(settings, source, province, exchange_store.owner_dsn)
    events = flow_setup(STANDARD, BODY, Random(7), datetime(2026, 1, 5, 9))  # noqa: DTZ001  wall time
    made.flows = [dict(event.record) for event in events if event.table == FLOW]
    made.flows += [
        row | {"SPLCBBH": "8.1", "DFSJZJ": f"more-{n}"} for n, row in enumerate(made.flows)
    ]
    for row in made.flows:
        made.put(row)
    made.deliver()
    yield made
    postgres.drop_database("reconcile_source")
    postgres.drop_database("reconcile_province")
    with psycopg.connect(postgres.dsn()) as conn:
        conn.execute(f"drop role {READER}")


def test_three_sides_agree_until_someone_alters_one(city: City) -> None:
    """Every alteration behind our back is named with record and owner; mended ones resolve."""
    count = len(city.flows)
    assert count >= 5
    clean = city.reconcile()
    assert clean.agrees, clean.differences
    assert {name: clean.counts[name] for name in ("source_rows", "records", "sent", "there")} == {
        "source_rows": count, "records": count, "sent": count, "there": count,
    }  # fmt: skip
    assert clean.counts["listed"] == count

    keys = [row["DFSJZJ"] for row in city.flows]
    city.at_source('delete from {} where "DFSJZJ" = %s', keys[0])
    city.above('delete from {} where "DFSJZJ" = %s', keys[1])
    city.above('update {} set "SPLCMC" = %s where "DFSJZJ" = %s', "改动", keys[2])
    city.above("""update {} set "SJSCZT" = 2, "SBYY" = '复核不通过' where "DFSJZJ" = %s""", keys[3])
    city.above(copied(city, str(keys[4])))
    found = city.reconcile()
    named = {(row["kind"], row["owner"]) for row in found.differences}
    assert named == {
        ("vanished", "county"), ("lost_upstream", "upstream"), ("changed_upstream", "upstream"),
        ("verdict_changed", "upstream"), ("unknown_upstream", "upstream"),
    }  # fmt: skip
    assert len(found.differences) == 5
    (changed,) = [row for row in found.differences if row["kind"] == "changed_upstream"]
    assert changed["detail"]["columns"][0].startswith("SPLCMC")

    city.above('delete from {} where "DFSJZJ" = %s', "nobody")
    city.above('update {} set "SPLCMC" = %s where "DFSJZJ" = %s', city.flows[2]["SPLCMC"], keys[2])
    (lost,) = [row for row in found.differences if row["kind"] == "lost_upstream"]
    now = datetime.now(UTC)
    assert accept_differences(
        city.settings, [lost["id"]], who="张某", why="上级已书面说明", now=now
    ) == [lost["id"]]
    again = city.reconcile()
    assert {row["kind"] for row in again.differences} == {"vanished", "verdict_changed"}
    (stored,) = shown(city.settings, [BODY])
    assert len(stored.differences) == 2
    with psycopg.connect(city.owner) as conn:
        rows = conn.execute("select resolution, count(*) from difference group by 1 order by 1")
        assert rows.fetchall() == [("accepted", 1), ("agrees", 2), (None, 2)]
        assert conn.execute("select count(*) from audit").fetchone() == (1,)


def test_what_is_under_way_is_not_strange(city: City) -> None:
    """A row of ours whose number above we have not been told yet is known by its content."""
    with psycopg.connect(city.owner) as conn:
        conn.execute("update delivery set lsh = null where id = (select min(id) from delivery)")
    found = city.reconcile()
    assert found.agrees, found.differences
    count = len(city.flows)
    assert {name: found.counts[name] for name in ("unanswered", "sent", "listed")} == {
        "unanswered": 1, "sent": count - 1, "listed": count,
    }  # fmt: skip


def test_what_the_pull_missed_is_made_good(
    city: City, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row stamped long ago lands by the reconciliation, goes up after it, and is shown."""
    city.reconcile()
    new = city.flows[0] | {"SPLCBBH": "9.9", "DFSJZJ": "late-1"}
    city.put(new, hours=5)
    found = city.reconcile()
    assert (found.counts["missed"], found.agrees) == (1, True)
    city.deliver()
    after = city.reconcile()
    assert (after.counts["missed"], after.counts["sent"]) == (0, len(city.flows) + 1)

    monkeypatch.setenv("SPGL_DATABASE_URL", str(city.settings.database_url))
    monkeypatch.setenv("SPGL_CONNECTIONS", str(city.settings.connections))
    monkeypatch.setenv("SPGL_STATE", str(city.settings.state))
    assert main(["sweep", "--show", "--body", BODY, "--format", "json"]) == 0
    days = json.loads(capsys.readouterr().out)["days"]
    assert [(day["table_code"], day["missed"]) for day in days if day["missed"]] == [(FLOW, 1)]
    assert main(["reconcile", "--body", BODY, "--show"]) == 0
    assert f"{BODY}" in capsys.readouterr().out
    city.at_source('delete from {} where "DFSJZJ" = %s', city.flows[0]["DFSJZJ"])
    assert main(["sweep", "--body", BODY]) == 1
    assert main(["reconcile", "--show", "--body", BODY]) == 1
    assert "地方未经撤回删除了记录" in capsys.readouterr().out


def test_a_division_is_shown_with_one_body() -> None:
    """A division that many report for belongs to the body that reports for the fewest."""
    bodies = load_bodies()
    owned = [own_divisions(bodies, code) for code in bodies]
    divisions = set().union(*(body.divisions for body in bodies.values()))
    assert sum(len(part) for part in owned) == len(divisions)
    assert BODY in own_divisions(bodies, BODY)


def copied(city: City, key: str) -> str:
    """A statement by which the province copies a row under another local key."""
    columns = [
        row[0]
        for row in city.above(
            "select column_name from information_schema.columns where table_name = %s"
            " and column_name not in ('LSH', 'DFSJZJ')",
            FLOW,
        )
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"insert into {{0}} ({names}, \"DFSJZJ\") select {names}, 'nobody' from {{0}}"
        f" where \"DFSJZJ\" = '{key}'"
    )


def test_many_vanished_records_are_accepted_at_once_and_each_is_audited(
    city: City, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One command takes what had vanished up to a day, by body and table; nothing is withdrawn."""
    monkeypatch.setenv("SPGL_STATE", str(city.settings.state))
    monkeypatch.setenv("SPGL_DATABASE_URL", str(city.settings.database_url))
    city.reconcile()
    for row in city.flows[:3]:
        city.at_source('delete from {} where "DFSJZJ" = %s', row["DFSJZJ"])
    city.reconcile()
    today = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
    chosen = ["--body", BODY, "--table", FLOW]
    signed = ["--reason", "整批归档，已来函", "--by", "张某"]
    assert main(["vanished", "accept", *chosen, "--until", "2026-01-01", *signed]) == 1
    assert "什么也没有改" in capsys.readouterr().out
    assert main(["vanished", "list", *chosen, "--until", "2026-01-01"]) == 0
    assert "襄城区（420602）到 2026-01-01 为止没有未了结的消失记录" in capsys.readouterr().out
    assert main(["vanished", "list", "--body", BODY, "--table", "SPGL_X", "--until", today]) == 2
    assert "has no table 'SPGL_X'" in capsys.readouterr().err
    assert main(["vanished", "list", *chosen, "--until", today]) == 0
    told = capsys.readouterr().out
    assert told.count(f"发现  审批流程信息表 {FLOW}  XZQHDM=420602，") == 3
    assert f"地方数据主键 {city.flows[0]['DFSJZJ']}  已入库" in told
    assert "有 3 条记录未经撤回而从源端消失，上级平台上的没有动" in told
    assert main(["vanished", "list", *chosen, "--until", today, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out.splitlines()[-1])) == 3
    assert main(["vanished", "accept", *chosen, "--until", today, *signed]) == 0
    assert "3" in capsys.readouterr().out
    assert city.reconcile().agrees
    with psycopg.connect(city.owner) as conn:
        acts = conn.execute("select who, did, detail->>'why' from audit").fetchall()
        assert acts == [("张某", "accept difference", "整批归档，已来函")] * 3
        assert conn.execute(
            "select count(*) from version where state <> 'confirmed'"
        ).fetchone() == (0,)
