"""What a demo writes for its programs: bodies that may be looked at in the demo's world only."""

from __future__ import annotations

import subprocess
from pathlib import Path

from connectors.county import ROOT, load_bodies
from exchange.demo.city import City
from exchange.demo.ports import Ports
from exchange.settings import Settings


def test_a_shell_that_reads_the_environment_of_a_demo_meets_the_demo(tmp_path: Path) -> None:
    """Its store, connections, bodies and policy, though the folder has a blank in its name."""
    state = tmp_path / "a demo"
    state.mkdir()
    city = City(state, Ports(*range(18000, 18007)))
    city.write_environment()
    told = subprocess.run(
        ["bash", "-c", '. "$0" && env', state / "environment"],
        env={}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    read = dict(line.split("=", 1) for line in told.stdout.splitlines())
    assert Settings.read(read) == city.settings
    assert not (state / "environment").stat().st_mode & 0o077


def test_bodies_of_a_demo_allow_its_own_archive_only(tmp_path: Path) -> None:
    """The shipped files with another list of addresses; one of a real body does not stay."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    text = (ROOT / "420602.toml").read_text("utf-8")
    (shipped / "420602.toml").write_text(text, "utf-8")
    real = '\n[links]\nallow = ["https://files.example.gov.cn/"]\n'
    (shipped / "420606.toml").write_text(text + real, "utf-8")
    city = City(tmp_path, Ports(*range(18000, 18007)))
    city.write_counties(shipped)
    bodies = load_bodies(Path(city.environment()["SPGL_COUNTIES"]))
    assert bodies.keys() == {"420602", "420606"}
    for body in bodies.values():
        assert body.links.allow == ("http://127.0.0.1:18006/",)
        assert body.links.attachment == "http://127.0.0.1:18006/f/{ID}"
