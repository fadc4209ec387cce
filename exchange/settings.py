"""The settings of one installation: one frozen object, read once at the edge.

Nothing below the command line or a DAG reads the environment: it gets this object or a value
from it. ``python -m exchange.settings`` prints the table that stands in the reference.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from exchange.errors import StopError

ROOT = Path(__file__).resolve().parents[1]


class UnreadableSettingError(StopError):
    """The environment variable {variable} is {value!r}; allowed is {allowed}.

    Mend it and start again.
    """


def _meta(variable: str, meaning: str, *, secret: bool = False) -> dict[str, Any]:
    return {"variable": variable, "meaning": meaning, "secret": secret}


@dataclass(frozen=True)
class Settings:
    """Where this installation keeps its things and whom it talks to; no fact about time."""

    state: Path = field(
        default=ROOT / ".state",
        metadata=_meta(
            "SPGL_STATE",
            "Folder for everything the program keeps: store, passwords, notices, logs. Mode 0700, "
            "never in git.",
        ),
    )
    database_url: str | None = field(
        default=None,
        metadata=_meta(
            "SPGL_DATABASE_URL",
            "PostgreSQL URL of the exchange's database for the role exchange_app. Unset: the "
            "embedded PostgreSQL in the state folder.",
            secret=True,
        ),
    )
    owner_database_url: str | None = field(
        default=None,
        metadata=_meta(
            "SPGL_OWNER_DATABASE_URL",
            "The same database for the role exchange_owner, which only `exchange init` uses.",
            secret=True,
        ),
    )
    airflow_database_url: str | None = field(
        default=None,
        metadata=_meta(
            "SPGL_AIRFLOW_DATABASE_URL",
            "PostgreSQL URL of Airflow's own database. Unset: database airflow in the embedded "
            "PostgreSQL.",
            secret=True,
        ),
    )
    queue_url: str | None = field(
        default=None,
        metadata=_meta(
            "SPGL_QUEUE_URL",
            "redis:// URL of the queue between Airflow's scheduler and workers on other machines. "
            "Set: CeleryExecutor. Unset: tasks run beside the scheduler.",
            secret=True,
        ),
    )
    connections: Path | None = field(
        default=None,
        metadata=_meta(
            "SPGL_CONNECTIONS",
            "TOML file, mode 0600, with the stored connections to counties and the province.",
        ),
    )
    policy: Path | None = field(
        default=None,
        metadata=_meta(
            "SPGL_POLICY",
            "TOML file with the policy pack of this jurisdiction. Unset: the pack that ships.",
        ),
    )
    counties: Path | None = field(
        default=None,
        metadata=_meta(
            "SPGL_COUNTIES",
            "Folder with a TOML file for each county, zone and department. Unset: those that ship.",
        ),
    )
    ledger_key: Path | None = field(
        default=None,
        metadata=_meta(
            "SPGL_LEDGER_KEY",
            "TOML file, mode 0600, with the SM2 key pair that signs anchors and receipts. Unset: "
            "ledger-key.toml in the state folder. `exchange init` makes it if it is not there.",
        ),
    )
    pg_bin: Path | None = field(
        default=None,
        metadata=_meta(
            "SPGL_PG_BIN",
            "Folder with initdb, pg_ctl and postgres for the embedded PostgreSQL. Unset: those of "
            "the installed wheel, else those that pg_config names.",
        ),
    )
    airflow_host: str = field(
        default="127.0.0.1",
        metadata=_meta(
            "SPGL_AIRFLOW_HOST",
            "Address on which Airflow's pages listen and at which workers on other machines reach "
            "them.",
        ),
    )
    airflow_port: int = field(
        default=8080,
        metadata=_meta("SPGL_AIRFLOW_PORT", "Port of Airflow's pages."),
    )
    intake_port: int = field(
        default=8730,
        metadata=_meta("SPGL_INTAKE_PORT", "Port of the HTTP intake on the local host."),
    )

    status_port: int = field(
        default=8731,
        metadata=_meta("SPGL_STATUS_PORT", "Port of the status page on the local host."),
    )
    status_token: str | None = field(
        default=None,
        metadata=_meta(
            "SPGL_STATUS_TOKEN",
            "What the status page asks for when it is served to other machines.",
            secret=True,
        ),
    )
    disk_free_mb: int = field(
        default=1024,
        metadata=_meta(
            "SPGL_DISK_FREE_MB",
            "Megabytes to keep free on the disk of the state folder. Below twice as many pulling "
            "slows down, below them it stops; delivery goes on.",
        ),
    )

    @property
    def store_folder(self) -> Path:
        """The folder of the embedded PostgreSQL of the exchange itself."""
        return self.state / "store"

    @property
    def signing_key(self) -> Path:
        """The file with the key pair that signs anchors and receipts."""
        return self.ledger_key or self.state / "ledger-key.toml"

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of ``environment`` (default: the process's own); empty counts as unset.

        Raises UnreadableSettingError, naming the variable and what was allowed.
        """
        environment = os.environ if environment is None else environment
        given: dict[str, Any] = {}
        for setting in fields(cls):
            variable = setting.metadata["variable"]
            text = environment.get(variable, "")
            if text:
                given[setting.name] = _typed(variable, setting.type, text)
        return cls(**given)


_PORTS = range(1, 65536)


def _typed(variable: str, kind: Any, text: str) -> Any:
    if "Path" in kind:
        return Path(text).expanduser().absolute()
    if kind == "int" and "PORT" not in variable:
        if text.isascii() and text.isdecimal():
            return int(text)
        raise UnreadableSettingError(variable=variable, value=text, allowed="a whole number")
    if kind == "int":
        if text.isascii() and text.isdecimal() and int(text) in _PORTS:
            return int(text)
        raise UnreadableSettingError(
            variable=variable, value=text, allowed="a port from 1 to 65535"
        )
    if "URL" in variable:
        scheme = "redis" if "QUEUE" in variable else "postgresql"
        if not text.startswith(scheme):
            raise UnreadableSettingError(
                variable=variable, value="(hidden)", allowed=f"a URL that starts with {scheme}://"
            )
    return text


def table() -> str:
    """The reference page of all settings as Markdown, made from the fields above."""
    lines = [
        "# Settings",
        "",
        "All by environment variable, read once at start. Made by `python -m exchange.settings`.",
        "",
        "| variable | default | secret | meaning |",
        "|---|---|---|---|",
    ]
    for setting in fields(Settings):
        default = "" if setting.default in {None, MISSING} else str(setting.default)
        if isinstance(setting.default, Path):
            default = setting.default.relative_to(ROOT).as_posix()
        secret = "yes" if setting.metadata["secret"] else ""
        lines.append(
            f"| `{setting.metadata['variable']}` | {default and f'`{default}`'} | {secret} "
            f"| {setting.metadata['meaning']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
