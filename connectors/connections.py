"""Stored connections: from the name in a county or upstream file to a URL with its secrets.

A name is looked up first in the environment, then in the TOML file named by ``SPGL_CONNECTIONS``.
Keys and secrets of a connection are further entries whose names begin with its name::

    SPGL_CONN_COUNTY_420602_V3=postgresql://reader:…@10.0.0.1:5432/front     # in the environment

    county_420602_v3 = "postgresql://reader:…@10.0.0.1:5432/front"           # in the file
    province_v2 = "https://gateway.example"
    province_v2_secret = "…"

The file belongs to its owner alone (mode 0600 or stricter): anything else is refused.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from connectors.base import StopError

_PREFIX = "SPGL_CONN_"
_FILE = "SPGL_CONNECTIONS"


class UnknownConnectionError(StopError):
    """No connection of this name is stored; the message says where it is looked for."""


class OpenFileError(StopError):
    """The connections file can be read by others than its owner."""


class Connections:
    """All stored connections of this process, as they were when the object was made."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, file: Path | None = None
    ) -> None:
        """Read the file (default: the one named by the environment); raises StopError."""
        self._environment = dict(os.environ if environment is None else environment)
        if file is None and self._environment.get(_FILE):
            file = Path(self._environment[_FILE])
        self._file = file
        self._stored = {} if file is None else _read(file)

    def __repr__(self) -> str:
        return f"Connections(file={str(self._file) if self._file else None!r})"

    def url(self, name: str) -> str:
        """The URL (or folder) stored under this name; raises UnknownConnectionError."""
        variable = _PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())
        found = self._environment.get(variable) or self._stored.get(name)
        if found is None:
            where = f"the file {self._file}" if self._file else f"a file named by {_FILE}"
            raise UnknownConnectionError(
                f"no connection {name!r}: set the variable {variable} or store it in {where}"
            )
        return found

    def entry(self, name: str, key: str) -> str:
        """A key or secret of the connection ``name``; raises UnknownConnectionError."""
        return self.url(f"{name}_{key}")


def _read(file: Path) -> dict[str, str]:
    try:
        mode = file.stat().st_mode & 0o777
        if mode & 0o077:
            raise OpenFileError(
                f"{file} holds secrets but has mode {mode:04o}; others must not read it: "
                f"chmod 600 {file}"
            )
        content = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise UnknownConnectionError(f"the connections file {file} does not exist") from None
    except tomllib.TOMLDecodeError as error:
        raise StopError(f"{file} is not valid TOML: {error}") from None
    for name, value in content.items():
        if not isinstance(value, str):
            raise StopError(f"{file}: {name} must be a text, not {type(value).__name__}")
    return content
