"""`exchange chase` and `exchange score` on a database of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exchange.cli import main
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


@pytest.fixture
def installed(
    exchange_store: ExchangeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The state folder of an installation whose store is this test's database."""
    state = tmp_path / "state"
    monkeypatch.setenv("SPGL_STATE", str(state))
    monkeypatch.setenv("SPGL_DATABASE_URL", exchange_store.app_dsn)
    return state


def test_score_writes_the_day_where_it_is_told(
    installed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two files named by the day, in the state folder or in the one that is given."""
    assert main(["score", "--day", "2026-11-20", "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    folder = installed / "scorecards" / "2026-11-20"
    assert printed == {
        "day": "2026-11-20",
        "files": [str(folder / "2026-11-20.html"), str(folder / "2026-11-20.xlsx")],
    }
    assert main(["score", "--day", "2026-11-20", "-o", str(tmp_path / "other")]) == 0
    for path in capsys.readouterr().out.split():
        assert Path(path).is_relative_to(tmp_path / "other")
        assert Path(path).stat().st_size > 1000


def test_a_day_that_is_none_could_not_run(installed: Path) -> None:
    """A wrong day is a typing error, not an answer."""
    assert main(["score", "--day", "2026-02-30"]) == 2


def test_chase_tells_what_it_did(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With nothing to do it says so and ends with 0."""
    assert main(["chase", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["notified"] == []
