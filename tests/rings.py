"""The rings of the tests: which need parts that a machine may lack, and what then happens.

Without a ring's parts its tests are left out and the run ends by naming them; with
``--require-parts`` the run refuses to start instead. Cheap rings run first.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Ring:
    """A marker, the programs of which one must be on the path, and what they are for."""

    marker: str
    any_of: tuple[str, ...] = ()
    part: str = ""

    def is_there(self) -> bool:
        """Can the tests of this ring run here?"""
        return not self.any_of or any(shutil.which(name) for name in self.any_of)


RINGS = (
    Ring("database"),
    Ring("mariadb", ("mariadbd",), "MariaDB: front databases of counties that run it"),
    Ring("airflow"),
    Ring("queue", ("redis-server",), "Redis: Airflow's tasks over a queue to several workers"),
    Ring("browser", ("chromium", "chromium-browser", "google-chrome"), "Chromium: pages as seen"),
    Ring("acceptance"),
    Ring("faults"),
)
"""From cheap to dear. A test without any of these markers is in the fast ring, before them all."""

HOW_TO_GET = "./run parts (on Debian, as root)"

_left_out = pytest.StashKey[dict[str, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--require-parts``."""
    parser.addoption(
        "--require-parts",
        action="store_true",
        help="fail when a ring cannot run here, instead of leaving it out",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests by ring and leave out, or refuse, those whose parts are missing."""
    items.sort(key=_dearest)
    left_out: dict[str, int] = {}
    for ring in RINGS:
        if ring.is_there():
            continue
        concerned = [item for item in items if item.get_closest_marker(ring.marker)]
        for item in concerned:
            item.add_marker(pytest.mark.skip(reason=f"ring {ring.marker} left out: {ring.part}"))
        if concerned:
            left_out[ring.marker] = len(concerned)
    config.stash[_left_out] = left_out
    if left_out and config.getoption("--require-parts"):
        missing = "; ".join(_describe(marker, count) for marker, count in left_out.items())
        raise pytest.UsageError(f"parts are missing for {missing}. Get them: {HOW_TO_GET}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which rings did not run; pytest's own last line comes after this."""
    left_out = terminalreporter.config.stash.get(_left_out, {})
    if not left_out:
        return
    terminalreporter.section("RINGS LEFT OUT", sep="!", red=True, bold=True)
    for marker, count in left_out.items():
        terminalreporter.line(_describe(marker, count), red=True)
    terminalreporter.line(f"Get them: {HOW_TO_GET}", red=True)


def _dearest(item: pytest.Item) -> int:
    places = [n for n, ring in enumerate(RINGS, 1) if item.get_closest_marker(ring.marker)]
    return max(places, default=0)


def _describe(marker: str, count: int) -> str:
    ring = next(ring for ring in RINGS if ring.marker == marker)
    return f"ring {marker}, {count} tests, needs {ring.part} ({' or '.join(ring.any_of)})"
