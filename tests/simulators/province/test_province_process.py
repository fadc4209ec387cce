"""The province as a process: both forms on the wire, its modes, its audit."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
import requests

from schemas import load
from schemas.sample import valid
from simulators.accounts import Account, Accounts
from simulators.front_databases import connect_postgresql
from simulators.settings import World
from tests.simulators.processes import ROOT, running, wait_for

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("emptied")]

FLOW3, FLOW2 = "SPGL_SPLCXXB", "SPGL_DFXMSPLCXXB"


class Sender:
    """What the exchange does, in the plainest way."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        self.world = world
        inner = accounts.senders["province_v3"]
        self.account = Account(
            inner.server, "127.0.0.1", world.front_port, inner.database, inner.user, inner.password
        )
        self.secret = accounts.secret("gateway")
        self.http = requests.Session()
        self.http.trust_env = False

    def insert(self, connection: psycopg.Connection, code: str) -> None:
        """Inserts a flow row and commits."""
        row = valid(load("3.0"), FLOW3, Random(1), given={"XZQHDM": "420602", "SPLCBM": code})
        codes = [name for name in row if name not in {"LSH", "SBYY"}]
        names = ", ".join(f'"{name}"' for name in codes)
        marks = ", ".join(["%s"] * len(codes))
        text = f'insert into "{FLOW3}" ({names}) values ({marks})'
        connection.execute(text.encode(), [row[name] for name in codes])
        connection.commit()

    def post(self, path: str, body: object, *, secret: str | None = None) -> requests.Response:
        """A signed request to the HTTP services."""
        raw = json.dumps(body).encode()
        now = str(int(time.time()))
        text = "\n".join(["POST", path, now, "n", hashlib.sha256(raw).hexdigest()])
        signature = hmac.new((secret or self.secret).encode(), text.encode(), "sha256").hexdigest()
        return self.http.post(
            f"http://127.0.0.1:{self.world.gateway_port}{path}",
            data=raw,
            headers={"X-Timestamp": now, "X-Nonce": "n", "X-Signature": signature},
            timeout=4,
        )

    def flow(self, code: str) -> dict[str, str | None]:
        """A flow row for the HTTP services."""
        row = valid(load("2.0"), FLOW2, Random(1), given={"XZQHDM": "420626", "SPLCBM": code})
        return {name: text for name, text in row.items() if name not in {"LSH", "SBYY"}}

    def query(self, code: str) -> list[dict[str, Any]]:
        """All rows of a flow at the HTTP services."""
        answer = self.post(f"/{FLOW2}/query", {"keys": [{"SPLCBM": code, "SJYXBS": "1"}]})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"][0]
        return found


@pytest.fixture(scope="module")
def province(
    small_world: World, world_toml: Path, world_accounts: Accounts
) -> Iterator[subprocess.Popen[bytes]]:
    """One province for all tests here."""
    assert world_accounts.province
    with running(world_toml, "province") as process:
        _listening(small_world.front_port)
        _listening(small_world.gateway_port)
        yield process


@pytest.fixture
def sender(
    small_world: World, world_accounts: Accounts, province: subprocess.Popen[bytes]
) -> Iterator[Sender]:
    """The exchange's side; the modes are normal again afterwards."""
    assert province.poll() is None
    made = Sender(small_world, world_accounts)
    yield made
    made.http.close()
    if province.poll() is not None:
        return
    _set(small_world, "3.0", mode="normal")
    _set(small_world, "2.0", mode="normal")
    _listening(small_world.front_port)
    _listening(small_world.gateway_port)


def _listening(port: int) -> None:
    import socket

    def answers() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    wait_for(answers, 30)


def _set(world: World, version: str, **settings: object) -> None:
    path = world.controls / f"province-{version}.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"settings": settings}), "utf-8")
    part.replace(path)
    time.sleep(1)


def _status(accounts: Accounts, code: str) -> list[str]:
    with connect_postgresql(accounts.province["province_v3"]) as connection:
        return [
            row[0]
            for row in connection.execute(
                f'select "SJSCZT"::text from "{FLOW3}" where "SPLCBM" = %s order by "LSH"', [code]
            )
        ]


def test_a_row_in_the_front_database_gets_its_verdict(
    sender: Sender, world_accounts: Accounts
) -> None:
    """Written through the province's port, the row is in the national system soon after."""
    with connect_postgresql(sender.account) as connection:
        sender.insert(connection, "A1")
    wait_for(lambda: _status(world_accounts, "A1") == ["3"])


def test_rows_over_http(sender: Sender) -> None:
    """A written row has a serial number of 32 characters and can be asked for by key or number."""
    answer = sender.post(f"/{FLOW2}", {"batch": "b", "rows": [sender.flow("B1"), {"X": "1"}]})
    taken, refused = answer.json()["results"]
    assert taken["code"] == 0
    assert len(taken["LSH"]) == 32
    assert taken["LSH"].startswith("420626")
    assert taken["LSH"][20:22] == load("2.0").table(FLOW2).table_no
    assert refused["code"] == 422
    wait_for(lambda: [row["SJSCZT"] for row in sender.query("B1")] == ["3"])
    by_number = sender.post(f"/{FLOW2}/query", {"keys": [{"LSH": taken["LSH"]}, {"LSH": "no"}]})
    (found,), nothing = by_number.json()["results"]
    assert found["SPLCBM"] == "B1"
    assert set(found) == set(load("2.0").table(FLOW2).columns)
    assert nothing == []


def test_what_the_services_refuse(sender: Sender) -> None:
    """Wrong signature, unknown service and nonsense have different answers."""
    assert sender.post(f"/{FLOW2}", {"rows": []}, secret="other").status_code == 401
    assert sender.post("/SPGL_NONE", {"rows": []}).status_code == 404
    assert sender.post(f"/{FLOW2}", {"rows": 1}).status_code == 400
    assert sender.post(f"/{FLOW2}", [1]).status_code == 400
    assert sender.post(f"/{FLOW2}/query", {"keys": [{"NO": "1"}]}).status_code == 400


def test_down_and_up_again(sender: Sender, small_world: World) -> None:
    """In mode down nobody answers and open sessions are cut; normal mode answers again."""
    with connect_postgresql(sender.account) as connection:
        _set(small_world, "3.0", mode="down")
        _set(small_world, "2.0", mode="down")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        connect_postgresql(sender.account)
    with pytest.raises(requests.ConnectionError):
        sender.post(f"/{FLOW2}", {"rows": []})


def test_a_commit_whose_answer_never_comes(
    sender: Sender, small_world: World, world_accounts: Accounts
) -> None:
    """The sender sees a broken session or a timeout, and yet every row is there."""
    for version in ("3.0", "2.0"):
        _set(small_world, version, mode="timeout-after-commit", share=1, hang=5)
    connection = connect_postgresql(sender.account)
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        sender.insert(connection, "C1")
    connection.close()
    assert time.monotonic() - began > 2
    with pytest.raises(requests.ReadTimeout):
        sender.post(f"/{FLOW2}", {"rows": [sender.flow("C2")]})
    wait_for(lambda: _status(world_accounts, "C1") == ["3"])
    assert len(sender.query("C2")) == 1


def test_saying_yes_and_losing_it_over_http(sender: Sender, small_world: World) -> None:
    """In mode lying the answer is success with a serial number, and nothing is there."""
    _set(small_world, "2.0", mode="lying", share=1)
    (result,) = sender.post(f"/{FLOW2}", {"rows": [sender.flow("D1")]}).json()["results"]
    assert result["code"] == 0
    assert sender.query("D1") == []


def test_the_audit_tells_what_came_twice(
    sender: Sender, world_toml: Path, world_accounts: Accounts
) -> None:
    """The audit ends with 1 and names the key when the same row was sent twice, else with 0."""
    with connect_postgresql(sender.account) as connection:
        sender.insert(connection, "E1")
        assert _audit(world_toml)[0] == 0
        sender.insert(connection, "E1")
    wait_for(lambda: "0" not in _status(world_accounts, "E1"))
    code, found = _audit(world_toml)
    assert code == 1
    assert found["duplicates"] == 1
    (twice,) = found["standards"]["3.0"]["duplicates"]["rows"]
    assert (twice["kind"], twice["key"]["SPLCBM"]) == ("content", "E1")


def test_it_leaves_when_told(sender: Sender, province: subprocess.Popen[bytes]) -> None:
    """SIGTERM ends the process, open sessions included. Runs last: the province is gone then."""
    with connect_postgresql(sender.account) as connection:
        province.send_signal(signal.SIGTERM)
        assert province.wait(30) == 0
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")


def _audit(config: Path) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "simulators.province", "audit", "--config", str(config)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        cwd=ROOT,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, found
