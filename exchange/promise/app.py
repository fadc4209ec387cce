"""The endpoint: ``/healthz``, ``/promise.json`` and the page ``/promise``; read-only.

It shows counts, times and names of bodies, nothing about persons. Away from the own machine it asks
for a token, as ``Authorization: Bearer`` or as the password of a browser's question.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import threading
import time
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from exchange.errors import TryLaterError
from exchange.promise.page import render
from exchange.rounds.promise import Promise

KEPT_S = 2.0
UNAVAILABLE, UNAUTHORIZED, BROKEN = 503, 401, 503


class _Last:
    """The last look, kept for two seconds, so that many readers cost the store one look."""

    def __init__(self, look: Callable[[], Promise]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._found: tuple[float, Promise] | None = None

    def __call__(self) -> Promise:
        """The promise now, or two seconds ago."""
        with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > KEPT_S:
                self._found = (time.monotonic(), self._look())
            return self._found[1]


def status_app(
    look: Callable[[], Promise], *, token: str | None = None, framed_by: str = "'none'"
) -> FastAPI:
    """The application; ``look`` reads the store, ``token`` None asks nobody who they are.

    ``framed_by`` says which pages may show this one within them, in the words of a security policy.

    ``/promise.json`` answers 200 when the promise is kept and 503 when it is not, so that a probe
    needs to read nothing.
    """
    app = FastAPI(title="时效承诺", docs_url=None, redoc_url=None, openapi_url=None)
    last = _Last(look)

    @app.middleware("http")
    async def guard(request: Request, call: Callable[[Request], object]) -> Response:
        if token is not None and request.url.path != "/healthz" and not _knows(request, token):
            asked = {"WWW-Authenticate": 'Basic realm="status", charset="UTF-8"'}
            return Response("未认证", UNAUTHORIZED, asked)
        response: Response = await call(request)  # type: ignore[misc]  # what starlette calls next
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/")
    def door() -> RedirectResponse:
        return RedirectResponse("/promise")

    @app.get("/promise.json")
    async def as_json() -> JSONResponse:
        try:
            found = await run_in_threadpool(last)
        except TryLaterError as error:
            return JSONResponse({"kept": None, "error": str(error)}, UNAVAILABLE)
        return JSONResponse(found.to_json(), 200 if found.kept else BROKEN)

    @app.get("/promise")
    async def as_page() -> Response:
        try:
            found = await run_in_threadpool(last)
        except TryLaterError:
            return HTMLResponse("<p>台账库暂时连不上，请稍后刷新。</p>", UNAVAILABLE)
        page, policy = await run_in_threadpool(render, found, framed_by)
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    return app


def _knows(request: Request, token: str) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    return hmac.compare_digest(given.encode(), token.encode())
