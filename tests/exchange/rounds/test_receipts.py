"""A body that we pull from finds its receipts in its folder: each once, signed, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.cli import main
from exchange.ledger.receipts import receipts
from exchange.ledger.seal import seal
from exchange.ledger.signing import canonical, is_signed, read_key
from exchange.rounds.outflow import chase
from exchange.rounds.receipts import hand_out_receipts
from exchange.settings import Settings
from exchange.store.connection import Store
from tests.exchange.records import BODY, FLOW, World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database
OTHER = "420606"
DAY = timedelta(days=1)


@pytest.fixture
def world(exchange_store: ExchangeStore) -> Iterator[World]:
    """Its store with two bodies; one has a record that passed and one that came back."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        for code, name in ((BODY, "襄城区"), (OTHER, "樊城区")):
            conn.execute("insert into body values (%s, %s, array[%s], 'none')", (code, name, code))
    found = World(store, now=datetime.now(UTC))
    flow = found.flow()
    found.land(FLOW, flow, flow | {"SPLCBM": "LC-2", "DFSJZJ": "2", "SPLCMC": None})
    found.judge()
    found.land(FLOW, flow, body=OTHER)
    seal(store, now=datetime.now(UTC))
    yield found
    store.close()


def files(settings: Settings, body: str) -> list[dict[str, Any]]:
    """What lies in a body's folder."""
    folder = settings.state / "notices" / body
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("回执-*"))]


def test_receipts_of_a_day_are_handed_out_once(world: World, settings: Settings) -> None:
    """Today's are not handed out yet; tomorrow they are, to each body its own, and never again."""
    now = datetime.now(UTC)
    assert hand_out_receipts(settings, now=now).made == []
    done = hand_out_receipts(settings, now=now + DAY)
    assert done.delivered == done.made
    assert len(done.made) == 2
    (mine,), (others,) = files(settings, BODY), files(settings, OTHER)
    kinds = [one["kind"] for one in mine["content"]["receipts"]]
    assert sorted(kinds) == ["收讫", "收讫", "校验", "校验"]
    assert [one["kind"] for one in others["content"]["receipts"]] == ["收讫"]
    assert hand_out_receipts(settings, now=now + 2 * DAY).made == []
    world.land(FLOW, world.flow() | {"SPLCBM": "LC-3", "DFSJZJ": "3"})
    seal(world.store, now=now + 2 * DAY)
    assert len(hand_out_receipts(settings, now=now + 3 * DAY).made) == 1
    first, second = files(settings, BODY)
    assert first == mine
    assert [one["kind"] for one in second["content"]["receipts"]] == ["收讫"]


def test_file_is_signed_and_tells_what_the_single_receipts_tell(
    world: World, settings: Settings
) -> None:
    """Number and content are those of the receipt that is signed by itself; tamper-proof."""
    hand_out_receipts(settings, now=datetime.now(UTC) + DAY)
    (mine,) = files(settings, BODY)
    key = read_key(settings.signing_key)
    ids = [row["id"] for row in world.rows("select id from version where body = %s", BODY)]
    with world.store.transaction() as conn:
        single = [dict(one.content) for one in receipts(conn, ids, key)]
    signer = {one.pop("signed_by") for one in single}
    assert signer == {mine["content"]["signed_by"]}
    told = mine["content"]["receipts"]
    assert sorted(told, key=lambda one: one["number"]) == sorted(
        single, key=lambda one: one["number"]
    )
    assert is_signed(canonical(mine["content"]), mine["signature"])
    told[0]["at"] = "2026-01-01T00:00:00.000+00:00"
    assert not is_signed(canonical(mine["content"]), mine["signature"])


def test_full_file_is_followed_by_the_next_part(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More receipts than fit into one file are all there, in parts."""
    monkeypatch.setattr("exchange.ledger.receipt_files.PART_RECEIPTS", 3)
    assert world.states(FLOW)
    hand_out_receipts(settings, now=datetime.now(UTC) + DAY)
    parts = files(settings, BODY)
    assert [len(one["content"]["receipts"]) for one in parts] == [3, 1]
    assert [one["content"]["part"] for one in parts] == [1, 2]


def test_file_whose_folder_is_closed_waits_for_the_next_round(
    world: World, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be delivered stays the same file and goes with the next chase."""
    notices = settings.state / "notices"
    notices.mkdir(parents=True)
    (notices / BODY).write_text("in the way")
    now = datetime.now(UTC) + DAY
    done = hand_out_receipts(settings, now=now)
    assert [len(done.made), len(done.delivered), len(done.failures)] == [2, 1, 1]
    (notices / BODY).unlink()
    assert chase(settings, now=now).delivered[-1] == f"回执-{BODY}-{files_day(world)}-001.json"
    assert len(files(settings, BODY)) == 1
    assert main(["ledger", "hand-out"]) == 0
    assert "制作 0 份，送达 0 份" in capsys.readouterr().out


def files_day(world: World) -> str:
    """The day that files were made for."""
    return str(world.rows("select day from receipt_day")[0]["day"])
