"""How front databases are built, worked out once for all that are built alike.

To look at forty tables with a thousand columns takes a fifth of a second of our own time, and each
round has to look anew. Where the database can put its build into one short text, that is asked
first; what was worked out for the same text in this process is taken as it is. A database that
cannot answer is looked at each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from connectors.database_products import Product, failure_of
from connectors.front_layout import Present, layout_of, tables_present
from connectors.front_reading import TableReader
from schemas import Table

_AT_MOST = 100
_kept: dict[tuple[object, ...], Blueprint] = {}


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The tables that are there, by code, and the readers that were made for them."""

    present: Mapping[str, Present]
    readers: dict[tuple[object, ...], TableReader] = field(default_factory=dict)

    def reader(
        self,
        body: str,
        table: Table,
        product: Product,
        *,
        cursor: str,
        unique: Sequence[str] | None,
        schema: str | None,
        seconds: float,
    ) -> TableReader:
        """The reader of a table; raises RefusedError as ``layout_of`` does."""
        key = (table.code, table.columns, cursor, tuple(unique or ()), schema, seconds)
        found = self.readers.get(key)
        if found is None:
            layout = layout_of(body, table, self.present.get(table.code), cursor, unique)
            found = self.readers[key] = TableReader(product, layout, schema, seconds)
        return found


def blueprint(
    connection: Connection, product: Product, wanted: Sequence[str], schema: str | None
) -> Blueprint:
    """How the wanted tables (by code) are built there now."""
    build = _build(connection, product, wanted, schema)
    if build is None:
        return Blueprint(tables_present(connection, wanted, schema))
    key = (connection.dialect.name, build, tuple(wanted), schema)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= _AT_MOST:
            _kept.clear()
        found = _kept[key] = Blueprint(tables_present(connection, wanted, schema))
    return found


def _build(
    connection: Connection, product: Product, wanted: Sequence[str], schema: str | None
) -> str | None:
    """The build in one text; None where the database cannot say it."""
    if product.build is None:
        return None
    asked = {"schema": schema, "names": [code.lower() for code in wanted]}
    try:
        told = connection.execute(product.build, asked).scalar()
    except DBAPIError as error:
        if failure_of(error) not in {"shape", "rights"}:
            raise
        connection.rollback()  # a relative of the product, or an account that may see less
        return None
    return None if told is None else str(told)
