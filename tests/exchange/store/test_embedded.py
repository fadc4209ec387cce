"""The embedded PostgreSQL: made, adopted, killed, refused, and by whom it may be run."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from exchange.settings import ROOT
from exchange.store import binaries
from exchange.store.binaries import (
    NOBODY,
    CannotRunAsRootError,
    ForeignFolderError,
    NoProgramsError,
    Programs,
    account_for,
    find_programs,
)
from exchange.store.datafolder import (
    SOCKET_PATH_LIMIT,
    OtherMajorError,
    StoreDoesNotStartError,
)
from exchange.store.embedded import Cluster
from exchange.store.keeper import keep
from exchange.store.passwords import NoSuchRoleError
from tests.stores import THROW_AWAY

pytestmark = pytest.mark.database

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has other ways to run a server")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A server of the test's own, made but not started; stopped at the end."""
    one = Cluster(tmp_path / "store", options=THROW_AWAY)
    yield one
    one.stop()


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Cluster]:
    """The same with the real configuration, for what is about durability."""
    one = Cluster(tmp_path / "store")
    yield one
    one.stop()


def _ask(dsn: str, question: str) -> object:
    with psycopg.connect(dsn) as conn:
        row = conn.execute(question.encode()).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("beyond", [0, 1, 15])
def test_deep(beyond: int) -> None:
    """At and beyond the longest folder that the kernel takes a socket in, the server starts."""
    with TemporaryDirectory(prefix="s") as base:
        longest = SOCKET_PATH_LIMIT - len("/socket")
        folder = Path(base) / ("d" * (longest - len(base) - 1 + beyond))
        one = Cluster(folder, options=THROW_AWAY)
        try:
            assert one.start().running
            there = list((folder / "socket").glob(".s.PGSQL.*"))
            assert bool(there) == (not beyond)
        finally:
            one.stop()


def test_a_new_store_is_closed_and_local(cluster: Cluster) -> None:
    """Folder and secrets are the owner's alone, passwords are hashed, nothing listens outside."""
    status = cluster.start()
    assert status.running
    assert stat.S_IMODE(cluster.folder.stat().st_mode) == 0o700
    for secret in ("passwords.json", "data/pg_hba.conf", "start.log"):
        assert stat.S_IMODE((cluster.folder / secret).stat().st_mode) == 0o600
    assert stat.S_IMODE((cluster.folder / "socket").stat().st_mode) == 0o700
    listening = {
        c.laddr.ip for c in psutil.net_connections() if c.laddr and c.laddr.port == status.port
    }
    assert listening == {"127.0.0.1"}
    rules = _ask(
        cluster.dsn("postgres"), "select array_agg(distinct auth_method) from pg_hba_file_rules"
    )
    assert rules == ["scram-sha-256"]
    assert _ask(cluster.dsn("postgres"), "show timezone") == "UTC"


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    """Being on the same machine is not enough."""
    port = cluster.start().port
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://postgres:guess@127.0.0.1:{port}/postgres")


def test_roles_can_do_their_own_work_only(cluster: Cluster) -> None:
    """The program's role is no superuser, makes no tables, and reaches no foreign database."""
    cluster.start()
    for role in ("owner", "app", "other"):
        cluster.ensure_role(role)
    cluster.ensure_database("work", "owner", users=("app",))
    cluster.ensure_database("work", "owner", users=("app",))
    assert _ask(cluster.dsn("work", "app"), "show is_superuser") == "off"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _ask(cluster.dsn("work", "app"), "create table t (x int)")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(cluster.dsn("work", "other"))
    with pytest.raises(NoSuchRoleError, match="nobody_made_me"):
        cluster.dsn("work", "nobody_made_me")


def test_starting_again_adopts_what_runs(cluster: Cluster) -> None:
    """A second start, by another object, finds the same process and port."""
    first = cluster.start()
    assert Cluster(cluster.folder).start() == first
    assert cluster.stop() is True
    assert cluster.stop() is False
    assert cluster.start().port == first.port


def test_two_starters_make_one_server(tmp_path: Path) -> None:
    """Two processes that start the same new store at once end with the same server."""
    folder = tmp_path / "store"
    command = [sys.executable, "-m", "exchange", "store", "start", "--data-dir", str(folder)]
    starters = [
        subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [starter.communicate(timeout=120)[0] for starter in starters]
    try:
        assert [starter.returncode for starter in starters] == [0, 0]
        assert told[0] == told[1]
    finally:
        Cluster(folder).stop()


def test_committed_rows_survive_kill_9(durable: Cluster) -> None:
    """After kill -9 under load a start recovers, and every acknowledged row is there."""
    pid = durable.start().pid
    assert pid is not None
    dsn = durable.dsn("postgres")
    threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()
    acknowledged = _insert_until_the_server_dies(dsn)
    assert durable.was_stopped() is False
    assert durable.start().pid != pid
    assert acknowledged > 0
    # one commit may have gone unanswered
    assert _ask(dsn, "select count(*) from kept") in {acknowledged, acknowledged + 1}


def test_a_taken_port_is_left_to_its_taker(cluster: Cluster) -> None:
    """If someone else holds the kept port the server takes another and says which."""
    first = cluster.start()
    cluster.stop()
    taker = Cluster(cluster.folder.with_name("taker"), options=THROW_AWAY)
    taker.folder.mkdir(mode=0o700)
    shutil.copy(cluster.folder / "port", taker.folder / "port")
    try:
        assert taker.start().port == first.port
        assert cluster.start().port not in {None, first.port}
    finally:
        taker.stop()


def test_data_of_another_major_is_refused_untouched(cluster: Cluster) -> None:
    """The error names both versions and what to do; the data is as it was."""
    cluster.start()
    cluster.stop()
    version = cluster.folder / "data" / "PG_VERSION"
    real = version.read_text()
    version.write_text("15\n")
    with pytest.raises(OtherMajorError, match=r"PostgreSQL 15.*SPGL_PG_BIN.*pg_dump"):
        cluster.start()
    version.write_text(real)
    assert cluster.start().running


def test_an_interrupted_making_is_made_again(cluster: Cluster) -> None:
    """A half-made data folder of a killed first start does no harm."""
    (cluster.folder / "data.new" / "base").mkdir(parents=True)
    assert cluster.start().running


def test_why_it_does_not_start_is_told(tmp_path: Path) -> None:
    """The server's own reason stands in the error."""
    broken = Cluster(tmp_path / "store", options={"shared_buffers": "nonsense"})
    with pytest.raises(StoreDoesNotStartError, match="shared_buffers"):
        broken.start()


def test_missing_programs_are_named(tmp_path: Path) -> None:
    """A wrong SPGL_PG_BIN is told with what was looked for."""
    with pytest.raises(NoProgramsError, match="initdb, pg_ctl and postgres"):
        find_programs(tmp_path)


def test_keeping_starts_a_killed_server_again(cluster: Cluster) -> None:
    """`store keep` survives kill -9 of its server, and stops it on SIGTERM."""
    command = [sys.executable, "-m", "exchange", "store", "keep", "--data-dir", str(cluster.folder)]
    keeper = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE)
    try:
        first = _wait_for_other_pid(cluster, None)
        os.kill(first, signal.SIGKILL)
        second = _wait_for_other_pid(cluster, first)
        keeper.terminate()
        assert keeper.wait(60) == 0
        assert not psutil.pid_exists(second) or not cluster.status().running
    finally:
        keeper.kill()
        keeper.communicate()


def test_keeping_ends_when_the_server_is_stopped_on_purpose(cluster: Cluster) -> None:
    """A clean stop by somebody else is not undone."""
    said: list[str] = []

    def stop_soon() -> None:
        _wait_for_other_pid(cluster, None)
        cluster.stop()

    stopper = threading.Thread(target=stop_soon)
    stopper.start()
    keep(cluster, say=said.append)
    stopper.join()
    assert said[-1].startswith("somebody stopped the server")


@as_root
@pytest.mark.parametrize("way", binaries.WAYS, ids=["namespace", "nobody", "capability"])
def test_every_way_of_root_runs_a_server(
    way: binaries.Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way works alone on this machine, or says why it does not; none runs it as root."""
    folder = Path(os.path.realpath("/tmp")) / f"spgl-way-{os.getpid()}"  # pytest's own is closed
    monkeypatch.setattr(binaries, "WAYS", (way,))
    cluster = Cluster(folder / "store", options=THROW_AWAY)
    try:
        pid = cluster.start().pid
        assert pid is not None
        uids = psutil.Process(pid).uids()
        assert (cluster.folder / "data").stat().st_uid == way.uid
        assert uids.real == way.uid
    except CannotRunAsRootError as error:
        pytest.skip(f"this machine: {error}")
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@as_root
def test_root_moves_data_from_one_way_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container that stops allowing user namespaces keeps its data."""
    cluster = Cluster(tmp_path / "store", options=THROW_AWAY)
    try:
        cluster.start()
        cluster.stop()
        monkeypatch.setattr(binaries, "WAYS", binaries.WAYS[-1:])
        cluster.start()
        cluster.stop()
        assert (cluster.folder / "data" / "base").stat().st_uid == NOBODY
        monkeypatch.undo()
        assert cluster.start().running
    except CannotRunAsRootError as error:
        pytest.skip(f"this machine: {error}")
    finally:
        cluster.stop()


@as_root
def test_root_without_any_way_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing works the error names what was tried and the three ways out."""
    monkeypatch.setattr(binaries, "WAYS", (binaries.Account(("no-such-program",), 0),))
    with pytest.raises(CannotRunAsRootError, match=r"no-such-program.*SPGL_DATABASE_URL"):
        Cluster(tmp_path / "store").start()


@as_root
def test_an_ordinary_user_runs_it_and_root_helps_without_harm() -> None:
    """As nobody the server runs plainly; root over the same folder keeps it nobody's."""
    folder = Path(os.path.realpath("/tmp")) / f"spgl-user-{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    command = [
        *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
        # a shell in between: setpriv itself would still be let through closed folders
        *("sh", "-c", 'exec "$0" "$@"', sys.executable),
        *("-m", "exchange", "store", "start", "--data-dir", str(folder / "store")),
    ]
    cluster = Cluster(folder / "store")
    try:
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=_environment(), capture_output=True, text=True
        )
        if done.returncode in {126, 127}:
            pytest.skip("this Python is in a folder that is closed to other users")
        assert done.returncode == 0, done.stderr
        cluster.ensure_role("added_by_root")
        assert {path.stat().st_uid for path in cluster.folder.rglob("*")} == {NOBODY}
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary user is told whose the folder is."""
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(ForeignFolderError, match="SPGL_STATE"):
        account_for(tmp_path, Programs(tmp_path, 18))


def _insert_until_the_server_dies(dsn: str) -> int:
    """How many rows, one commit each, the server acknowledged."""
    acknowledged = 0
    conn = psycopg.connect(dsn, autocommit=True)
    conn.execute("create table kept (x int primary key)")
    try:
        while True:
            conn.execute("insert into kept values (%s)", (acknowledged,))
            acknowledged += 1
    except psycopg.OperationalError:
        return acknowledged
    finally:
        conn.close()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def _wait_for_other_pid(cluster: Cluster, old: int | None) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pid = cluster.status().pid
        if pid is not None and pid != old:
            return pid
        time.sleep(0.05)
    raise AssertionError("the server did not come")
