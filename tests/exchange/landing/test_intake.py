"""The HTTP intake over a real socket: receipts, replays, refusals in words a county can act on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn

from exchange.landing.intake import MAX_ROWS, Sender, intake_app
from exchange.ledger.signing import canonical, is_signed, make_key, read_key
from exchange.store.connection import Store
from schemas import load
from schemas.self_check import SelfCheck, rows_digest
from tests.exchange.records import BODY, NOW, body
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database
TABLE = "SPGL_SPLCXXB"
TOKEN = "a-token-of-the-test"


@dataclass
class Intake:
    """A running intake and its store."""

    url: str
    store: Store

    def push(self, content: Any, *, key: str = "k1", **headers: str) -> requests.Response:
        """Push JSON (or raw bytes) to the flow table."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": key} | headers
        return requests.post(f"{self.url}/v1/3.0/{TABLE}", data=data, headers=sent, timeout=10)

    def raws(self) -> list[dict[str, Any]]:
        """The raw rows that landed."""
        with self.store.transaction() as conn:
            return [row["raw"] for row in conn.execute("select raw from version order by id")]


@pytest.fixture
def intake(exchange_store: ExchangeStore, tmp_path: Path) -> Iterator[Intake]:
    """An intake for one body, served by uvicorn on a free port."""
    store = Store(exchange_store.app_dsn, by="intake")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '测试县', '{420602}', 'http_intake')", (BODY,))
    make_key(tmp_path / "key.toml")
    app = intake_app(
        store,
        [Sender(body(), TOKEN, {"3.0": load("3.0")})],
        key=read_key(tmp_path / "key.toml"),
        clock=lambda: NOW,
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Intake(f"http://127.0.0.1:{port}", store)
    server.should_exit = True
    thread.join()
    store.close()


ROW = {"XZQHDM": "420602", "SPLCBM": "LC1", "SPLCBBH": "1", "SJYXBS": "1", "DFSJZJ": "z1"}


def test_push_is_landed_and_receipted(intake: Intake) -> None:
    """Rows pushed once are landed once and the answer counts them."""
    answer = intake.push({"rows": [ROW]})
    assert answer.status_code == 200
    assert (answer.json()["new"], answer.json()["replayed"]) == (1, 0)
    assert intake.raws() == [ROW]


def test_rows_that_the_body_checked_itself_are_recognised(intake: Intake) -> None:
    """The code of a check is kept with the batch, and whether it was of these very rows."""
    table, rows = load("3.0").table(TABLE), [ROW, ROW | {"DFSJZJ": "z2", "SPLCBM": "LC2"}]
    digest = rows_digest(table, reversed(rows))
    code = SelfCheck.of(ruleset="a" * 16, passed=2, failed=0, sha256="0" * 64, rows=digest).code
    assert intake.push({"rows": rows}, **{"Self-Check": code}).status_code == 200
    assert intake.push({"rows": rows[:1]}, key="k2", **{"Self-Check": code}).status_code == 200
    with intake.store.transaction() as conn:
        kept = conn.execute("select code, recognised from self_check order by batch_id").fetchall()
    assert [(row["code"], row["recognised"]) for row in kept] == [(code, True), (code, False)]


def test_the_answer_is_signed_and_names_a_receipt_for_each_row(intake: Intake) -> None:
    """Known content gets the receipt of its first landing; mended content gets one of its own."""
    first = intake.push({"rows": [ROW]}).json()
    again = intake.push({"rows": [ROW, ROW | {"SPLCMC": "改正"}]}, key="k2").json()
    (mine,) = first["rows"]
    assert not mine["replayed"]
    assert again["rows"][0] == mine | {"replayed": True}
    assert again["rows"][1]["receipt"] not in {mine["receipt"], None}
    signature = again.pop("signature")
    assert is_signed(canonical(again), signature)
    assert not is_signed(canonical(again | {"new": 2}), signature)


def test_a_body_reads_its_own_receipts_only(intake: Intake) -> None:
    """The receipts of a version are handed to the body that sent it, signed; others get none."""
    (row,) = intake.push({"rows": [ROW]}).json()["rows"]
    url = f"{intake.url}/v1/versions/{row['version']}/receipts"
    mine = {"Authorization": f"Bearer {TOKEN}"}
    (receipt,) = requests.get(url, headers=mine, timeout=10).json()["receipts"]
    assert receipt["content"]["number"] == row["receipt"]
    assert is_signed(canonical(receipt["content"]), receipt["signature"])
    assert requests.get(url, headers={"Authorization": "Bearer x"}, timeout=10).status_code == 401
    other = url.replace(f"/{row['version']}/", f"/{row['version'] + 1}/")
    assert requests.get(other, headers=mine, timeout=10).status_code == 404


def test_same_request_gets_the_same_receipt(intake: Intake) -> None:
    """A repeated request, as after a lost answer, is answered alike and changes nothing."""
    first, second = intake.push({"rows": [ROW]}), intake.push({"rows": [ROW]})
    assert first.json() == second.json()
    assert len(intake.raws()) == 1


def test_used_key_with_other_content_is_refused(intake: Intake) -> None:
    """The key of one request cannot carry another content."""
    intake.push({"rows": [ROW]})
    assert intake.push({"rows": [ROW | {"SPLCMC": "改"}]}).status_code == 409
    assert len(intake.raws()) == 1


def test_digits_are_kept_and_odd_values_become_defects(intake: Intake) -> None:
    """Numbers keep every digit; objects and booleans are kept as text with a defect each."""
    long = b'{"rows": [{"SPLCBM": 123456789012345678901.10, "SPLCMC": {"a": 1}, "SJYXBS": true}]}'
    assert intake.push(long).status_code == 200
    (raw,) = intake.raws()
    assert raw == {
        "SPLCBM": "123456789012345678901.10",
        "SPLCMC": "{'a': '1'}",
        "SJYXBS": "True",
    }
    with intake.store.transaction() as conn:
        found = conn.execute("select defects from version").fetchone()
    assert found is not None
    assert [defect["field"] for defect in found["defects"]] == ["SPLCMC", "SJYXBS"]


@pytest.mark.parametrize(
    ("content", "status", "word"),
    [
        (b"\xff\xfe\x00", 400, "JSON"),
        (b"[1,2]", 400, "rows"),
        (b"[" * 100_000, 400, "JSON"),
        ({"rows": [{"NOPE": "1"}]}, 400, "NOPE"),
        ({"rows": ["x"]}, 400, "rows"),
        ({"rows": [{}] * (MAX_ROWS + 1)}, 413, "分批"),
    ],
)
def test_garbage_is_refused_in_words(intake: Intake, content: Any, status: int, word: str) -> None:
    """What cannot be taken is refused whole, with a Chinese sentence that says what to do."""
    answer = intake.push(content)
    assert answer.status_code == status
    assert word in answer.json()["error"]
    assert intake.raws() == []


def test_who_is_unknown_or_asks_for_an_unknown_table(intake: Intake) -> None:
    """A wrong token, a missing key, an unknown table and an unknown version are told apart."""
    assert intake.push({"rows": []}, Authorization="Bearer x").status_code == 401
    assert intake.push({"rows": []}, key="").status_code == 400
    headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "k"}
    for path in ("3.0/SPGL_NOPE", "9.9/SPGL_SPLCXXB"):
        answer = requests.post(
            f"{intake.url}/v1/{path}", json={"rows": []}, headers=headers, timeout=10
        )
        assert answer.status_code == 404
