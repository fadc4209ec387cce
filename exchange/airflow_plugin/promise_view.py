"""The status page in Airflow's navigation: one click to whether the promise holds and who is slow.

It is served by Airflow's own server, to whoever is logged in there. Every Airflow process loads
plugins, few serve pages: what the page needs is imported at its first reader.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

from airflow.plugins_manager import AirflowPlugin
from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/spgl"
NAME = "时效承诺"

_ONE = threading.Lock()
_OPEN = ExitStack()


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    """The status page's application behind Airflow's login; lifespans are Airflow's affair."""
    if scope["type"] != "http":
        return
    try:
        await _who(Request(scope))
    except HTTPException as refused:
        answer = JSONResponse({"detail": refused.detail}, refused.status_code)
        await answer(scope, receive, send)
        return
    app = await asyncio.to_thread(_application)
    await app(scope, receive, send)


async def _who(request: Request) -> None:
    """Raises HTTPException 401 or 403 for who is not logged in."""
    from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
    from airflow.api_fastapi.core_api.security import resolve_user_from_token

    kind, _, given = request.headers.get("authorization", "").partition(" ")
    token = given if kind.lower() == "bearer" else request.cookies.get(COOKIE_NAME_JWT_TOKEN)
    await resolve_user_from_token(token)


def _application() -> ASGIApp:
    with _ONE:
        return _made()


@cache
def _made() -> ASGIApp:
    from exchange.promise.app import status_app
    from exchange.rounds.loop import now
    from exchange.rounds.promise import promise
    from exchange.rounds.wiring import opened
    from exchange.settings import Settings

    exchange = _OPEN.enter_context(opened(Settings.read(), work="status"))
    return status_app(lambda: promise(exchange, now=now()), framed_by="'self'")


class PromiseView(AirflowPlugin):
    """“时效承诺” in the navigation."""

    name = "spgl_promise"
    fastapi_apps = [{"app": served, "url_prefix": PREFIX, "name": NAME}]  # noqa: RUF012 - Airflow's form
    external_views = [  # noqa: RUF012 - Airflow's form
        {"name": NAME, "href": f"{PREFIX}/promise", "destination": "nav", "url_route": "promise"}
    ]
