"""Faults of the store: restarted, killed, its disk full."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg

from tests.faults.catalogue import Fault, Stage
from tests.faults.city import FaultCity

_AT = "420602"
_DISK = "1g"
_QUOTA_BYTES = 4096


def restarted(stage: Stage) -> None:
    """The store is stopped in an orderly way and started again, as for an upgrade."""
    records = stage.hand.lines(_AT, 40)
    stage.hand.say(_AT, *records)
    before = stage.city.store_pid()
    done = stage.city.run("store", "stop")
    if done.returncode:
        raise AssertionError(done.stderr)
    _wait_for_other(stage.city, before)
    stage.hand.wait_for(*records, last="confirmed", seconds=180)


def killed(stage: Stage) -> None:
    """The store's server dies by kill -9 with transactions open."""
    records = stage.hand.lines(_AT, 40)
    stage.hand.say(_AT, *records)
    pid = stage.city.store_pid()
    if pid is None:
        raise AssertionError("the store does not run")
    stage.city.kill_pid(pid)
    _wait_for_other(stage.city, pid)
    stage.hand.wait_for(*records, last="confirmed", seconds=180)


def disk_full(stage: Stage) -> None:
    """Nothing more can be written where the store keeps its data; then there is room again."""
    records = stage.hand.lines(_AT, 300)
    with no_room(stage.city) as how:
        stage.hand.say(_AT, *records)
        stage.city.wait(lambda: _refuses(stage.city), 90, f"the store to feel it ({how})")
        time.sleep(2)
    stage.city.wait(lambda: not _refuses(stage.city), 120, "the store to take rows again")
    stage.hand.wait_for(*records, last="confirmed", seconds=240)


@contextmanager
def disk_of_its_own(folder: Path) -> Iterator[bool]:
    """A small disk in memory at ``folder``, where this user may make one; says whether it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK},mode=0700", "tmpfs", str(folder)]
    made = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield made
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def no_room(city: FaultCity) -> Iterator[str]:
    """No room for the store while the block runs; says by which means.

    Root fills the store's own small disk to the last byte. Another user cannot make a disk; then
    the server's processes get a limit on the size of files, which refuses writes in the same places
    with another error number (EFBIG for ENOSPC).
    """
    folder = city.city.settings.store_folder
    if folder.is_mount():
        ballast = folder / "ballast"
        try:
            _fill(ballast)
            yield "full disk"
        finally:
            ballast.unlink(missing_ok=True)
        return
    try:
        _limit(city, _QUOTA_BYTES)
        yield "limit on the size of files"
    finally:
        _limit(city, resource.RLIM_INFINITY)


def _fill(ballast: Path) -> None:
    block = b"\0" * (1 << 20)
    with ballast.open("wb", buffering=0) as out:
        for size in (len(block), 4096, 1):
            with suppress(OSError):
                while True:
                    out.write(block[:size])


def _limit(city: FaultCity, size: int) -> None:
    pid = city.store_pid()
    if pid is None:
        return
    server = psutil.Process(pid)
    for process in (server, *server.children(recursive=True)):
        with suppress(psutil.Error):
            process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _refuses(city: FaultCity) -> bool:
    """Whether a row cannot be written and committed now."""
    try:
        with psycopg.connect(city.superuser_dsn(), autocommit=True) as conn:
            conn.execute("create table if not exists room (filler text)")
            conn.execute(
                "insert into room select repeat(md5(n::text), 30) from generate_series(1, 2000) n"
            )
            conn.execute("checkpoint")
            conn.execute("drop table room")
    except psycopg.Error:
        return True
    return False


def _wait_for_other(city: FaultCity, before: int | None) -> None:
    city.wait(lambda: city.store_pid() not in {None, before}, 120, "the store to come back")


FAULTS = (
    Fault("store-restarted", "台账库正常重启", restarted),
    Fault("store-killed", "台账库被 kill -9", killed),
    Fault("disk-full", "台账库所在磁盘写满，过后腾出", disk_full),
)
