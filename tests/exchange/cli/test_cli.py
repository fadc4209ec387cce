"""The command line as a whole: quick, lazy, documented, and honest in how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from exchange import cli
from exchange.cli import COMMANDS, main
from exchange.cli import exchange as group
from exchange.settings import ROOT

HEAVY = ("pandas", "polars", "airflow", "great_expectations", "sqlalchemy", "pandera")


def _commands() -> list[tuple[str, click.Command]]:
    """Every command and sub-command with its full name."""
    found = []
    for name in sorted(COMMANDS):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", c) for inner, c in sorted(command.commands.items())]
    return found


def test_help_lists_every_command_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The list says of each command in a few words what it does."""
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    for name in COMMANDS:
        line = next(line for line in printed.splitlines() if line.split()[:1] == [name])
        assert len(line.split()) > len([name, "does"])


def test_help_imports_no_command() -> None:
    """Nothing is imported that was not asked for."""
    code = (
        "import sys; from exchange.cli import main; main(['--help']); "
        f"sys.exit(any(m in sys.modules for m in {HEAVY!r}) or "
        "any(m.startswith('exchange.cli.') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, env=_environment())
    assert done.returncode == 0


def test_every_command_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each ends the guessing: it holds a line to copy."""
    without = []
    for name, _ in _commands():
        assert main([*name.split(), "--help"]) == 0
        usage_and_example = 2
        if capsys.readouterr().out.count(f"exchange {name}") < usage_and_example:
            without.append(name)
    assert without == []


def test_a_wrong_command_could_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error ends with 2, never with 1, which is an answer."""
    assert main(["nonsense"]) == cli.COULD_NOT_RUN
    assert "No such command" in capsys.readouterr().err


def test_an_error_that_says_what_to_do_has_no_stack_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who runs the exchange reads a sentence, not a program."""
    monkeypatch.setenv("SPGL_INTAKE_PORT", "none")
    assert main(["store", "status"]) == cli.COULD_NOT_RUN
    told = capsys.readouterr().err
    assert told.startswith("error: The environment variable SPGL_INTAKE_PORT")
    assert "Traceback" not in told


def test_an_unexpected_error_shows_its_trace_and_is_no_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours is not hidden, and not taken for `findings`."""
    monkeypatch.setattr(cli, "COMMANDS", {"broken": "exchange.no_such_module:broken"})
    assert main(["broken"]) == cli.COULD_NOT_RUN
    assert "ModuleNotFoundError" in capsys.readouterr().err


def test_a_closed_pipe_is_no_failure() -> None:
    """`exchange … | head` ends quietly."""
    command = f"{sys.executable} -m exchange --help | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        check=False, cwd=ROOT, env=_environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""


def test_status_of_a_store_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking makes nothing, and the answer no is 1."""
    monkeypatch.setenv("SPGL_STATE", str(tmp_path / "state"))
    assert main(["store", "status", "--format", "json"]) == cli.ANSWER_IS_NO
    assert json.loads(capsys.readouterr().out)["running"] is False
    assert not (tmp_path / "state").exists()


@pytest.mark.database
def test_init_makes_a_store_that_its_roles_can_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing to a migrated store, twice without harm, addressed and stopped."""
    monkeypatch.setenv("SPGL_STATE", str(tmp_path / "state"))
    try:
        assert main(["init"]) == 0
        assert "applied 0001" in capsys.readouterr().out
        assert main(["init"]) == 0
        assert "(0 migrations applied now)" in capsys.readouterr().out
        for who in ("app", "owner", "airflow"):
            assert main(["store", "dsn", "--who", who]) == 0
            assert capsys.readouterr().out.startswith("postgresql://")
        assert main(["store", "status"]) == cli.DONE
    finally:
        assert main(["store", "stop"]) == 0
    assert main(["store", "status"]) == cli.ANSWER_IS_NO


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}
