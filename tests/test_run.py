"""./run: makes the environment once, keeps it, repairs it, and says why when it cannot.

With empty lock files and a program of one line, so that nothing has to be fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.settings import ROOT

PROGRAM = "import sys; print('ran', *sys.argv[1:]); sys.exit(int(sys.argv[1]))"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with ./run in it and as good as nothing to install."""
    shutil.copy(ROOT / "run", tmp_path / "run")
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / lock).write_text("# nothing\n")
    (tmp_path / "exchange.py").write_text(PROGRAM)
    return tmp_path


def _environment(**more: str) -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("SPGL_", "PYTHON"))}
    return {**keep, "SPGL_PYTHON": _base_python(), **more}


def _base_python() -> str:
    """The Python that the environment of this run was made with."""
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info[1]}")


def _run(clone: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(clone / "run"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env=_environment(**more),
    )


def _without_uv(folder: Path) -> str:
    """A search path with the few programs that ./run may count on, and no uv."""
    folder.mkdir()
    for name in ("bash", "dirname", "mkdir", "rm", "ls", "cat", "sleep"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return str(folder)


def test_it_is_made_once_and_then_only_used(clone: Path) -> None:
    """The first run makes the environment and says so, the second has nothing to make or to say."""
    first = _run(clone, "exchange", "0", "hello")
    assert first.stdout == "ran 0 hello\n"
    assert "making the environment" in first.stderr
    second = _run(clone, "exchange", "1")
    assert second.returncode == 1
    assert second.stderr == ""


def test_a_changed_lock_is_installed(clone: Path) -> None:
    """After an update of the repository the environment follows by itself, without a new one."""
    _run(clone, "exchange", "0")
    (clone / "requirements.txt").write_text("# still nothing\n")
    changed = _run(clone, "exchange", "0")
    assert "installing what the program needs" in changed.stderr
    assert "making the environment" not in changed.stderr
    assert _run(clone, "exchange", "0").stderr == ""


def test_a_half_made_environment_is_made_anew(clone: Path) -> None:
    """What an interrupted first run left behind does not confuse the next."""
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".making").touch()
    (clone / ".venv" / "half").touch()
    done = _run(clone, "exchange", "0")
    assert done.returncode == 0
    assert "half-made" in done.stderr
    assert not (clone / ".venv" / "half").exists()


def test_a_vanished_python_is_replaced(clone: Path) -> None:
    """After the system's Python went away with an upgrade the environment is made anew."""
    _run(clone, "exchange", "0")
    for link in (clone / ".venv" / "bin").glob("python*"):
        link.unlink()
    (clone / ".venv" / "bin" / "python").symlink_to("/nowhere/python")
    done = _run(clone, "exchange", "0")
    assert done.returncode == 0
    assert "Python is gone" in done.stderr


def test_a_folder_of_something_else_is_not_touched(clone: Path) -> None:
    """SPGL_VENV that points at somebody's folder is refused, and the folder stays."""
    precious = clone / "precious"
    precious.mkdir()
    (precious / "file").touch()
    done = _run(clone, "exchange", "0", SPGL_VENV=str(precious))
    assert done.returncode == 2
    assert "is no Python environment" in done.stderr
    assert (precious / "file").exists()


def test_runs_at_the_same_time_wait_for_each_other(clone: Path) -> None:
    """Three first runs at once make one environment."""
    runs = [
        subprocess.Popen(
            ["bash", str(clone / "run"), "exchange", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(),
        )
        for _ in range(3)
    ]
    told = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert sum("run: making the environment" in text for text in told) == 1


def test_pip_alone_is_enough(clone: Path, tmp_path: Path) -> None:
    """Without uv and without flock pip does it; the lock of a maker that died is taken over."""
    dead = subprocess.Popen(["true"])
    dead.wait()
    lock = clone / ".venv.lock.d"
    lock.mkdir()
    (lock / "pid").write_text(f"{dead.pid}\n")
    done = _run(clone, "exchange", "0", PATH=_without_uv(tmp_path / "bin"))
    assert done.returncode == 0, done.stderr
    assert "with pip" in done.stderr
    assert not lock.exists()


def test_an_unfit_python_is_explained(clone: Path, tmp_path: Path) -> None:
    """The error names what was tried and how to name another."""
    done = _run(clone, "exchange", "0", SPGL_PYTHON="no-such-python")
    assert done.returncode == 2
    assert "no-such-python (not found)" in done.stderr
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert "not 3.11 to 3.13" in _run(clone, "exchange", "0", SPGL_PYTHON=str(old)).stderr


def test_an_unknown_command_shows_what_there_is(clone: Path) -> None:
    """A typing error costs no installation."""
    done = _run(clone, "dmeo")
    assert done.returncode == 2
    assert "./run demo" in done.stderr
    assert not (clone / ".venv").exists()
