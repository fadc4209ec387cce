"""A MariaDB server of our own for the counties that run one: found, set up, started and stopped.

Nothing is installed: without ``mariadbd`` on the machine :func:`find` returns None and the world
says loudly that these counties get PostgreSQL instead. The server listens on 127.0.0.1 only, its
root account has a generated password, and it runs as root (``--user=root``) or as an ordinary
user without making OS users.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pymysql

from simulators.settings import WorldError

_STARTED: dict[int, subprocess.Popen[bytes]] = {}  # by process id: children have to be waited for
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Programs:
    """The two programs needed, as found on this machine."""

    server: str
    installer: str


def find() -> Programs | None:
    """The programs of MariaDB on this machine, or None when they are not installed."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    server = shutil.which("mariadbd", path=path) or shutil.which("mysqld", path=path)
    installer = shutil.which("mariadb-install-db", path=path)
    return Programs(server, installer) if server and installer else None


class MariaDB:
    """One server with its data in ``folder`` (0700) on 127.0.0.1:``port``.

    ``options`` are given to it beside our own.
    """

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self.folder = folder
        self.port = port
        self._more = options
        self._data = folder / "data"
        self._secret = folder / "root.password"
        self._pid_file = folder / "mariadb.pid"

    @property
    def password(self) -> str:
        """The password of root@localhost; made by the first start."""
        return self._secret.read_text("utf-8").strip()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        with suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text("utf-8"))
            command = Path(f"/proc/{pid}/cmdline")
            if not command.exists() or str(self._data) in command.read_text("utf-8", "replace"):
                os.kill(pid, 0)
                return pid
        return None

    def connect(self, database: str | None = None) -> pymysql.Connection:
        """A connection as root, committing each statement."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            password=self.password,
            database=database,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=3,
        )

    def start(self) -> None:
        """Starts the server and waits until it answers; a running one is left alone.

        Raises WorldError when MariaDB is not installed or does not come up; the text ends with the
        last lines of the server's own log.
        """
        programs = find()
        if programs is None:
            raise WorldError("mariadbd is not installed; `./run parts` installs it")
        if self.pid is None:
            self._make(programs)
            log = (self.folder / "mariadb.log").open("ab")
            with log:
                process = subprocess.Popen(
                    [programs.server, *self._options()],
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            _STARTED[process.pid] = process
            self._pid_file.write_text(str(process.pid), "utf-8")
        self._wait()

    def stop(self) -> None:
        """Stops the server by its process id; killed if it does not go within some seconds."""
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + _STOP_SECONDS
        while _alive(pid):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        _STARTED.pop(pid, None)
        self._pid_file.unlink(missing_ok=True)

    def _make(self, programs: Programs) -> None:
        """The data directory and the root password, once."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._secret.exists():
            self._secret.touch(mode=0o600)
            self._secret.write_text(secrets.token_urlsafe(24), "utf-8")
        if not (self._data / "mysql").exists():
            made = subprocess.run(
                [
                    programs.installer,
                    "--no-defaults",
                    f"--datadir={self._data}",
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db",
                    *_as_root(),
                ],
                capture_output=True,
                text=True,
            )
            if made.returncode:
                raise WorldError(f"mariadb-install-db failed: {made.stdout}{made.stderr}"[-2000:])
        self._data.chmod(0o700)
        first = self.folder / "first.sql"
        first.touch(mode=0o600)
        first.write_text(
            f"SET PASSWORD FOR 'root'@'localhost' = PASSWORD('{self.password}');\n"
            "DELETE FROM mysql.global_priv"
            " WHERE User = '' OR (User = 'root' AND Host <> 'localhost');\n"
            "FLUSH PRIVILEGES;\n",
            "utf-8",
        )

    def _options(self) -> list[str]:
        # Small buffers: a front database holds little and shares the machine.
        return [
            "--no-defaults",
            f"--datadir={self._data}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={self.folder / 'm.sock'}",
            f"--pid-file={self._data / 'server.pid'}",
            f"--init-file={self.folder / 'first.sql'}",
            "--default-time-zone=+08:00",
            "--character-set-server=utf8mb4",
            "--innodb-buffer-pool-size=48M",
            "--innodb-flush-log-at-trx-commit=1",
            "--performance-schema=OFF",
            *self._more,
            *_as_root(),
        ]

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.connect().close()
            except pymysql.err.OperationalError as error:
                if self.pid is None or time.monotonic() > until:
                    log = (self.folder / "mariadb.log").read_text("utf-8", "replace")[-1500:]
                    raise WorldError(
                        f"MariaDB does not answer on 127.0.0.1:{self.port}: {error}\n{log}"
                    ) from error
                time.sleep(0.1)
            else:
                return


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


def _alive(pid: int) -> bool:
    if pid in _STARTED:
        return _STARTED[pid].poll() is None
    try:
        os.kill(pid, 0)
        # one that died and that its parent has not asked after yet does nothing more
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2][1] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return True
