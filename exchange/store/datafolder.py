"""The data of an embedded PostgreSQL: made whole or not at all, configured before every start."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from exchange.errors import StopError
from exchange.store.binaries import Account, Programs
from exchange.store.passwords import write_private

SUPERUSER = "postgres"
BUILTIN_LOCALE_SINCE = 17
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.65535")
"""Bytes of the folder's name; the kernel's own limit is 107, with the name of the socket in it."""

CONFIGURATION: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # one file per day of the week, overwritten a week later
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    # no values of rows in the log: they may be personal
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

ACCESS = """local all all scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
"""

_HEADER = "# Written at every start of the embedded store; changes here are lost.\n"


class OtherMajorError(StopError):
    """The data in {folder} is of PostgreSQL {found}, the programs in {programs} are {wanted}.

    Nothing was changed. Go on with the old programs (SPGL_PG_BIN=<their folder>) or move the data:
    pg_dump each database with the old ones, move the folder away, `exchange init`, pg_restore.
    """


class StoreDoesNotStartError(StopError):
    """PostgreSQL in {folder} does not start: {why}

    The whole story is in {folder}/start.log and {folder}/data/log.
    """


class DataFolder:
    """The folder of one store: ``data``, ``socket``, ``port`` and ``start.log`` in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.sockets = folder / "socket"
        self.start_log = folder / "start.log"

    def major(self) -> int | None:
        """The major version of the data; None if there is none yet."""
        try:
            return int((self.data / "PG_VERSION").read_text("ascii"))
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None

    def port(self) -> int | None:
        """The port of the last start, which the next start takes again if it is free."""
        try:
            return int((self.folder / "port").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def ensure(self, programs: Programs, account: Account, superuser_password: str) -> None:
        """Have data of the programs' major version that the account owns.

        Raises OtherMajorError, or StoreDoesNotStartError when initdb fails.
        """
        self.folder.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(self.folder, account.uid, -1)
        found = self.major()
        if found is None:
            self._make(programs, account, superuser_password)
        elif found != programs.major:
            raise OtherMajorError(
                folder=self.data, found=found, programs=programs.folder, wanted=programs.major
            )
        else:
            _own(self.data, account)

    def _make(self, programs: Programs, account: Account, superuser_password: str) -> None:
        draft = self.folder / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        _own(draft, account)
        secret = self.folder / "superuser.new"
        write_private(secret, superuser_password + "\n", account.uid)
        builtin = programs.major >= BUILTIN_LOCALE_SINCE
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8") if builtin else ()
        try:
            self.run(
                account,
                *(str(programs.folder / "initdb"), "-D", str(draft), "-U", SUPERUSER),
                *("-A", "scram-sha-256", f"--pwfile={secret}", "--no-instructions"),
                *("--encoding=UTF8", "--locale=C", *locale),
            )
        finally:
            secret.unlink()
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as out:
            out.write("\ninclude 'exchange.conf'\n")
        draft.rename(self.data)

    def configure(
        self, account: Account, options: Mapping[str, str], *, fresh_port: bool = False
    ) -> None:
        """Write configuration and access rules; keep the port unless it is taken."""
        port = self.port()
        if fresh_port or port is None or not _is_free(port):
            port = _free_port()
            write_private(self.folder / "port", f"{port}\n")
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        _own(self.sockets, account)
        short = len(os.fsencode(self.sockets)) <= SOCKET_PATH_LIMIT
        values = {
            **CONFIGURATION,
            "port": str(port),
            "unix_socket_directories": str(self.sockets) if short else "",
            **options,
        }
        quoted = {name: value.replace("'", "''") for name, value in values.items()}
        lines = "".join(f"{name} = '{value}'\n" for name, value in quoted.items())
        write_private(self.data / "exchange.conf", _HEADER + lines, account.uid)
        write_private(self.data / "pg_hba.conf", _HEADER + ACCESS, account.uid)
        write_private(self.start_log, "", account.uid)

    def clear_locks(self) -> None:
        """Drop the lock files of a server that is dead, and whose children are.

        PostgreSQL itself takes a dead process that nobody has reaped for a living one.
        """
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink()

    def run(self, account: Account, *command: str) -> None:
        """Run a program of PostgreSQL as the account; raises StoreDoesNotStartError."""
        done = subprocess.run(
            [*account.prefix, *command],
            check=False,
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            umask=0o077,
        )
        if done.returncode != 0:
            raise StoreDoesNotStartError(folder=self.folder, why=self._last_words(done.stderr))

    def _last_words(self, printed: str) -> str:
        """The few lines that say why: what was printed, and the end of the newest log."""
        logs = [self.start_log, *(self.data / "log").glob("*.log")]
        newest = max((log for log in logs if log.is_file()), key=_modified, default=None)
        told = newest.read_text("utf-8", "replace").splitlines()[-3:] if newest else []
        return " / ".join(line.strip() for line in [*printed.splitlines(), *told] if line.strip())


def _own(folder: Path, account: Account) -> None:
    """Give ``folder`` and all in it to the account, if root moves from one way to another."""
    if os.geteuid() != 0 or folder.stat().st_uid == account.uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, -1, follow_symlinks=False)


def _environment() -> dict[str, str]:
    """The environment of the server: ours without what PostgreSQL would read from it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C", "LANG": "C"}


def _modified(path: Path) -> float:
    return path.stat().st_mtime


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
