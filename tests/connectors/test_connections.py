"""Connections come from the environment or from a file that only its owner may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.base import StopError
from connectors.connections import Connections, OpenFileError, UnknownConnectionError


def stored(folder: Path, text: str, mode: int = 0o600) -> Path:
    """A connections file with this content."""
    path = folder / "connections.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_environment_before_file(tmp_path: Path) -> None:
    """A variable wins over the file; keys of a connection are entries with its name in front."""
    file = stored(tmp_path, 'county_a = "file"\ncounty-b = "b"\ncounty_a_secret = "s"')
    connections = Connections(
        {"SPGL_CONN_COUNTY_A": "variable", "SPGL_CONNECTIONS": str(file)},
    )
    assert connections.url("county_a") == "variable"
    assert connections.url("county-b") == "b"
    assert connections.entry("county_a", "secret") == "s"
    assert "secret" not in repr(connections)


def test_open_file_is_refused(tmp_path: Path) -> None:
    """A file that others may read is refused with the command that mends it."""
    with pytest.raises(OpenFileError, match="chmod 600"):
        Connections({}, stored(tmp_path, 'a = "b"', 0o640))


def test_missing_name_says_where_to_store_it(tmp_path: Path) -> None:
    """An unknown name is answered with the variable and the file it is looked for in."""
    file = stored(tmp_path, "")
    with pytest.raises(UnknownConnectionError, match=r"SPGL_CONN_COUNTY_420600_ZRZY.*toml"):
        Connections({}, file).url("county-420600-zrzy")
    with pytest.raises(UnknownConnectionError, match="does not exist"):
        Connections({}, tmp_path / "nowhere.toml")


def test_values_are_texts(tmp_path: Path) -> None:
    """Anything but a text, and anything but TOML, is refused by name."""
    with pytest.raises(StopError, match="port must be a text, not int"):
        Connections({}, stored(tmp_path, "port = 5"))
    with pytest.raises(StopError, match="not valid TOML"):
        Connections({}, stored(tmp_path, "= 5"))
