"""Running simulators are told to change by a file and show what is in force."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from simulators.control import Control, Setting
from simulators.events import SHANGHAI

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)
ALLOWED = {
    "rate": Setting("number", 1.0, "rows per second", 0.0, 10.0),
    "pause": Setting("flag", False, "sends nothing"),
    "way": Setting("choice", "a", "how", choices=("a", "b")),
}


@pytest.fixture
def control(tmp_path: Path) -> Control:
    """The control of one simulator."""
    return Control(tmp_path, "county-1", ALLOWED, {"flood": "many"})


def tell(folder: Path, **content: object) -> None:
    """Writes the control file as a person would."""
    (folder / "county-1.json").write_text(json.dumps(content), "utf-8")


def test_what_was_never_told_keeps_its_default(control: Control) -> None:
    """Without a control file the defaults are in force."""
    assert control.look() is False
    assert control.settings == {"rate": 1.0, "pause": False, "way": "a"}


def test_a_change_is_seen_once(control: Control, tmp_path: Path) -> None:
    """A file is read when it changes and not again."""
    tell(tmp_path, settings={"rate": 2, "way": "b"})
    assert control.look() is True
    assert control.settings == {"rate": 2, "pause": False, "way": "b"}
    assert control.look() is False


@pytest.mark.parametrize(
    "settings", [{"rate": 11}, {"rate": "2"}, {"rate": True}, {"pause": 1}, {"way": "c"}, {"x": 1}]
)
def test_an_impossible_setting_is_refused_and_shown(
    control: Control, tmp_path: Path, settings: dict[str, object]
) -> None:
    """What is out of bounds or unknown leaves the default and is said in the present state."""
    tell(tmp_path, settings=settings)
    control.look()
    control.show(NOW)
    shown = json.loads((tmp_path / "county-1.present.json").read_text("utf-8"))
    assert shown["settings"] == {"rate": 1.0, "pause": False, "way": "a"}
    assert len(shown["refused"]) == 1


def test_a_file_that_is_no_json_changes_nothing(control: Control, tmp_path: Path) -> None:
    """A half-written or wrong file is reported and the simulator goes on as before."""
    tell(tmp_path, settings={"rate": 5})
    control.look()
    (tmp_path / "county-1.json").write_text("{", "utf-8")
    control.look()
    assert control["rate"] == 5


def test_orders_need_an_id_and_a_known_word(control: Control, tmp_path: Path) -> None:
    """Only orders that can be followed once are passed on."""
    good = {"id": "1", "do": "flood", "rows": 3}
    tell(tmp_path, once=[good, {"do": "flood"}, {"id": "2", "do": "fly"}])
    control.look()
    assert control.orders == [good]
