"""The prober against a real server: what opens, what does not, and what is never contacted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from connectors.allowed_links import AllowedLinks
from connectors.link_probe import Limits, Outcome, look
from tests.connectors.web import serving

LIMITS = Limits(wait_s=1, whole_s=2, head_bytes=4096)
SHELL = """<div id="app" data-code="404"></div><style>.error {}</style>
<script src="/app.js" onerror="retry()"></script><script>window.onerror = fail</script>"""
"""A page whose content a program fetches; its own text says nothing."""
GBK = f"<title>文件不存在</title><p>{'提示' * 900}</p>".encode("gbk")
asked: list[str] = []


def application() -> FastAPI:
    """Pages and documents as bodies serve them, good and bad."""
    app = FastAPI()

    @app.middleware("http")
    async def note(request, call_next):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        asked.append(request.url.path)
        return await call_next(request)

    def page(text: str) -> HTMLResponse:
        return HTMLResponse(
            f"<html><head><title>{text}</title></head><body>{'x' * 900}</body></html>"
        )

    def short(title: str, body: str) -> HTMLResponse:
        return HTMLResponse(f"<!doctype html><title>{title}</title>{body}")

    app.get("/docs/a.pdf")(lambda: Response(b"%PDF-1.7 ...", media_type="application/pdf"))
    app.get("/docs/html.pdf")(lambda: page("文件不存在"))
    app.get("/docs/text.pdf")(lambda: Response(b"hello", media_type="text/plain"))
    app.get("/docs/empty.pdf")(lambda: Response(b"", media_type="application/pdf"))
    app.get("/docs/page")(lambda: page("办事指南"))
    app.get("/docs/sorry")(lambda: page("404 页面"))
    app.get("/docs/neutral")(lambda: short("提示", "<p>文件不存在或者没有权限。</p>"))
    app.get("/docs/shell")(lambda: short("项目详情", SHELL))
    app.get("/docs/short")(lambda: short("项目详情", "<p>总投资500万元</p>"))
    app.get("/docs/gbk")(lambda: Response(GBK, media_type="text/html; charset=gbk"))
    app.get("/docs/json")(lambda: JSONResponse({"code": 500, "msg": "文件不存在"}))
    app.get("/docs/gone")(lambda: Response(status_code=410))
    app.get("/docs/moved")(lambda: RedirectResponse("/docs/a.pdf"))
    app.get("/docs/away")(lambda: RedirectResponse("/secret/x"))
    app.get("/docs/far")(lambda: RedirectResponse("http://169.254.1.1/latest"))
    app.get("/docs/loop")(lambda: RedirectResponse("/docs/loop"))

    def endless() -> Iterator[bytes]:
        yield b"%PDF"
        while True:
            yield b"x" * 65536

    app.get("/docs/endless.pdf")(lambda: StreamingResponse(endless()))
    return app


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of the server."""
    with serving(application()) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("a.pdf", "ok"),
        ("page", "ok"),
        ("moved", "ok"),
        ("endless.pdf", "ok"),
        ("html.pdf", "error_page"),
        ("sorry", "error_page"),
        ("neutral", "error_page"),
        ("shell", "ok"),
        ("short", "ok"),
        ("gbk", "error_page"),
        ("json", "error_page"),
        ("text.pdf", "wrong_type"),
        ("empty.pdf", "empty"),
        ("gone", "status"),
        ("nowhere", "status"),
        ("away", "outside"),
        ("far", "outside"),
        ("loop", "outside"),
    ],
)
def test_what_an_address_turns_out_to_be(server: str, path: str, outcome: Outcome) -> None:
    """Status, type and content decide; a redirect is followed only inside the list."""
    allowed = AllowedLinks((f"{server}/docs/",))
    assert look(f"{server}/docs/{path}", "document", allowed, LIMITS).outcome == outcome
    assert "/secret/x" not in asked


@pytest.mark.parametrize(
    "url",
    [
        "{0}/secret/x",
        "{0}/docs/../secret/x",
        "{0}/docs/%2e%2e/secret/x",
        "{0}/docs/%252e%252e/secret/x",
        "http://localhost:1/docs/a.pdf",
        "https://127.0.0.1/docs/a.pdf",
    ],
)
def test_what_is_not_allowed_is_not_contacted(server: str, url: str) -> None:
    """Another path, another host, steps upwards, hidden or not: nothing is asked for."""
    before = len(asked)
    allowed = AllowedLinks((f"{server}/docs/",))
    assert look(url.format(server), "page", allowed, LIMITS).outcome == "not_allowed"
    assert len(asked) == before


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "附件", "http://u:p@127.0.0.1/x", "http://"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    """Only http and https with a host and without a user name are addresses."""
    assert look(url, "page", AllowedLinks(("http://127.0.0.1/",)), LIMITS).outcome == "malformed"


def test_without_a_list_nothing_is_contacted(server: str) -> None:
    """The prober is off by default."""
    before = len(asked)
    assert look(f"{server}/docs/a.pdf", "page", AllowedLinks(), LIMITS).outcome == "not_allowed"
    assert len(asked) == before


def _drip(listener: socket.socket, stop: threading.Event) -> None:
    """A server that sends a byte of its answer now and then, for ever."""
    peer, _ = listener.accept()
    with peer:
        while not stop.wait(0.2):
            try:
                peer.send(b"H")
            except OSError:
                return


def test_a_look_ends_whatever_the_other_side_does() -> None:
    """A server that drips its answer costs no more than the whole time; a dead port nothing."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=_drip, args=(listener, stop), daemon=True)
        thread.start()
        allowed = AllowedLinks((f"http://127.0.0.1:{port}/",))
        looked = look(f"http://127.0.0.1:{port}/x", "page", allowed, LIMITS)
        assert looked.outcome in {"timeout", "unreachable"}
        stop.set()
        thread.join(10)
    assert look(f"http://127.0.0.1:{port}/x", "page", allowed, LIMITS).outcome == "unreachable"
