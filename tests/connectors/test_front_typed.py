"""Front databases with typed columns: every column still comes as the text that is stored."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from connectors.front_database import FrontDatabase
from schemas import Table
from tests.connectors.conftest import MariaWorld, PostgresWorld
from tests.connectors.front_suite import FrontWorld
from tests.connectors.source_suite import PROJECTS, SourceSuite, Taker, World, project


def retype(world: FrontWorld, **types: str) -> None:
    """Give some columns of the empty projects' table another type."""
    table = world.q(PROJECTS.code)
    for column, kind in types.items():
        with world.owner() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {world.q(column)}")
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {world.q(column)} {kind}")


@pytest.mark.mariadb
def test_zero_dates_of_mariadb(maria_world: MariaWorld) -> None:
    """0000-00-00 in a DATE column, long decimals, NUL and a zero change time all come as text."""
    world = maria_world
    retype(world, SBSJ="date", NKGSJ="datetime", ZTZE="decimal(38,10)", CD="double")
    given = project(1, SBSJ="0000-00-00", NKGSJ="0000-00-00 00:00:00", CD="0.1", XMMC="a\0b")
    given["ZTZE"] = "1234567890123456789012345678.1234567890"
    world.put(PROJECTS, [given, project(2, SBSJ="2026-01-02", NKGSJ=None, ZTZE="1", CD=None)])
    world.run("UPDATE {} SET \"GXSJ\" = '0000-00-00' WHERE \"DFSJZJ\" = 'L000001'")
    taker = Taker(world)
    rows = {row.values["DFSJZJ"]: row for row in taker.pull()}
    first, second = rows["L000001"], rows["L000002"]
    assert [first.values[code] for code in ("SBSJ", "NKGSJ", "ZTZE", "CD", "XMMC")] == [
        "0000-00-00",
        "0000-00-00 00:00:00",
        "1234567890123456789012345678.1234567890",
        "0.1",
        "a␀b",
    ]
    assert (first.changed_at, [defect.code for defect in first.defects]) == (None, ["nul_byte"])
    assert [second.values[code] for code in ("SBSJ", "NKGSJ", "ZTZE")] == [
        "2026-01-02",
        None,
        "1.0000000000",
    ]
    assert taker.pull() == []


@pytest.mark.database
def test_types_of_postgresql(postgres_world: PostgresWorld) -> None:
    """Dates, times with and without zone, numbers and infinity come as PostgreSQL prints them."""
    world = postgres_world
    retype(world, SBSJ="date", NKGSJ="timestamptz", ZTZE="numeric", CD="float8", NJCSJ="date")
    given = project(1, SBSJ="2026-01-02", NKGSJ="2026-01-02 00:00:00+00", ZTZE="1.50", CD="0.1")
    world.put(PROJECTS, [given | {"NJCSJ": "infinity"}])
    (row,) = Taker(world).pull()
    assert [row.values[code] for code in ("SBSJ", "NKGSJ", "ZTZE", "CD", "NJCSJ")] == [
        "2026-01-02",
        "2026-01-02 08:00:00+08",
        "1.50",
        "0.1",
        "infinity",
    ]


@pytest.mark.database
def test_change_times_with_fractions_and_zone(postgres_world: PostgresWorld) -> None:
    """A change time with microseconds and a zone pages without loss and without repeats."""
    world = postgres_world
    world.run('ALTER TABLE {} ALTER COLUMN "GXSJ" TYPE timestamptz(6)')
    for number in range(12):
        world.run(
            'INSERT INTO {} ("DFSJZJ", "GXSJ") SELECT '
            f"'L{number:06}', now() - interval '{20 - number} milliseconds'"
        )
    taker = Taker(world, page_rows=5)
    assert len(taker.pull()) == 12
    assert len(taker.landed()) == 12
    assert taker.pull() == []


class KingbaseWorld(PostgresWorld):
    """PostgreSQL by the driver of KingbaseES."""

    driver = "kingbase"

    def url(self, *, reader: bool = True) -> str:
        """The address as a body with KingbaseES stores it."""
        url = make_url(super().url(reader=reader)).set(drivername="kingbase")
        return url.render_as_string(hide_password=False)


@pytest.mark.database
class TestKingbase(SourceSuite):
    """KingbaseES: the vendor's driver, against PostgreSQL."""

    @pytest.fixture
    def world(self, postgres_world: PostgresWorld) -> World:
        """A county with KingbaseES."""
        postgres_world.__class__ = KingbaseWorld
        return postgres_world

    def test_the_dialect_is_ours(self, world: FrontWorld) -> None:
        """The vendor's driver is really used, through our dialect."""
        source = world.source()
        assert isinstance(source, FrontDatabase)
        assert source._engine.dialect.name == "kingbase"
        assert source._engine.dialect.driver == "ksycopg2"
        assert any("INSERT" in str(error) for error in _refusal(world))


def _refusal(world: FrontWorld, table: Table = PROJECTS) -> list[Exception]:
    source = FrontDatabase(world.body, world.url(reader=False), (table,), cursor="GXSJ")
    try:
        source.check()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
        return [error]
    finally:
        source.close()
    return []
