"""The rings: what cannot run here is named loudly, or refused, never silently left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from exchange.settings import ROOT

TESTS = '''
import socket

import pytest


@pytest.mark.faults
def test_dear():
    """Runs last."""


@pytest.mark.mariadb
def test_needs_a_part():
    """Cannot run without it."""


def test_cheap():
    """Runs first."""


def test_the_network_is_closed():
    """Only the local host answers."""
    with pytest.raises((RuntimeError, UserWarning), match="192.0.2.1"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
'''


@pytest.fixture
def run(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A run of four small tests with our configuration where no part is installed."""
    return _pytest(tmp_path)


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (folder / "trial").mkdir(exist_ok=True)
    (folder / "trial" / "conftest.py").write_text('pytest_plugins = ["tests.rings"]\n')
    (folder / "trial" / "test_small.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "trial", *arguments]
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={"PATH": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_a_ring_without_its_part_is_named_at_the_end(
    run: subprocess.CompletedProcess[str],
) -> None:
    """The run succeeds, says what it left out and how to get it, and still ends with the count."""
    assert run.returncode == 0, run.stdout
    assert "RINGS LEFT OUT" in run.stdout
    assert "ring mariadb, 1 tests, needs MariaDB" in run.stdout
    assert "./run parts" in run.stdout
    assert "3 passed, 1 skipped" in run.stdout.strip().splitlines()[-1]


def test_cheap_rings_run_first(run: subprocess.CompletedProcess[str]) -> None:
    """What fails quickly fails first, whatever the order in the files."""
    assert run.stdout.index("::test_cheap") < run.stdout.index("::test_dear")


def test_required_parts_that_are_missing_fail_the_run(tmp_path: Path) -> None:
    """With --require-parts nothing runs, and the error names the part."""
    refused = _pytest(tmp_path, "--require-parts")
    assert refused.returncode == pytest.ExitCode.USAGE_ERROR
    assert "parts are missing for ring mariadb" in refused.stdout + refused.stderr


def test_parts_of_other_rings_are_not_required(tmp_path: Path) -> None:
    """Who asks for one ring needs the parts of that ring only."""
    assert _pytest(tmp_path, "--require-parts", "-m", "faults").returncode == 0
