"""The file of the platform above us: what is wrong in it is said with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.connections import Connections
from connectors.upstream import UpstreamFileError, load_upstream, open_target, read_upstream
from schemas import load

GOOD = """
name = "某省"
effective_from = 2026-01-01
[targets."3.0"]
connector = "provincial_database"
connection = "p"
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('connection = "p"', "", "'connection' is missing"),
        ('name = "某省"', "", "'name' is missing"),
        ("= 2026", "= = 2026", "990000.toml"),
        ("[targets", "[limits]\nspeed = 3\n[targets", "limits.speed: allowed are"),
        ("[targets", "[limits]\nbacklog_share = 1.0\n[targets", "between 0 and 1"),
    ],
)
def test_wrong_files(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """A missing key and broken TOML are named."""
    path = tmp_path / "990000.toml"
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(UpstreamFileError, match=expected):
        read_upstream(path)


def test_one_upstream_and_known_options(tmp_path: Path) -> None:
    """There is exactly one upstream; unknown connectors and options are refused by name."""
    with pytest.raises(UpstreamFileError, match="holds: none"):
        load_upstream(tmp_path)
    path = tmp_path / "990000.toml"
    connections = Connections({"SPGL_CONN_P": "postgresql://a:b@127.0.0.1/x"})
    path.write_text(GOOD.replace("provincial_database", "carrier_pigeon"), "utf-8")
    with pytest.raises(UpstreamFileError, match=r"connectors/carrier_pigeon\.py"):
        open_target(load("3.0"), connections, read_upstream(path))
    path.write_text(GOOD + 'colour = "red"\n', "utf-8")
    with pytest.raises(UpstreamFileError, match="colour"):
        open_target(load("3.0"), connections, read_upstream(path))
