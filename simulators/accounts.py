"""Accounts of the simulated world: who may do what in which database, and their passwords.

The world's own secrets are kept in one file of the state folder (0600); what the exchange is given
is written to its connections file (0600). Both are written whole and put in place by a rename.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from simulators.settings import Server, World, WorldError


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one database of a server on this machine."""

    server: Server
    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)

    def url(self, *, port: int | None = None) -> str:
        """The address as SQLAlchemy reads it, through another ``port`` if one is given."""
        driver, options = {
            "postgresql": ("postgresql+psycopg2", "?sslmode=disable&connect_timeout=3"),
            "mariadb": ("mysql+pymysql", "?charset=utf8mb4&connect_timeout=3"),
        }[self.server]
        return (
            f"{driver}://{quote(self.user)}:{quote(self.password, safe='')}"
            f"@{self.host}:{port or self.port}/{self.database}{options}"
        )


@dataclass(slots=True)
class Accounts:
    """What :func:`simulators.world.prepare` made: accounts by purpose, and shared secrets.

    ``writers`` and ``readers`` are of the county databases by connection name; ``province`` holds
    the province's own account of each of its databases, ``senders`` the exchange's account there.
    """

    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    writers: dict[str, Account] = field(default_factory=dict)
    readers: dict[str, Account] = field(default_factory=dict)
    province: dict[str, Account] = field(default_factory=dict)
    senders: dict[str, Account] = field(default_factory=dict)

    def secret(self, name: str) -> str:
        """The password or token of this name: made once, the same ever after."""
        return self.passwords.setdefault(name, secrets.token_urlsafe(24))


_GROUPS = ("writers", "readers", "province", "senders")


def load(world: World) -> Accounts:
    """The accounts made so far; none before the first ``prepare``."""
    try:
        saved = json.loads(_path(world).read_text("utf-8"))
    except FileNotFoundError:
        return Accounts()
    groups = {
        group: {name: Account(**entry) for name, entry in saved[group].items()} for group in _GROUPS
    }
    return Accounts(passwords=saved["passwords"], **groups)


def need(world: World) -> Accounts:
    """The accounts; raises WorldError when the world was never prepared."""
    if not _path(world).exists():
        raise WorldError(
            "the world has no accounts yet; run `python -m simulators.world prepare --config …`"
        )
    return load(world)


def save(world: World, accounts: Accounts) -> None:
    """Keeps the accounts for the simulators' processes."""
    write_secret(_path(world), json.dumps(asdict(accounts), indent=1, sort_keys=True))


def write_connections(path: Path, urls: Mapping[str, str]) -> None:
    """The connections file of the exchange: name = "address", readable by its owner only."""
    lines = [
        f"{name} = {json.dumps(url, ensure_ascii=False)}\n" for name, url in sorted(urls.items())
    ]
    head = "# Written by simulators.world: how the exchange reaches the simulated world. Secret.\n"
    write_secret(path, head + "".join(lines))


def write_secret(path: Path, text: str) -> None:
    """A file with mode 0600 that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def _path(world: World) -> Path:
    return world.folder / "accounts.json"
