"""Delivery to an intake interface, tried on a real HTTP server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from simulators.county.intake_outlet import IntakeOutlet
from simulators.county.journal import Batch, Step
from simulators.county.outlet import AwayError, UnstorableError

BATCH = Batch(
    7,
    "3.0",
    "",
    0,
    (
        Step("insert", "T1", "1", {"A": "𠮷", "B": None}),
        Step("insert", "T1", "2", {"A": "2"}),
        Step("insert", "T2", "3", {"A": "3"}),
    ),
)


class Office(ThreadingHTTPServer):
    """Takes requests down and answers as it is told to."""

    daemon_threads = True
    taken: list[tuple[str, str, str, object]]
    answers: list[int]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Office

    def do_POST(self) -> None:
        """Notes the request and answers with the next status."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key, token = self.headers["Idempotency-Key"], self.headers["Authorization"]
        self.server.taken.append((self.path, key, token, body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        answer = json.dumps({"receipt": f"R{len(self.server.taken)}"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def office() -> Iterator[Office]:
    """A server on a free port."""
    server = Office(("127.0.0.1", 0), Handler)
    server.taken, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def outlet(office: Office) -> Iterator[IntakeOutlet]:
    """The way to that server."""
    made = IntakeOutlet("420600-gxq-ab", f"http://127.0.0.1:{office.server_port}", "secret")
    yield made
    made.close()


def test_one_request_per_table_with_token_and_key(office: Office, outlet: IntakeOutlet) -> None:
    """Rows go table by table in their order; text stays text and empty stays null."""
    assert outlet.deliver(BATCH)
    (first, second) = office.taken
    assert first == (
        "/v1/3.0/T1",
        "420600-gxq-ab-3.0-7-0",
        "Bearer secret",
        {"rows": [{"A": "𠮷", "B": None}, {"A": "2"}]},
    )
    assert second[:2] == ("/v1/3.0/T2", "420600-gxq-ab-3.0-7-1")
    assert outlet.receipts == ["R1", "R2"]


def test_a_failure_is_repeated_with_the_same_keys(office: Office, outlet: IntakeOutlet) -> None:
    """After 503 the whole batch comes again and every key is as before."""
    office.answers = [200, 503]
    with pytest.raises(AwayError):
        outlet.deliver(BATCH)
    assert outlet.deliver(BATCH)
    keys = [key for _, key, _, _ in office.taken]
    assert keys[:2] == keys[2:]


def test_a_refusal_is_final_but_the_other_tables_go_on(
    office: Office, outlet: IntakeOutlet
) -> None:
    """What is refused for good is reported after the rest of the batch was pushed."""
    office.answers = [422]
    with pytest.raises(UnstorableError, match="T1: 422"):
        outlet.deliver(BATCH)
    assert len(office.taken) == 2


def test_nobody_there(outlet: IntakeOutlet, office: Office) -> None:
    """A refused connection is the other end being away."""
    away = IntakeOutlet("s", "http://127.0.0.1:1", "secret")
    with pytest.raises(AwayError):
        away.deliver(BATCH)
    away.close()
