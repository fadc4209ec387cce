"""Settings: read once, typed, refused with the name of the variable, and documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from exchange.settings import ROOT, Settings, UnreadableSettingError, table


def test_nothing_set_means_the_embedded_store_at_home() -> None:
    """A fresh clone needs no setting at all."""
    settings = Settings.read({})
    assert settings.state == ROOT / ".state"
    assert settings.database_url is None
    assert settings.store_folder.parent == settings.state


def test_empty_counts_as_unset() -> None:
    """An empty variable, as service files leave them, is no value."""
    assert Settings.read({"SPGL_STATE": "", "SPGL_AIRFLOW_PORT": ""}) == Settings.read({})


def test_paths_are_absolute() -> None:
    """A relative folder means the same wherever a process changes to."""
    assert Settings.read({"SPGL_STATE": "elsewhere"}).state == Path.cwd() / "elsewhere"


@pytest.mark.parametrize("text", ["x", "0", "65536", "-1", "１"])
def test_a_bad_port_is_refused_by_name(text: str) -> None:
    """The error names the variable, the value and what was allowed."""
    with pytest.raises(UnreadableSettingError, match=r"SPGL_INTAKE_PORT.*1 to 65535"):
        Settings.read({"SPGL_INTAKE_PORT": text})


def test_a_bad_url_is_refused_without_showing_it() -> None:
    """A URL may hold a password, also a mistyped one."""
    with pytest.raises(UnreadableSettingError) as caught:
        Settings.read({"SPGL_DATABASE_URL": "mysql://me:secret@host/db"})
    assert "secret" not in str(caught.value)


def test_every_setting_has_a_variable_of_its_own_and_a_meaning() -> None:
    """No setting is silent, and none shares its variable."""
    metadata = [setting.metadata for setting in fields(Settings)]
    variables = {entry["variable"] for entry in metadata}
    assert len(variables) == len(metadata)
    assert all(name.startswith("SPGL_") for name in variables)
    assert all(entry["meaning"].endswith(".") for entry in metadata)


def test_the_reference_page_is_current() -> None:
    """docs/reference/settings.md is what `python -m exchange.settings` prints."""
    assert (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8") == table()
