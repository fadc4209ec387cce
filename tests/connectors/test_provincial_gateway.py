"""The provincial gateway over a real socket: the suite of all targets, and what statuses mean."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response

from connectors.base import StopError, Target, TryLaterError
from connectors.connections import Connections
from connectors.provincial_gateway import ProvincialGateway
from connectors.signers import Keys, sign_hmac
from connectors.upstream import load_upstream, open_target
from schemas import Table, load
from tests.connectors.ports import free_port
from tests.connectors.target_suite import PROJECTS, Province, TargetSuite, outgoing
from tests.connectors.web import serving


class GatewayProvince(Province):
    """Services after the written protocol, in memory. ``fail`` are statuses answered first."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.batches: list[str] = []
        self.fail: list[int] = []
        self.raw: bytes | None = None
        self.slow = 0.0
        self.url = ""
        self.app = FastAPI()
        self.app.add_api_route("/api/{table}", self.write, methods=["POST"])
        self.app.add_api_route("/api/{table}/query", self.query, methods=["POST"])

    async def write(self, table: str, request: Request) -> Response:
        """Writes row by row; a division that is too long is refused for good."""
        if self.fail:
            return Response("失败", self.fail.pop(0), headers={"Retry-After": "7"})
        body = await request.json()
        assert body["batch"] == request.headers["idempotency-key"]
        assert request.headers["x-signature"]
        self.batches.append(body["batch"])
        results = [self._write(table, row) for row in body["rows"]]
        if self.slow:
            time.sleep(self.slow)  # noqa: ASYNC251 - the whole province is slow
        if self.raw is not None:
            return Response(self.raw)
        return Response(json.dumps({"results": results}))

    def _write(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        if len(row["XZQHDM"]) > 6:
            return {"code": 422, "LSH": None, "message": "行政区划代码过长"}
        if row["DFSJZJ"] == "L000503":
            return {"code": 503, "LSH": None, "message": "忙"}
        rows = self.tables.setdefault(table, [])
        lsh = f"{len(rows) + 1:032}"
        rows.append({**row, "LSH": lsh, "SBYY": None})
        return {"code": 0, "LSH": lsh, "message": "成功"}

    async def query(self, table: str, request: Request) -> Response:
        """Rows by the columns of each key."""
        if self.fail:
            return Response("失败", self.fail.pop(0))
        keys = (await request.json())["keys"]
        rows = self.tables.get(table, [])
        found = [
            [row for row in rows if all(row[code] == value for code, value in key.items())]
            for key in keys
        ]
        return Response(json.dumps({"results": found}))

    def target(self, *, losing_answers: bool = False) -> Target:
        """The gateway; losing answers means that it answers after the wait is over."""
        self.slow = 0.8 if losing_answers else 0.0
        return ProvincialGateway(
            f"{self.url}/api/",
            sign_hmac,
            Keys("420600", "secret"),
            answer_seconds=0.3 if losing_answers else 20,
        )

    def rows(self, table: Table = PROJECTS) -> list[dict[str, Any]]:
        """All rows, oldest first."""
        return self.tables.get(table.code, [])

    def decide(self, lsh: str, status: int, reason: str | None) -> None:
        """Writes status and reason into the row."""
        row = next(row for row in self.rows() if row["LSH"] == lsh)
        row |= {"SJSCZT": status, "SBYY": reason}

    def go_away(self) -> None:
        """Nothing listens."""
        self.url = f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def province() -> Iterator[GatewayProvince]:
    """A running gateway."""
    made = GatewayProvince()
    with serving(made.app) as made.url:
        yield made


class TestGateway(TargetSuite):
    """JSON over HTTP."""

    @pytest.fixture
    def province(self, province: GatewayProvince) -> GatewayProvince:
        """A running gateway."""
        return province


def test_the_same_rows_make_the_same_batch(province: GatewayProvince) -> None:
    """The idempotency key depends on table and rows alone."""
    for target in (province.target(), province.target()):
        target.send(PROJECTS, [outgoing(1)])
    target.send(PROJECTS, [outgoing(2)])
    assert province.batches[0] == province.batches[1] != province.batches[2]


@pytest.mark.parametrize("status", [429, 503])
def test_busy_means_later(province: GatewayProvince, status: int) -> None:
    """Busy with nothing written is TryLaterError with the wait that was asked for."""
    province.fail = [status]
    with pytest.raises(TryLaterError) as caught:
        province.target().send(PROJECTS, [outgoing(1)])
    assert caught.value.wait_seconds == 7
    assert province.rows() == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_no_right_needs_a_person(province: GatewayProvince, status: int) -> None:
    """A refused signature or a missing service stops."""
    province.fail = [status]
    with pytest.raises(StopError, match=str(status)):
        province.target().send(PROJECTS, [outgoing(1)])


@pytest.mark.parametrize("status", [500, 502, 504, 302])
def test_other_statuses_say_nothing(province: GatewayProvince, status: int) -> None:
    """An error of the gateway's own leaves open whether the row was written."""
    province.fail = [status]
    (result,) = province.target().send(PROJECTS, [outgoing(1)])
    assert result.outcome == "unknown"


@pytest.mark.parametrize(
    "raw", [b"<html>", b"[]", b'{"results": []}', b'{"results": [{"LSH": "1"}]}']
)
def test_an_answer_that_is_none(province: GatewayProvince, raw: bytes) -> None:
    """An answer that does not fit the rows leaves them unknown, and asking finds them."""
    province.raw = raw
    (result,) = province.target().send(PROJECTS, [outgoing(1)])
    assert result.outcome == "unknown"
    assert province.target().ask(PROJECTS, [outgoing(1)])[0].count == 1


def test_a_refused_request_is_taken_apart(province: GatewayProvince) -> None:
    """A request refused as a whole is sent again in halves; a row busy by itself is for later."""
    province.fail = [400]
    rows = [outgoing(n) for n in (1, 2, 503)]
    outcomes = [result.outcome for result in province.target().send(PROJECTS, rows)]
    assert outcomes == ["sent", "sent", "retry"]


def test_later_after_something_was_sent(province: GatewayProvince) -> None:
    """When the gateway becomes busy between two batches the first keeps its results."""
    target = ProvincialGateway(f"{province.url}/api", sign_hmac, Keys("a", "b"), batch_rows=1)
    province.tables[PROJECTS.code] = []
    original = province._write

    def then_busy(table: str, row: dict[str, Any]) -> dict[str, Any]:
        province.fail = [503]
        return original(table, row)

    province._write = then_busy  # type: ignore[method-assign]  # the gateway changes its mind
    results = target.send(PROJECTS, [outgoing(1), outgoing(2), outgoing(3)])
    assert [result.outcome for result in results] == ["sent", "retry", "retry"]


def test_nothing_more_is_written_by_who_lost_the_rows(province: GatewayProvince) -> None:
    """Before each request it is asked whether the rows are still ours; the error passes through."""
    target = ProvincialGateway(f"{province.url}/api", sign_hmac, Keys("a", "b"), batch_rows=1)
    asked: list[int] = []

    def holds() -> None:
        asked.append(len(province.rows()))
        if len(asked) > 1:
            raise ConnectionResetError("the lease is over")

    with pytest.raises(ConnectionResetError, match="lease"):
        target.send(PROJECTS, [outgoing(1), outgoing(2), outgoing(3)], holds=holds)
    assert asked == [0, 1]
    assert len(province.rows()) == 1


def test_doubtful_rows_wait_for_the_query(province: GatewayProvince) -> None:
    """When it cannot be asked whether a tried row is there, nothing is sent."""
    province.fail = [500]
    with pytest.raises(TryLaterError):
        province.target().send(PROJECTS, [outgoing(1, tried=True), outgoing(2)])
    assert province.rows() == []


def test_the_upstream_file() -> None:
    """Both generations have their way to the province; keys are looked for where they belong."""
    upstream = load_upstream()
    assert {way.connector for way in upstream.targets.values()} == {
        "provincial_database",
        "provincial_gateway",
    }
    stored = {
        "SPGL_CONN_PROVINCE_V2": "http://127.0.0.1:9",
        "SPGL_CONN_PROVINCE_V3": "postgresql://a:b@127.0.0.1:9/c",
    }
    with pytest.raises(StopError, match="SPGL_CONN_PROVINCE_V2_SECRET"):
        open_target(load("2.0"), Connections(stored))
    stored["SPGL_CONN_PROVINCE_V2_SECRET"] = "x"
    for version in ("2.0", "3.0"):
        open_target(load(version), Connections(stored)).close()
    with pytest.raises(StopError, match=r"takes no standard 'provincial-fire'"):
        open_target(load("provincial-fire"), Connections(stored))
    assert datetime.now(UTC).date() >= upstream.effective_from
