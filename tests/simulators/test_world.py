"""The world is set up with the rights that each party has in life, and can be set up again."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from schemas import load
from simulators import settings, world
from simulators.accounts import Account, Accounts
from simulators.settings import World

pytestmark = pytest.mark.database

Session = Callable[[Account], psycopg.Connection]


def test_every_county_has_all_tables_of_its_generation(
    world_accounts: Accounts, session: Session
) -> None:
    """A front database holds the standard's tables, each with the change time and a serial."""
    for name, version in (("county_420602_v3", "3.0"), ("county_420606_v2", "2.0")):
        found = {
            row[0]
            for row in session(world_accounts.readers[name]).execute(
                "select table_name from information_schema.columns"
                " where column_name in ('GXSJ', 'LSH') group by table_name having count(*) = 2"
            )
        }
        assert found == set(load(version).tables)


@pytest.mark.usefixtures("emptied")
def test_the_exchange_can_only_read_a_county(world_accounts: Accounts, session: Session) -> None:
    """The account given to the exchange has no right to change a county's data."""
    reader = session(world_accounts.readers["county_420602_v3"])
    assert reader.execute('select count(*) from "SPGL_XMJBXXB"').fetchone() == (0,)
    for statement in (
        'insert into "SPGL_XMJBXXB" ("DFSJZJ") values (\'1\')',
        'update "SPGL_XMJBXXB" set "XMMC" = \'x\'',
        'delete from "SPGL_XMJBXXB"',
        "create table mine (x int)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(statement.encode())


def test_the_exchange_can_insert_and_read_at_the_province_and_no_more(
    world_accounts: Accounts, session: Session
) -> None:
    """Rows at the province can be neither changed nor removed by the sender."""
    sender = session(world_accounts.senders["province_v3"])
    sender.execute(
        'insert into "SPGL_SPLCXXB" ("DFSJZJ", "XZQHDM", "SJYXBS", "SJSCZT")'
        " values ('rights', '420602', '1', '0')"
    )
    for statement in (
        'update "SPGL_SPLCXXB" set "SJSCZT" = 3',
        'delete from "SPGL_SPLCXXB"',
        'truncate "SPGL_SPLCXXB"',
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sender.execute(statement.encode())
    owner = session(world_accounts.province["province_v3"])
    owner.execute('delete from "SPGL_SPLCXXB" where "DFSJZJ" = \'rights\'')


def test_a_stranger_cannot_enter_a_county(world_accounts: Accounts, session: Session) -> None:
    """One county's account does not open another county's database."""
    own = world_accounts.readers["county_420602_v3"]
    other = world_accounts.readers["county_420606_v3"]
    stranger = Account(own.server, own.host, own.port, other.database, own.user, own.password)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        session(stranger)


def test_the_connections_file_is_secret_and_names_everything(small_world: World) -> None:
    """The exchange finds all its ways in one file that only its owner can read."""
    path: Path = small_world.connections
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    urls = tomllib.loads(path.read_text("utf-8"))
    assert set(urls) == {
        "county_420602_v3",
        "county_420606_v3",
        "county_420606_v2",
        "county_420600_zrzy_v3",
        "intake_420600_gxq_token",
        "province_v3",
        "province_v2",
        "province_v2_secret",
    }
    assert f":{small_world.front_port}/" in urls["province_v3"]
    assert Path(urls["county_420600_zrzy_v3"]).is_dir()


def test_preparing_again_changes_no_password_and_makes_nothing_twice(
    small_world: World, world_accounts: Accounts
) -> None:
    """A second run finds everything there and leaves the accounts as they are."""
    before = small_world.connections.read_text("utf-8")
    lines = list(world.prepare(small_world))
    assert small_world.connections.read_text("utf-8") == before
    assert [line for line in lines if "tables made" in line and ", 0 tables" not in line] == []


def test_the_absence_of_mariadb_is_said_loudly(world_toml: Path) -> None:
    """Without a configured MariaDB the counties that run it are named and get PostgreSQL."""
    whole = settings.load(world_toml)
    said = world._mariadb(whole)
    assert isinstance(said, str)
    assert said.startswith("!!")
    assert "南漳县" in said
    assert "PostgreSQL" in said
