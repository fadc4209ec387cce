"""What tells one build of a database from another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from connectors.database_products import PRODUCTS, Session, open_engine
from connectors.front_blueprints import blueprint
from tests.connectors.conftest import PostgresWorld
from tests.connectors.source_suite import PROJECTS


@pytest.mark.database
def test_types_that_somebody_defined_are_looked_at_each_time(
    postgres_world: PostgresWorld,
) -> None:
    """Their numbers mean another type in another database: such a build is like no other.

    What other tables hold does not matter.
    """
    world = postgres_world
    engine = open_engine(world.url(), Session(read_only=True))
    with engine.connect() as connection:
        asked = connection, PRODUCTS["postgresql"], [PROJECTS.code], None
        first = blueprint(*asked)
        with world.owner() as cursor:
            cursor.execute("CREATE DOMAIN short AS varchar(20)")
            cursor.execute("CREATE TABLE other (note short)")
        connection.rollback()
        assert blueprint(*asked) is first
        with world.owner() as cursor:
            cursor.execute(f'ALTER TABLE "{PROJECTS.code}" ADD COLUMN "LOCAL_NOTE" short')
        connection.rollback()
        now = blueprint(*asked)
        assert "LOCAL_NOTE" in now.present[PROJECTS.code].columns
        assert blueprint(*asked) is not now
    engine.dispose()


@pytest.mark.database
def test_a_database_that_cannot_say_its_build_is_looked_at(postgres_world: PostgresWorld) -> None:
    """A relative of the product lacks what the question needs: its tables are found anyhow."""
    relative = replace(PRODUCTS["postgresql"], build=text("select no_such_function(:schema)"))
    engine = open_engine(postgres_world.url(), Session(read_only=True))
    with engine.connect() as connection:
        found = blueprint(connection, relative, [PROJECTS.code], None)
        assert PROJECTS.code in found.present
        assert blueprint(connection, relative, [PROJECTS.code], None) is not found
    engine.dispose()


def test_every_product_that_is_tested_can_say_its_build() -> None:
    """The others are looked at each time."""
    can = {name for name, product in PRODUCTS.items() if product.build is not None}
    assert can == {"postgresql", "mysql", "mariadb"}
