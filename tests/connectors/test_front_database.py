"""Front databases on real servers keep the promises of all sources and of front databases."""

from __future__ import annotations

import pytest

from tests.connectors.conftest import MariaWorld, PostgresWorld
from tests.connectors.front_suite import FrontSuite, FrontWorld
from tests.connectors.times_suite import TimesSuite


@pytest.mark.database
class TestPostgreSQL(FrontSuite, TimesSuite):
    """PostgreSQL by psycopg2."""

    @pytest.fixture
    def world(self, postgres_world: PostgresWorld) -> FrontWorld:
        """A county on PostgreSQL."""
        return postgres_world


@pytest.mark.mariadb
class TestMariaDB(FrontSuite, TimesSuite):
    """MariaDB by PyMySQL."""

    @pytest.fixture
    def world(self, maria_world: MariaWorld) -> FrontWorld:
        """A county on MariaDB."""
        return maria_world
