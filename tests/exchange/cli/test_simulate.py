"""The simulated world is changed by files that simulators read, never by importing them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.cli import main

ALLOWED: dict[str, dict[str, Any]] = {
    "rate": {
        "kind": "number",
        "default": 1.0,
        "meaning": "rows per second",
        "low": 0.0,
        "high": 200.0,
        "choices": [],
    },
    "skew": {
        "kind": "number",
        "default": 0.0,
        "meaning": "seconds",
        "low": -86400.0,
        "high": 86400.0,
        "choices": [],
    },
    "mode": {
        "kind": "choice",
        "default": "normal",
        "meaning": "how it behaves",
        "low": None,
        "high": None,
        "choices": ["normal", "down"],
    },
    "pause": {
        "kind": "flag",
        "default": False,
        "meaning": "sends nothing",
        "low": None,
        "high": None,
        "choices": [],
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder in which two counties and the province have shown themselves."""
    monkeypatch.setenv("SPGL_STATE", str(tmp_path))
    made = tmp_path / "simulate"
    made.mkdir()
    for name in ("county-420602", "county-420606", "province-3.0", "archive"):
        present: dict[str, Any] = {
            "name": name,
            "settings": {key: it["default"] for key, it in ALLOWED.items()},
            "allowed": ALLOWED,
            "refused": [],
            "figures": {"sent": 3},
        }
        (made / f"{name}.present.json").write_text(json.dumps(present), "utf-8")
    return made


def told(folder: Path, name: str) -> dict[str, Any]:
    """The control file of a simulator."""
    content: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return content


def test_settings_are_merged_with_their_units(folder: Path) -> None:
    """A later change leaves an earlier one in force; minutes and rates become plain numbers."""
    assert main(["simulate", "county", "420602", "--rate", "2/s", "--pause"]) == 0
    assert main(["simulate", "county", "420602", "--skew", "-3m"]) == 0
    assert told(folder, "county-420602")["settings"] == {"rate": 2.0, "pause": True, "skew": -180.0}
    assert not (folder / "county-420606.json").exists()
    assert main(["simulate", "county", "420602", "--reset"]) == 0
    assert told(folder, "county-420602")["settings"] == {}


def test_orders_get_an_id_each_and_go_to_all_without_a_name(folder: Path) -> None:
    """The same order twice is two orders; without a body every body gets it."""
    for _ in range(2):
        assert main(["simulate", "county", "--flood", "5"]) == 0
    for name in ("county-420602", "county-420606"):
        first, second = told(folder, name)["once"]
        assert (first["do"], first["rows"]) == ("flood", 5)
        assert first["id"] != second["id"]


def test_the_province_by_version(folder: Path) -> None:
    """A mode is set for the version named."""
    assert main(["simulate", "province", "--mode", "down", "--standard", "3.0"]) == 0
    assert told(folder, "province-3.0")["settings"] == {"mode": "down"}


def test_the_archive_is_one_for_all(folder: Path) -> None:
    """What is set for attachments goes into the archive's file and no other."""
    assert main(["simulate", "archive", "--reset"]) == 0
    assert told(folder, "archive")["settings"] == {}
    assert not (folder / "county-420602.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["county", "420602", "--rate", "900"], "between 0 and 200"),
        (["county", "420602", "--rate", "much"], "no amount"),
        (["county", "999999", "--pause"], "county-420606"),
        (["county", "420602", "--hold", "3s"], "it knows rate"),
        (["province", "--mode", "asleep"], "normal, down"),
    ],
)
def test_what_is_not_possible_says_what_is(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """Exit code 2, the reason on standard error, and nothing told to anybody."""
    assert main(["simulate", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert [path for path in folder.iterdir() if not path.name.endswith(".present.json")] == []


def test_without_options_the_present_state_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For people as a list with meanings, for programs as JSON."""
    assert folder.is_dir()
    assert main(["simulate", "county", "420602"]) == 0
    assert "rows per second" in capsys.readouterr().out
    assert main(["simulate", "county", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [present["name"] for present in shown] == ["county-420602", "county-420606"]


def test_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without simulators the command says how to start them."""
    monkeypatch.setenv("SPGL_STATE", str(tmp_path))
    assert main(["simulate", "county"]) == 2
    assert "./run demo" in capsys.readouterr().err
