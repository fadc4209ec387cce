"""Ranges of key on real servers: sums, keys, whole rows; and the statements of other products."""

from __future__ import annotations

import pytest
from sqlalchemy import VARCHAR, DateTime, Integer, Text, select

from connectors.database_products import PRODUCTS, Session, open_engine
from connectors.front_layout import Column, Layout
from connectors.front_ranges import RangeReader
from connectors.front_reading import TableReader
from connectors.key_ranges import KeyRange
from tests.connectors.conftest import MariaWorld, PostgresWorld
from tests.connectors.front_suite import FrontWorld
from tests.connectors.source_suite import PROJECTS, project

WHOLE = KeyRange()


class RangeSuite:
    """What ``RangeSource`` promises, on one product."""

    def test_sums_add_up(self, world: FrontWorld) -> None:
        """A whole is the sum of its parts, wherever it is cut, and its keys are its rows."""
        world.put(PROJECTS, [project(number) for number in range(25)])
        source = world.source()
        whole, empty = source.sums(PROJECTS, [WHOLE, KeyRange(("25",), None)])
        assert (whole.rows, empty.rows, empty.digest) == (25, 0, 0)
        keys = source.keys(PROJECTS, WHOLE, limit=100)
        assert sum(one.digest for one in keys) == whole.digest
        assert all(0 <= one.digest < 1 << 60 for one in keys)
        cut = source.keys(PROJECTS, WHOLE, limit=9)[-1].key
        parts = source.sums(PROJECTS, [KeyRange(None, cut), KeyRange(cut, None)])
        assert [part.rows for part in parts] == [9, 16]
        assert sum(part.digest for part in parts) == whole.digest

    def test_any_change_of_a_row_changes_its_digest(self, world: FrontWorld) -> None:
        """An edit that leaves the change time as it was is seen; NULL and empty text differ."""
        world.put(PROJECTS, [project(number) for number in range(3)], world.now())
        source = world.source()
        seen = {source.sums(PROJECTS, [WHOLE])[0].digest}
        for value in ("''", "NULL", "' '", "'改'"):
            with world.owner() as cursor:
                cursor.execute(
                    f"UPDATE {world.q(PROJECTS.code)} SET {world.q('XMMC')} = {value},"
                    f" {world.q('GXSJ')} = {world.q('GXSJ')} WHERE {world.q('LSH')} = 2"
                )
            seen.add(source.sums(PROJECTS, [WHOLE])[0].digest)
        assert len(seen) == 5

    def test_whole_rows_are_those_of_a_pull(self, world: FrontWorld) -> None:
        """Rows read by key have the cells, change time and name that a pull gives them."""
        world.put(PROJECTS, [project(number) for number in range(250)])
        source = world.source()
        pulled = [row for page in source.pages(PROJECTS, None) for row in page.rows]
        keys = [one.key for one in source.keys(PROJECTS, WHOLE, limit=1000)]
        read = source.rows(PROJECTS, [*keys, ("99999",)])
        assert sorted((one.row.where, one.row.changed_at) for one in read) == sorted(
            (row.where, row.changed_at) for row in pulled
        )
        assert {one.row.values["DFSJZJ"] for one in read} == {
            row.values["DFSJZJ"] for row in pulled
        }
        assert {one.key for one in read} == set(keys)

    def test_keys_of_text(self, world: FrontWorld) -> None:
        """Keys of several columns of text are cut and resumed in the source's own order."""
        world.options["unique"] = ["XMMC", "DFSJZJ"]
        rows = [project(n, XMMC=name) for n, name in enumerate(["甲", "b", "A", "a", "甲", "é"])]
        world.put(PROJECTS, rows)
        source = world.source()
        keys = [one.key for one in source.keys(PROJECTS, WHOLE, limit=100)]
        assert len(set(keys)) == 6
        for number, key in enumerate(keys):
            before, after = source.sums(PROJECTS, [KeyRange(None, key), KeyRange(key, None)])
            assert (before.rows, after.rows) == (number + 1, 5 - number)
        assert len(source.rows(PROJECTS, keys)) == 6


@pytest.mark.database
class TestPostgreSQL(RangeSuite):
    """PostgreSQL."""

    @pytest.fixture
    def world(self, postgres_world: PostgresWorld) -> FrontWorld:
        """A county on PostgreSQL."""
        return postgres_world


@pytest.mark.mariadb
class TestMariaDB(RangeSuite):
    """MariaDB."""

    @pytest.fixture
    def world(self, maria_world: MariaWorld) -> FrontWorld:
        """A county on MariaDB."""
        return maria_world


@pytest.mark.database
class TestHashedHere(RangeSuite):
    """A product that cannot hash text: the rows are hashed on our side."""

    @pytest.fixture
    def world(self, postgres_world: PostgresWorld, monkeypatch: pytest.MonkeyPatch) -> FrontWorld:
        """A county on PostgreSQL whose own digests are not used."""
        monkeypatch.setattr(RangeReader, "_digest_of_row", lambda _self: None)
        return postgres_world


LAYOUT = Layout(
    "SPGL_XMJBXXB",
    {"XMMC": Column("XMMC", VARCHAR(200), nullable=True)},
    Column("GXSJ", DateTime(), nullable=False),
    (Column("LSH", Integer(), nullable=False), Column("XMDM", VARCHAR(50), nullable=False)),
    (),
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("oracle://a:b@127.0.0.1/?service_name=x", ["standard_hash", "to_number", "rawtohex"]),
        ("kingbase://a:b@127.0.0.1/x", ["md5", "BIT(60)", "BIGINT"]),
        ("mysql://a:b@127.0.0.1/x", ["md5", "conv", "concat_ws"]),
        ("dm://a:b@127.0.0.1:5236/x", ["to_char", "ORDER BY"]),
    ],
)
def test_other_products_compile(address: str, expected: list[str]) -> None:
    """The statements of products without a server here come out in their own words."""
    engine = open_engine(address, Session(read_only=True))
    product = PRODUCTS[engine.dialect.name]
    reader = RangeReader(product, TableReader(product, LAYOUT, None, 60), 60)
    part = KeyRange(("1", "甲"), ("7", "乙"))
    chosen = select(reader._digest) if reader._digest is not None else reader._all_columns()
    statement = reader._of_range(chosen, part).order_by(*reader._reader.unique).limit(5)
    text = str(statement.compile(dialect=engine.dialect))
    assert all(word in text for word in expected), text
    engine.dispose()


def test_large_objects_on_oracle_are_hashed_here() -> None:
    """Oracle hashes no large objects: such a table is read and hashed on our side."""
    wide = Layout(
        LAYOUT.name,
        {"XMMC": Column("XMMC", Text(), nullable=True)},
        LAYOUT.cursor,
        LAYOUT.unique,
        (),
    )
    for name, here in (("oracle", True), ("dm", True), ("postgresql", False), ("mysql", False)):
        product = PRODUCTS[name]
        reader = RangeReader(product, TableReader(product, wide, None, 60), 60)
        assert (reader._digest is None) is here
