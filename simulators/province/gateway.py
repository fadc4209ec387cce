"""The province's HTTP services: one per table, as ``connectors/provincial_gateway.py`` documents.

``POST /{TABLE}`` writes rows, ``POST /{TABLE}/query`` finds rows by key or serial number. The
serial number has 32 characters: 6 of the division, 14 of the time, 2 of the table, 10 counted on.
A repeated batch is written again: nothing upstream protects the sender from itself.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from schemas import Standard, Table
from simulators.accounts import Account
from simulators.events import Events
from simulators.province.modes import Mode
from simulators.province.signature import complaint
from simulators.province.tables import ProvinceTables

_MOST_ROWS = 1000
_NO_NUMBER = "00"

Body = Mapping[str, Any]


class BadRequestError(Exception):
    """The request cannot be understood; answered with 400 and this text."""


class Gateway:
    """The services of one version. Rows are kept in the province's own tables."""

    def __init__(
        self,
        account: Account,
        standard: Standard,
        mode: Mode,
        secret: str,
        events: Events,
        clock: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._standard = standard
        self._mode = mode
        self._secret = secret
        self._events = events
        self._clock = clock
        self._lock = threading.Lock()
        self._tables: ProvinceTables | None = None
        self._late: set[asyncio.Task[None]] = set()
        self.app = FastAPI(openapi_url=None)
        self.app.add_api_route("/{table}", self.write, methods=["POST"])
        self.app.add_api_route("/{table}/query", self.query, methods=["POST"])

    async def write(self, table: str, request: Request) -> JSONResponse:
        """Writes rows; each gets its own result."""
        if self._mode.hits("late-commit"):
            await request.body()  # read while the sender is still there
            late = asyncio.create_task(self._write_late(table, request))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
            return _answer(504, "超时")
        answer = await self._serve(table, request, self._write)
        if answer.status_code == 200 and self._mode.hits("timeout-after-commit"):  # noqa: PLR2004 – OK
            self._events.say("gateway", "written, never answered", table=table)
            await asyncio.sleep(self._mode.hang)
            return _answer(504, "超时")
        return answer

    async def _write_late(self, table: str, request: Request) -> None:
        await asyncio.sleep(self._mode.hang)
        answer = await self._serve(table, request, self._write)
        self._events.say("gateway", "written late", table=table, status=answer.status_code)

    async def query(self, table: str, request: Request) -> JSONResponse:
        """Finds rows by key and validity, or by serial number."""
        return await self._serve(table, request, self._query)

    async def _serve(
        self, name: str, request: Request, work: Callable[[Table, Body], list[Any]]
    ) -> JSONResponse:
        """Checks the signature and the form of a request, then does the work in a thread."""
        raw = await request.body()
        wrong = complaint(
            request.method, request.url.path, request.headers, raw, self._secret, self._clock()
        )
        if wrong is not None:
            self._events.say("gateway", "signature refused", table=name, why=wrong)
            return _answer(401, f"签名校验未通过：{wrong}")
        table = self._standard.tables.get(name)
        if table is None:
            return _answer(404, f"没有这个服务：{name}")
        try:
            results = await run_in_threadpool(work, table, json.loads(raw))
        except (ValueError, TypeError, AttributeError, BadRequestError) as error:
            return _answer(400, f"请求内容无法识别：{error}")
        except psycopg.OperationalError as error:
            self._events.say("gateway", "database away", error=str(error))
            return _answer(503, "系统维护中，请稍后再试", {"Retry-After": "2"})
        return JSONResponse({"results": results})

    def _write(self, table: Table, body: Body) -> list[Any]:
        rows = body.get("rows")
        if not isinstance(rows, list) or len(rows) > _MOST_ROWS:
            raise BadRequestError(f"rows 应为列表，最多{_MOST_ROWS}行")
        with self._work() as tables:
            return [self._write_one(tables, table, row) for row in rows]

    def _write_one(self, tables: ProvinceTables, table: Table, row: Body) -> dict[str, Any]:
        unknown = sorted(set(row) - set(table.columns))
        if unknown:
            return _result(422, None, f"没有这个字段：{'、'.join(unknown)}")
        lsh = self._serial_number(tables, table, row)
        if self._mode.hits("lying"):
            self._events.say("province", "said yes and lost it", table=table.code, lsh=lsh)
            return _result(0, lsh, "成功")
        written = {code: row.get(code) for code in table.columns}
        try:
            with tables.connection.transaction():
                tables.insert(table.code, written | {"LSH": lsh, "SJSCZT": "0", "SBYY": None})
        except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
            return _result(422, None, f"数据无法存储：{str(error).splitlines()[0]}")
        return _result(0, lsh, "成功")

    def _query(self, table: Table, body: Body) -> list[Any]:
        keys = body.get("keys")
        if not isinstance(keys, list) or len(keys) > _MOST_ROWS:
            raise BadRequestError(f"keys 应为列表，最多{_MOST_ROWS}个")
        for key in keys:
            unknown = sorted(set(key) - set(table.columns))
            if unknown or not key:
                raise BadRequestError(
                    f"没有这个字段：{'、'.join(unknown)}" if unknown else "空的查询"
                )
        with self._work() as tables:
            return [tables.rows(table.code, key) for key in keys]

    def _serial_number(self, tables: ProvinceTables, table: Table, row: Body) -> str:
        division = str(row.get("XZQHDM") or "")[:6].rjust(6, "0")
        time = self._clock().strftime("%Y%m%d%H%M%S")
        return f"{division}{time}{table.table_no or _NO_NUMBER}{tables.next_serial():010d}"

    @contextmanager
    def _work(self) -> Iterator[ProvinceTables]:
        """The tables for one request at a time, in one transaction."""
        with self._lock:
            if self._tables is None or self._tables.connection.closed:
                self._tables = ProvinceTables(self._account, self._standard, "gateway")
            with self._tables.connection.transaction():
                yield self._tables


def _result(code: int, lsh: str | None, message: str) -> dict[str, Any]:
    return {"code": code, "LSH": lsh, "message": message}


def _answer(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"message": message}, status_code=status, headers=dict(headers or {}))
