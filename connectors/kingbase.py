"""KingbaseES for SQLAlchemy: psycopg2's dialect on the vendor's driver, which has its interface.

Registered as ``kingbase+ksycopg2``; importing this module is enough.
"""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.engine import Connection

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?")


class KingbaseDialect(PGDialect_psycopg2):
    """PostgreSQL's dialect on the vendor's driver, with a tolerant reading of the version."""

    name = "kingbase"
    driver = "ksycopg2"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """The vendor's driver."""
        import ksycopg2

        return ksycopg2  # type: ignore[no-any-return]  # the driver ships without types

    @property
    def _psycopg2_extensions(self) -> Any:
        from ksycopg2 import extensions

        return extensions

    @property
    def _psycopg2_extras(self) -> Any:
        from ksycopg2 import extras

        return extras

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:
        """The version as numbers; Kingbase writes it as ``KingbaseES V008R006C008…``."""
        text = connection.exec_driver_sql("select version()").scalar_one()
        if "kingbase" in text.lower():
            return (12, 0)  # the level of PostgreSQL that V8R6 and later speak
        found = _VERSION.search(text)
        return tuple(int(part) for part in found.groups() if part) if found else (12, 0)


registry.register("kingbase", "connectors.kingbase", "KingbaseDialect")
registry.register("kingbase.ksycopg2", "connectors.kingbase", "KingbaseDialect")
