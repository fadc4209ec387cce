"""pandera schemas for every table of every version: the published contract, usable on its own.

In a notebook::

    from schemas.pandera_schemas import frame, schema

    rows = frame("3.0", "SPGL_XMJBXXB", [{"XMDM": "2306-420602-04-01-123450", …}])
    schema("3.0", "SPGL_XMJBXXB").validate(rows, lazy=True)

The frame is a polars DataFrame with every column as text, as landed. The schema knows what the
tables imply: required, conditional, type, length, range, code list, format, and one valid row for a
business key. It knows nothing of references and hand-written rules. A row that withdraws another
is held to what it can be found and stored by (see ``schemas.column_checks``). The texts of checks
begin with their kind: ``required：…``. What fails is shown as it is, personal data included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from schemas.overlay import standard_for
from schemas.standard import Field, Standard, Table

if TYPE_CHECKING:
    import polars as pl
    from pandera.polars import Check, Column, DataFrameSchema

__all__ = ["frame", "schema"]


@cache
def schema(version: str, table: str, overlays: tuple[str, ...] = ()) -> DataFrameSchema:
    """The schema of one table of a version, with these overlays on top.

    Columns of mandatory fields must be there, others may be missing; unknown columns are let
    through. Use ``validate(frame, lazy=True)`` to see all faults at once: it raises pandera's
    SchemaErrors, whose ``failure_cases`` name column, check, row index and value. Raises
    UnknownStandardError and UnknownTableError.
    """
    from pandera.polars import DataFrameSchema

    standard = standard_for(overlays, version)
    found = standard.table(table)
    return DataFrameSchema(
        {
            field.code: _column(standard, found, field)
            for field in found.fields
            if not field.receiver
        },
        name=f"{found.code} {found.name}",
        strict=False,
    )


def frame(version: str, table: str, rows: Iterable[Mapping[str, str | None]]) -> pl.DataFrame:
    """Landed rows as a frame with all columns of the table as text; absent cells are null."""
    import polars as pl

    columns = standard_for((), version).table(table).columns
    kept = [{code: row.get(code) for code in columns} for row in rows]
    return pl.DataFrame(kept, schema=dict.fromkeys(columns, pl.String))


def _column(standard: Standard, table: Table, field: Field) -> Column:
    import polars as pl
    from pandera.polars import Column

    from schemas.column_checks import checks, unique

    found = list(checks(standard, table, field))
    if field.code == table.key[-1]:
        found.append(unique(table))
    return Column(
        pl.String,
        checks=[
            _check(field, each.kind, each.text, each.holds, empties=each.empties) for each in found
        ],
        nullable=True,
        required=field.required == "M",
        title=field.name,
        description=field.note,
    )


def _check(field: Field, kind: str, text: str, holds: pl.Expr, *, empties: bool) -> Check:
    from pandera.polars import Check

    return Check(
        _selecting(holds),
        name=kind,
        error=f"{kind}：{field.name}（{field.code}）{text}",
        ignore_na=not empties,
    )


def _selecting(holds: pl.Expr) -> Callable[[Any], pl.LazyFrame]:
    def select(data: Any) -> pl.LazyFrame:
        selected: pl.LazyFrame = data.lazyframe.select(holds)
        return selected

    return select
