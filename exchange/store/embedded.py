"""A PostgreSQL server of our own in one folder: made, started, adopted, stopped.

The server outlives who started it. ``start`` may be called at any time by anybody, also by several
at once: it makes what is missing and finds what is there. Passwords are in ``passwords.json``; the
superuser's is for setting up only.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from exchange.errors import TryLaterError
from exchange.store.binaries import Account, Programs, account_for, find_programs
from exchange.store.datafolder import SUPERUSER, DataFolder, StoreDoesNotStartError
from exchange.store.passwords import Passwords
from exchange.store.postmaster import Postmaster, shared_memory_in_use

START_SECONDS = 300
STOP_SECONDS = 120
LOCK_SECONDS = START_SECONDS + 30
ORPHAN_SECONDS = 30
PORT_TRIES = 3


class StoreBusyError(TryLaterError):
    """Another process has been starting or stopping the store {folder} for {seconds} s.

    Look at {folder}/start.log, then try again.
    """


class StoreDoesNotStopError(TryLaterError):
    """PostgreSQL in {folder}, process {pid}, did not stop within {seconds} s.

    Somebody may be at work in it; try again.
    """


@dataclass(frozen=True)
class Status:
    """A look at a store: its process and port if it runs, the major version if there is data."""

    folder: Path
    running: bool
    pid: int | None = None
    port: int | None = None
    major: int | None = None


class Cluster:
    """One embedded PostgreSQL. ``options`` override its configuration (tests: fsync off)."""

    def __init__(
        self,
        data_dir: Path,
        *,
        programs: Path | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = data_dir.absolute()
        self._files = DataFolder(self.folder)
        self._passwords = Passwords(self.folder / "passwords.json")
        self._override = programs
        self._options = dict(options or {})

    def start(self) -> Status:
        """Have the server running and answering, making the data on first use; then its status.

        Raises OtherMajorError, StoreDoesNotStartError, StoreBusyError and what finding programs
        and account raises.
        """
        with self._locked():
            if not self._found_running():
                programs = find_programs(self._override)
                account = account_for(self.folder, programs)
                self._files.ensure(programs, account, self._passwords.ensure(SUPERUSER))
                self._start(programs, account)
        return self.status()

    def stop(self) -> bool:
        """Stop the server cleanly; False if none ran. Raises StoreDoesNotStopError."""
        if not self.folder.is_dir():
            return False
        with self._locked():
            postmaster = Postmaster.of(self._files.data)
            if postmaster is None or not postmaster.alive():
                return False
            if not postmaster.stop(STOP_SECONDS):
                raise StoreDoesNotStopError(
                    folder=self.folder, pid=postmaster.pid, seconds=STOP_SECONDS
                )
            return True

    def status(self) -> Status:
        """How things stand; never waits and never raises for a store that is not there."""
        major = self._files.major()
        postmaster = Postmaster.of(self._files.data)
        if postmaster is None or not postmaster.ready or not postmaster.alive():
            return Status(self.folder, running=False, major=major)
        return Status(self.folder, True, postmaster.pid, postmaster.port, major)

    def was_stopped(self) -> bool:
        """Was the last server ended on purpose? A killed one leaves its process file behind."""
        return Postmaster.of(self._files.data) is None

    def dsn(self, database: str, role: str = SUPERUSER) -> str:
        """The URL by which ``role`` reaches ``database``; it holds the password: never log it.

        Raises NoSuchRoleError.
        """
        port = self.status().port or self._files.port()
        return f"postgresql://{role}:{self._passwords.get(role)}@127.0.0.1:{port}/{database}"

    def ensure_role(self, role: str) -> None:
        """Have a role that may log in and nothing more, with the kept password. Server runs."""
        with self._locked(), self._superuser() as conn:
            password = self._passwords.ensure(role).encode()
            # hashed here, so that a statement in the server's log holds no password
            secret = conn.pgconn.encrypt_password(password, role.encode(), b"scram-sha-256")
            found = conn.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
            conn.execute(
                sql.SQL(
                    "{} role {} with login nosuperuser nocreatedb nocreaterole noreplication"
                    " nobypassrls password {}"
                ).format(
                    sql.SQL("alter" if found else "create"),
                    sql.Identifier(role),
                    sql.Literal(secret.decode()),
                )
            )

    def ensure_database(self, database: str, owner: str, users: tuple[str, ...] = ()) -> None:
        """Have a database of ``owner`` that only ``users`` besides may connect to. Server runs."""
        with self._locked(), self._superuser() as conn:
            known = "select 1 from pg_database where datname = %s"
            if conn.execute(known, (database,)).fetchone() is None:
                conn.execute(
                    sql.SQL("create database {} owner {}").format(
                        sql.Identifier(database), sql.Identifier(owner)
                    )
                )
            name = sql.Identifier(database)
            conn.execute(sql.SQL("revoke all on database {} from public").format(name))
            for user in users:
                grant = sql.SQL("grant connect on database {} to {}")
                conn.execute(grant.format(name, sql.Identifier(user)))

    def _superuser(self) -> psycopg.Connection:
        return psycopg.connect(self.dsn(SUPERUSER), autocommit=True, connect_timeout=10)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the store's lock: one starter, stopper or maker of roles at a time."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as handle:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise StoreBusyError(folder=self.folder, seconds=LOCK_SECONDS) from None
                    time.sleep(0.05)
            yield

    def _found_running(self) -> bool:
        """Wait until a server that is there answers or is wholly gone; True if it answers."""
        began = time.monotonic()
        while (postmaster := Postmaster.of(self._files.data)) is not None:
            alive = postmaster.alive()
            if alive and postmaster.ready and self._answers():
                return True
            if not alive and not shared_memory_in_use(postmaster.shared_memory):
                self._files.clear_locks()
                return False
            if time.monotonic() - began > (START_SECONDS if alive else ORPHAN_SECONDS):
                why = f"process {postmaster.pid} or its children hold the data but do not answer"
                raise StoreDoesNotStartError(folder=self.folder, why=why)
            time.sleep(0.05)
        return False

    def _answers(self) -> bool:
        try:
            self._superuser().close()
        except psycopg.OperationalError:
            return False
        return True

    def _start(self, programs: Programs, account: Account) -> None:
        command = (
            *(str(programs.folder / "pg_ctl"), "start", "-D", str(self._files.data)),
            *("-l", str(self._files.start_log), "-w", "-s", "-t", str(START_SECONDS)),
        )
        for attempt in range(1, PORT_TRIES + 1):
            self._files.configure(account, self._options, fresh_port=attempt > 1)
            try:
                self._files.run(account, *command)
            except StoreDoesNotStartError as error:
                # someone took the port between our look and the server's bind
                if attempt == PORT_TRIES or "could not bind" not in str(error):
                    raise
            else:
                return
