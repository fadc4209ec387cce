"""A body's HTTP interface keeps the promises of all sources, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI, Response

from connectors.base import RefusedError, StopError, TryLaterError
from connectors.http_pull import HttpPull
from connectors.signers import Keys, sign_not
from schemas import Table
from tests.connectors.ports import free_port
from tests.connectors.source_suite import (
    PROJECTS,
    STAGES,
    SourceSuite,
    Taker,
    World,
    project,
)
from tests.connectors.web import serving


class HttpWorld(World):
    """A body with an interface; ``fail`` are statuses that it answers with first."""

    body = "420683"

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {STAGES.code: [], PROJECTS.code: []}
        self.lost: set[str] = set()
        self.fail: list[int] = []
        self.raw: bytes | None = None
        self.url = ""
        self.app = FastAPI()
        self.app.add_api_route("/front/{table}", self.answer, methods=["GET"])

    def answer(self, table: str, limit: int, after: int = 0) -> Response:
        """A page after position ``after``."""
        if self.fail:
            return Response("busy", self.fail.pop(0))
        if self.raw is not None:
            return Response(self.raw, 200)
        rows = self.rows[table][after : after + limit]
        page = {
            "rows": [{k: v for k, v in row.items() if k not in self.lost} for row in rows],
            "next": str(after + len(rows)),
            "more": after + len(rows) < len(self.rows[table]),
            "now": datetime.now(UTC).isoformat(),
        }
        return Response(json.dumps(page), media_type="application/json")

    def source(self) -> HttpPull:
        """The interface."""
        return HttpPull(
            self.body, f"{self.url}/front", (STAGES, PROJECTS), sign_not, Keys(), answer_seconds=5
        )

    def put(self, table: Table, rows: Sequence[Mapping[str, str | None]]) -> None:
        """Rows at the end."""
        self.rows[table.code].extend({"LSH": None, "SBYY": None} | dict(row) for row in rows)

    def drop_column(self, _table: Table, column: str) -> None:
        """No row has the column any more."""
        self.lost.add(column)

    def go_away(self) -> None:
        """Nothing listens."""
        self.url = f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    """A body with a running interface."""
    made = HttpWorld()
    with serving(made.app) as made.url:
        yield made


class TestHttpPull(SourceSuite):
    """JSON pages."""

    @pytest.fixture
    def world(self, world: HttpWorld) -> HttpWorld:
        """A body with a running interface."""
        return world


def test_short_trouble_is_ridden_out(world: HttpWorld) -> None:
    """Two 503 in a row are tried again inside one pull; more mean later."""
    world.put(PROJECTS, [project(1)])
    world.fail = [503, 502]
    assert len(Taker(world).pull()) == 1
    world.fail = [503] * 20
    with pytest.raises(TryLaterError, match="503"):
        Taker(world).pull()


@pytest.mark.parametrize(
    ("status", "error"), [(401, StopError), (400, RefusedError), (500, TryLaterError)]
)
def test_what_a_status_means(world: HttpWorld, status: int, error: type[Exception]) -> None:
    """Refused rights need a person, a refused request the body, the rest time."""
    world.fail = [status]
    with pytest.raises(error, match=str(status)):
        Taker(world).pull()


@pytest.mark.parametrize(
    "raw", [b"<html>", b"[1, 2]", b'{"rows": 5, "next": "a"}', b'{"rows": [5], "next": "a"}',
            b'{"rows": [], "next": null, "more": true}', b"\xff\xfe"]
)  # fmt: skip
def test_garbage_is_refused(world: HttpWorld, raw: bytes) -> None:
    """An answer that is not of the protocol is refused with the body and table named."""
    world.raw = raw
    with pytest.raises(RefusedError) as caught:
        Taker(world).pull()
    assert (caught.value.body, caught.value.table) == (world.body, PROJECTS.code)


def test_values_that_are_no_text(world: HttpWorld) -> None:
    """Whole numbers are taken; fractions, objects, NUL and half characters are defects."""
    row: dict[str, Any] = dict(project(1))
    row |= {"ZTZE": 12, "YDMJ": 1.10, "JSDD": {"a": 1}, "XMMC": "a\0", "GCFW": "\ud842"}
    world.rows[PROJECTS.code].append(row | {"GXSJ": "2026-01-02 03:04:05"})
    (read,) = Taker(world).pull()
    assert read.values["ZTZE"] == "12"
    assert {(defect.field, defect.code) for defect in read.defects} == {
        ("YDMJ", "digits_lost"),
        ("JSDD", "not_text"),
        ("XMMC", "nul_byte"),
        ("GCFW", "lone_surrogate"),
    }
    assert str(read.changed_at) == "2026-01-02 03:04:05+08:00"
