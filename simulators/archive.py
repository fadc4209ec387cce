"""The bodies' file archive as a process: ``python -m simulators.archive --config world.toml``.

Here the pages and attachments that rows name are opened, by their address or as ``/f/<id>`` by the
id of an attachment, over real HTTP on the loopback address: a path with ``/f/`` or ``/zz/`` ends in
a small PDF, any other in a page. Runs until SIGTERM. A ``share`` of the addresses, always the same
ones, has the ``fault`` of the control file:

===========  ====================================================================
none         everything opens
missing      status 404
error-page   status 200, and a page that says that the file is not there
cut          the connection ends without an answer
===========  ====================================================================
"""

from __future__ import annotations

import argparse
import hashlib
import signal
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from simulators import settings
from simulators.control import Control, Setting
from simulators.events import wall_clock
from simulators.settings import World, WorldError

FAULTS = ("none", "missing", "error-page", "cut")
ALLOWED = {
    "fault": Setting("choice", "missing", "what is wrong with some addresses", choices=FAULTS),
    "share": Setting("number", 0.05, "share of the addresses that have it, 0 to 1", 0.0, 1.0),
}
_FILE = b"%PDF-1.4\n% a file of the simulated archive\n%%EOF\n"
_PAGE = "<!doctype html><title>工程建设项目审批管理系统</title><p>项目详情。</p>".encode()
_NO_SUCH = "<!doctype html><title>提示</title><p>文件不存在或者没有权限。</p>".encode()
_HTML, _PDF = "text/html; charset=utf-8", "application/pdf"


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 after a proper stop, 2 when there is no archive in this world."""
    parser = argparse.ArgumentParser(prog="python -m simulators.archive", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="world.toml")
    try:
        world = settings.load(parser.parse_args(arguments).config)
    except WorldError as error:
        print(f"archive: {error}", file=sys.stderr)
        return 2
    if world.archive_port is None:
        print("archive: the world has no [archive]; see simulators.settings", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(world, world.archive_port, stop)
    return 0


def run(world: World, port: int, stop: threading.Event) -> None:
    """Serves until ``stop``; looks at the control file each second."""
    control = Control(world.controls, "archive", ALLOWED, {})
    control.look()
    served: Counter[str] = Counter()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(control, served))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    control.show(wall_clock())
    while not stop.wait(1):
        control.look()
        control.show(wall_clock(), served=dict(served))
    server.shutdown()
    server.server_close()


def fault_of(path: str, fault: str, share: float) -> str:
    """What is wrong with an address; the same for the same path as long as the share stays."""
    place = int.from_bytes(hashlib.sha256(path.encode()).digest()[:4]) / 2**32
    return fault if place < share else "none"


def _handler(control: Control, served: Counter[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fault = fault_of(self.path, control["fault"], control["share"])
            served[fault] += 1
            match fault:
                case "cut":
                    self.close_connection = True
                case "missing":
                    self._answer(404, _HTML, _NO_SUCH)
                case "error-page":
                    self._answer(200, _HTML, _NO_SUCH)
                case _ if "/f/" in self.path or "/zz/" in self.path:
                    self._answer(200, _PDF, _FILE)
                case _:
                    self._answer(200, _HTML, _PAGE)

        def _answer(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Counted in ``served``, not written."""

    return Handler


if __name__ == "__main__":
    sys.exit(main())
