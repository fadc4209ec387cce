"""A MariaDB server of our own, started and stopped by its process id."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pymysql
import pytest

from schemas import load
from simulators import accounts as account_book
from simulators import mariadb, settings, world
from simulators.front_databases import connect_mariadb
from simulators.mariadb import MariaDB
from tests.connectors.ports import free_port
from tests.stores import Postgres


def test_a_machine_without_mariadb_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no program of MariaDB is found, none is invented."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert mariadb.find() is None


@pytest.mark.mariadb
@pytest.mark.database
def test_a_county_on_mariadb(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set-up, rights, restart with the data kept, and a stop that leaves no process."""
    config = tmp_path / "world.toml"
    config.write_text(
        f'state = "{tmp_path / "s"}"\n[postgres]\ndsn = "{postgres.dsn()}"\n'
        f"[mariadb]\nport = {free_port()}\n"
        "[province]\nfront_port = 1\ngateway_port = 2\n[intake]\nurl = 'http://127.0.0.1:3'\n",
        "utf-8",
    )
    whole = settings.load(config)
    county = dataclasses.replace(whole, bodies={"420624": whole.bodies["420624"]}, forms={})
    try:
        list(world.prepare(county))
        accounts = account_book.need(county)
        writer = accounts.writers["county_420624_v3"]
        assert writer.server == "mariadb"
        with connect_mariadb(writer) as connection, connection.cursor() as cursor:
            cursor.execute('insert into "SPGL_XMJBXXB" ("XMMC") values (%s)', ["𠮷"])
            connection.commit()
        with (
            connect_mariadb(accounts.readers["county_420624_v3"]) as connection,
            connection.cursor() as cursor,
        ):
            assert cursor.execute("show tables") == len(load("3.0").tables)
            with pytest.raises(pymysql.err.OperationalError, match="denied"):
                cursor.execute('delete from "SPGL_XMJBXXB"')
        server = MariaDB(county.folder / "mariadb", county.mariadb_port or 0)
        server.stop()
        assert server.pid is None
        list(world.prepare(county))
        with connect_mariadb(writer) as connection, connection.cursor() as cursor:
            cursor.execute('select "XMMC" from "SPGL_XMJBXXB"')
            assert cursor.fetchall() == (("𠮷",),)
    finally:
        world.stop(county)
