"""HTTP intake: a body pushes rows, they are landed at once, the answer is the receipt.

::

    POST /v1/{standard}/{TABLE}     Authorization: Bearer <token>   Idempotency-Key: <text>
                                    Self-Check: <自查码>, optional
    {"rows": [{"XZQHDM": "…", …}, …]}

    200 {"receipt": "收讫-123", "batch": 123, "read": 2, "new": 1, "replayed": 1,
         "rows": [{"row": 1, "version": 77, "receipt": "收讫-123-77", "replayed": false}, …],
         "signature": {…}}

    GET /v1/versions/77/receipts    200 {"receipts": [{"content": {…}, "signature": {…}}, …]}

The same key with the same rows gets the same answer again and changes nothing; the same key with
other rows is refused (409). A row whose content is known already gets the receipt of its first
landing. Values are text or null; a number is kept as it was written. Answers other than 200 say in
Chinese what was wrong, what is allowed and what to do.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from connectors.base import Page, SourceRow
from connectors.cells import json_row
from connectors.county import Body
from exchange.errors import TryLaterError
from exchange.landing.land import Feed, land
from exchange.ledger.receipts import (
    landed_number,
    receipts_for_body,
    request_receipt,
    versions_of_contents,
)
from exchange.ledger.signing import SigningKey
from exchange.store.connection import Conn, Store
from exchange.store.identity import content_hash, record_key
from exchange.store.queries import load
from schemas import Standard, Table, UnknownTableError
from schemas.self_check import SelfCheck, rows_digest

Q = load("landing")
MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 5000
KEY_LENGTH = 200


class NoRoomError(TryLaterError):
    """The disk has no room. Nothing was taken; send again later with the same key."""


class _RefusedError(Exception):
    """The request cannot be taken; ``status`` and the text go to the body."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True)
class Sender:
    """A body that may push, with the token that proves it and what it delivers."""

    body: Body
    token: str
    standards: Mapping[str, Standard]


def intake_app(
    store: Store,
    senders: list[Sender],
    *,
    key: SigningKey,
    clock: Callable[[], datetime],
    is_full: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """The application that takes rows in; every sender lands in the same ledger as a pull.

    ``key`` signs what is answered. While ``is_full`` says that the disk has no room nothing is
    taken.
    """
    app = FastAPI(title="工程审批数据接收", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/v1/{standard}/{table}")
    async def push(standard: str, table: str, request: Request) -> JSONResponse:
        try:
            sender = _sender(senders, request)
            if is_full():
                raise NoRoomError
            content = await _content(request)
            answer = await run_in_threadpool(
                _take, store, key, sender, standard, table, request.headers, content, clock()
            )
        except _RefusedError as refusal:
            return JSONResponse({"error": refusal.text}, status_code=refusal.status)
        except TryLaterError:
            text = "接收系统暂时不可用，数据未收下；请稍后用同一 Idempotency-Key 重发。"
            return JSONResponse({"error": text}, status_code=503, headers={"Retry-After": "5"})
        return JSONResponse(answer)

    @app.get("/v1/versions/{version}/receipts")
    def receipts(version: int, request: Request) -> JSONResponse:
        try:
            sender = _sender(senders, request)
            with store.transaction() as conn:
                found = receipts_for_body(conn, sender.body.code, version, key)
        except _RefusedError as refusal:
            return JSONResponse({"error": refusal.text}, status_code=refusal.status)
        except TryLaterError:
            text = "接收系统暂时不可用，请稍后再查。"
            return JSONResponse({"error": text}, status_code=503, headers={"Retry-After": "5"})
        if not found:
            text = f"贵单位没有编号为 {version} 的版本，请核对收讫回执中的 version。"
            return JSONResponse({"error": text}, status_code=404)
        return JSONResponse({"receipts": [receipt.to_json() for receipt in found]})

    return app


def _sender(senders: list[Sender], request: Request) -> Sender:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    found = None
    for sender in senders:
        if hmac.compare_digest(sender.token.encode(), given):
            found = sender
    if found is None:
        raise _RefusedError(401, "未认证：请在 Authorization 头中携带市级平台发放的 Bearer 令牌。")
    return found


async def _content(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BYTES:
            raise _RefusedError(413, f"请求过大：每次不超过 {MAX_BYTES // 2**20} MB，请分批推送。")
    return bytes(content)


def _take(
    store: Store,
    signing: SigningKey,
    sender: Sender,
    standard_name: str,
    table_code: str,
    headers: Mapping[str, str],
    content: bytes,
    now: datetime,
) -> dict[str, Any]:
    key = headers.get("idempotency-key", "")
    if not 1 <= len(key) <= KEY_LENGTH:
        raise _RefusedError(
            400, f"缺少 Idempotency-Key 头（1 至 {KEY_LENGTH} 个字符），数据未收下。"
        )
    standard, table = _table(sender, standard_name, table_code)
    rows = _rows(content, table, now)
    request_key = hashlib.sha256(f"{standard.version}/{table.code}/{key}".encode()).hexdigest()
    page = Page(
        rows=rows,
        mark=None,
        source_clock=None,
        origin="http_intake",
        detail=f"sha256:{hashlib.sha256(content).hexdigest()}",
        self_check=_self_check(headers, table, rows),
    )
    feed = Feed(sender.body.code, standard, table)
    with store.transaction() as conn:
        conn.execute(Q["lock_feed"], feed.key())
        before = conn.execute(
            Q["batch_of_request"], {"body": feed.body, "request_key": request_key}
        ).fetchone()
        if before is None:
            landed = land(conn, feed, page, began_at=None, now=now, request_key=request_key)
            pulled = {"body": feed.body, "standard": standard.version}
            conn.execute(Q["feeds_pulled"], pulled | {"table_codes": [table.code]})
            assert landed.batch is not None
            batch, new, replayed = landed.batch, landed.new, landed.replayed
        elif before["detail"] != page.detail:
            raise _RefusedError(
                409, "该 Idempotency-Key 已用于另一批内容，本次数据未收下；请换用新的键重新推送。"
            )
        else:
            batch, new, replayed = before["id"], before["rows_new"], before["rows_replayed"]
        answer = {
            "receipt": f"收讫-{batch}", "batch": batch,
            "read": new + replayed, "new": new, "replayed": replayed,
            "rows": _row_receipts(conn, feed, rows, batch),
        }  # fmt: skip
        return request_receipt(conn, batch, f"收讫-{batch}", answer, signing)


def _self_check(
    headers: Mapping[str, str], table: Table, rows: tuple[SourceRow, ...]
) -> tuple[str, bool] | None:
    """The code of the body's own check, if it sent one, and whether it was of these rows."""
    code = headers.get("self-check")
    if code is None:
        return None
    said = SelfCheck.read(code[:KEY_LENGTH])
    digest = rows_digest(table, (row.values for row in rows))
    return code[:KEY_LENGTH], said is not None and said.is_of_rows(digest)


def _row_receipts(
    conn: Conn, feed: Feed, rows: tuple[SourceRow, ...], batch: int
) -> list[dict[str, Any]]:
    """The receipt of each row: that of the version which holds its content."""
    contents = [
        (record_key(feed.table, row.values, row.where), content_hash(feed.table, row.values))
        for row in rows
    ]
    found = versions_of_contents(conn, feed.key(), batch, contents)
    return [
        {
            "row": number, "version": version["id"],
            "receipt": landed_number(version["batch_id"], version["id"]),
            "replayed": version["batch_id"] != batch,
        }
        for number, version in enumerate(found, 1)
    ]  # fmt: skip


def _table(sender: Sender, standard_name: str, table_code: str) -> tuple[Standard, Table]:
    standard = sender.standards.get(standard_name)
    if standard is None:
        allowed = "、".join(sender.standards)
        raise _RefusedError(
            404, f"{sender.body.name}未开通标准版本 {standard_name}，已开通：{allowed}。"
        )
    try:
        return standard, standard.table(table_code)
    except UnknownTableError:
        raise _RefusedError(
            404, f"标准 {standard.version} 中没有数据表 {table_code[:60]}，请核对表名。"
        ) from None


def _rows(content: bytes, table: Table, now: datetime) -> tuple[SourceRow, ...]:
    try:
        # Numbers are kept as they were written: no digit is lost on the way in.
        parsed = json.loads(content.decode("utf-8"), parse_int=str, parse_float=str)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise _RefusedError(400, "请求体不是 UTF-8 编码的 JSON，数据未收下。") from None
    rows = parsed.get("rows") if isinstance(parsed, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _RefusedError(400, '请求体应为 {"rows": [{字段: 值, …}, …]}，数据未收下。')
    if len(rows) > MAX_ROWS:
        raise _RefusedError(413, f"每次不超过 {MAX_ROWS} 行，本次 {len(rows)} 行，请分批推送。")
    unknown = sorted({code for row in rows for code in row} - set(table.columns))
    if unknown:
        names = "、".join(name[:30] for name in unknown[:5])
        raise _RefusedError(
            400, f"{table.name}（{table.code}）没有字段 {names}，请核对字段名；数据未收下。"
        )
    landed = []
    for number, row in enumerate(rows, 1):
        values, defects = json_row(row, row)
        landed.append(SourceRow(values, now, f"第{number}行", defects))
    return tuple(landed)
