"""The archive as a process: what rows name is opened over HTTP, or not, as it was told."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from simulators.archive import fault_of
from tests.connectors.ports import free_port
from tests.simulators.conftest import world_file
from tests.simulators.processes import running, wait_for

TOLD = "state/simulate/archive.json"


def world_with(folder: Path, port: int) -> Path:
    """A world.toml with an archive."""
    path = world_file(folder, "postgresql://unused")
    path.write_text(f"{path.read_text('utf-8')}[archive]\nport = {port}\n", "utf-8")
    return path


def tell(folder: Path, fault: str) -> None:
    """All addresses get this fault."""
    path = folder / TOLD
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"settings": {"fault": fault, "share": 1}}), "utf-8")


def opened(url: str) -> tuple[int, bytes]:
    """Status and content; 0 where nobody answers."""
    try:
        with urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, b""
    except (URLError, ConnectionError):
        return 0, b""


def test_addresses_open_or_fail_as_told_while_it_runs(tmp_path: Path) -> None:
    """A page and a PDF; then 404, an error page under status 200, no answer; it ends in order."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/420602"
    tell(tmp_path, "none")
    with running(world_with(tmp_path, port), "archive") as process:
        wait_for(lambda: opened(url)[0] == 200)
        assert opened(f"{url}/f/1")[1].startswith(b"%PDF")
        assert "项目详情" in opened(url)[1].decode()
        tell(tmp_path, "missing")
        wait_for(lambda: opened(f"{url}/f/1")[0] == 404)
        tell(tmp_path, "error-page")
        wait_for(lambda: opened(f"{url}/f/1")[0] == 200)
        assert "文件不存在" in opened(f"{url}/f/1")[1].decode()
        tell(tmp_path, "cut")
        wait_for(lambda: opened(f"{url}/f/1")[0] == 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_share_of_the_addresses_fails_and_always_the_same() -> None:
    """About a fifth of many addresses, and whoever asks again gets the same answer."""
    paths = [f"/420602/f/{number}" for number in range(2000)]
    found = [fault_of(path, "missing", 0.2) for path in paths]
    assert found.count("missing") == pytest.approx(400, abs=60)
    assert found == [fault_of(path, "missing", 0.2) for path in paths]
    assert fault_of(paths[0], "missing", 0) == "none"


def test_a_world_without_archive_says_so(tmp_path: Path) -> None:
    """The process ends with 2 instead of listening nowhere."""
    with running(world_file(tmp_path, "postgresql://unused"), "archive") as process:
        assert process.wait(20) == 2
