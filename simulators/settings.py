"""What the simulated world is: the machine's part (world.toml) and the city's part (cities/).

``world.toml`` is written by whoever starts the world and says where things are on this machine::

    state = "/path/of/the/state/folder"
    city = "xiangyang"                    # a file in simulators/cities; optional if there is one
    connections = "/path/connections.toml"  # written by prepare; default: in the state folder

    [postgres]
    dsn = "postgresql://…"                # superuser of the world's server, or SPGL_WORLD_DSN

    [mariadb]                             # optional: only with mariadbd on this machine
    port = 3307

    [province]
    front_port = 15432                    # where the exchange reaches the front database
    gateway_port = 8420                   # where the exchange reaches the HTTP services

    [intake]
    url = "http://127.0.0.1:8421"         # where the exchange takes pushed rows

    [archive]                             # optional: without it attachments can be opened nowhere
    port = 8430                           # where the bodies' attachments are opened
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

CITIES = Path(__file__).parent / "cities"

Delivers = Literal["database", "files", "intake"]
Server = Literal["postgresql", "mariadb"]
Correction = Literal["protocol", "update", "resend"]


class WorldError(Exception):
    """The world cannot be set up or lived in as configured; the message says what to change."""


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """A county, zone or department of the city file; see the head of that file for the units.

    ``archive`` is where its pages and attachments are opened; without one they lead nowhere.
    """

    code: str
    name: str
    division: str
    delivers: Delivers
    server: Server | None
    standards: tuple[str, ...]
    tells: tuple[str, ...]
    rate: float
    mistakes: float
    correction: Correction
    correction_delay: float
    hold: float
    skew: float
    archive: str | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Everything the simulators are told at their start."""

    state: Path
    connections: Path
    city: str
    province: str
    forms: Mapping[str, str]
    bodies: Mapping[str, BodyPlan]
    postgres_dsn: str = field(repr=False)
    mariadb_port: int | None
    front_port: int
    gateway_port: int
    intake_url: str
    archive_port: int | None

    @property
    def folder(self) -> Path:
        """Where the world keeps its accounts, its own databases and its logs."""
        return self.state / "world"

    @property
    def controls(self) -> Path:
        """Where control files are put and the simulators' present state is shown."""
        return self.state / "simulate"

    def drop_folder(self, body: str) -> Path:
        """Where a body that delivers files puts them."""
        return self.folder / "drop" / body

    def body(self, code: str) -> BodyPlan:
        """The plan of one body; raises WorldError with the codes there are."""
        try:
            return self.bodies[code]
        except KeyError:
            raise WorldError(
                f"no body {code!r} in the city; there are: {', '.join(self.bodies)}"
            ) from None


def connection_name(owner: str, standard: str) -> str:
    """The stored name of a connection: ``county_420602_v3`` for a body, ``province_v3``."""
    return f"{owner}_v{standard.split('.', maxsplit=1)[0]}"


def load(path: Path) -> World:
    """The world that a ``world.toml`` describes; raises WorldError when a part is missing."""
    try:
        machine = tomllib.loads(path.read_text("utf-8"))
        state = Path(machine["state"])
        city = _city(machine.get("city"))
        port = machine.get("archive", {}).get("port")
        return World(
            state=state,
            connections=Path(machine.get("connections", state / "connections.toml")),
            city=city["name"],
            province=city["province"]["division"],
            forms=city["province"]["forms"],
            bodies={code: _body(code, entry, port) for code, entry in city["bodies"].items()},
            postgres_dsn=os.environ.get("SPGL_WORLD_DSN") or machine["postgres"]["dsn"],
            mariadb_port=machine.get("mariadb", {}).get("port"),
            front_port=machine["province"]["front_port"],
            gateway_port=machine["province"]["gateway_port"],
            intake_url=machine["intake"]["url"].rstrip("/"),
            archive_port=port,
        )
    except FileNotFoundError as error:
        raise WorldError(f"no such file: {error.filename}") from error
    except KeyError as error:
        raise WorldError(
            f"{path}: {error.args[0]!r} is missing; see simulators.settings"
        ) from error


def _city(name: str | None) -> dict[str, Any]:
    """The city file of this name, or the only one there is."""
    there = sorted(path.stem for path in CITIES.glob("*.toml"))
    if name is None and len(there) == 1:
        name = there[0]
    if name not in there:
        raise WorldError(f"no city {name!r} in simulators/cities; there are: {', '.join(there)}")
    return tomllib.loads((CITIES / f"{name}.toml").read_text("utf-8"))


def _body(code: str, entry: Mapping[str, Any], archive_port: int | None) -> BodyPlan:
    return BodyPlan(
        code=code,
        name=entry["name"],
        division=entry["division"],
        delivers=entry["delivers"],
        server=entry.get("server"),
        standards=tuple(entry["standards"]),
        tells=tuple(entry.get("tells", ())),
        rate=float(entry["rate"]),
        mistakes=float(entry["mistakes"]),
        correction=entry["correction"],
        correction_delay=float(entry["correction_delay"]),
        hold=float(entry.get("hold", 0)),
        skew=float(entry.get("skew", 0)),
        archive=f"http://127.0.0.1:{archive_port}/{entry['division']}" if archive_port else None,
    )
