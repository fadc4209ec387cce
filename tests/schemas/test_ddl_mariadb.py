"""The DDL for MySQL, run on a real MariaDB."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from schemas import load, versions
from schemas.ddl import Options, columns, statements

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.skipif(shutil.which("mariadbd") is None, reason="mariadbd is not installed"),
]

DIRT = ("0000-00-00", "２０２６年", "𠮷野家", "", "x" * 100_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A MariaDB of this module's own; the port on the local host."""
    home = tmp_path_factory.mktemp("mariadb")
    data = home / "data"
    subprocess.run(
        [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        check=True,
        capture_output=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(_command(data, home, port), stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def connection(server: int) -> Iterator[Any]:
    """A connection to an empty database."""
    with pymysql.connect(host="127.0.0.1", port=server, user="root", autocommit=True) as opened:
        with opened.cursor() as cursor:
            cursor.execute("CREATE DATABASE front")
            cursor.execute("USE front")
        yield opened
        with opened.cursor() as cursor:
            cursor.execute("DROP DATABASE front")


@pytest.mark.parametrize("options", [{}, {"lsh": "char32"}, {"loose": True}])
@pytest.mark.parametrize("version", versions())
def test_all_tables_are_created(connection: Any, version: str, options: Options) -> None:
    """Every table exists with its columns in order: row size and index length fit InnoDB."""
    asked: Options = {**options, "change_column": "GXSJ"}
    with connection.cursor() as cursor:
        for table in load(version).in_order:
            for statement in statements(table, "mysql", **asked):
                cursor.execute(statement)
            cursor.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'front' AND table_name = %s ORDER BY ordinal_position",
                (table.code,),
            )
            assert tuple(row[0] for row in cursor.fetchall()) == columns(
                table, change_column="GXSJ"
            )


def test_a_county_table_keeps_dirt_and_stamps_the_change(connection: Any) -> None:
    """Each piece of dirt comes back as it went in, also characters beyond the basic plane."""
    table = load("2.0").table("SPGL_XMJBXXB")
    with connection.cursor() as cursor:
        for statement in statements(table, "mysql", loose=True, change_column="GXSJ"):
            cursor.execute(statement)
        for text in DIRT:
            cursor.execute(
                "INSERT INTO SPGL_XMJBXXB (DFSJZJ, GCDM, XMWQBJSJ) VALUES (%s, %s, %s)",
                (text, text, text),
            )
        cursor.execute("SELECT DFSJZJ, GCDM, XMWQBJSJ, GXSJ FROM SPGL_XMJBXXB ORDER BY LSH")
        rows = cursor.fetchall()
    assert [row[:3] for row in rows] == [(text, text, text) for text in DIRT]
    assert all(row[3] is not None for row in rows)


def _command(data: Path, home: Path, port: int) -> list[str]:
    return [
        "mariadbd",
        "--no-defaults",
        f"--datadir={data}",
        f"--socket={home / 's'}",
        f"--pid-file={home / 'pid'}",
        "--bind-address=127.0.0.1",
        f"--port={port}",
        "--user=root",
    ]


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root").close()
        except pymysql.err.OperationalError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"MariaDB did not answer on port {port} within 20 seconds")
