"""Valid records: one row of any table of any version, as a county would store it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random

from schemas.sample.draft import Draft
from schemas.sample.fields import make
from schemas.standard import Standard

#: The moment a lone record is written when its maker does not say; a Tuesday morning.
WRITTEN_AT = datetime(2026, 3, 10, 10, 30)  # noqa: DTZ001 – wall time, as records have it


class UnknownFieldError(KeyError):
    """A given value belongs to no field of the table."""


def valid(
    standard: Standard,
    table_code: str,
    rng: Random,
    *,
    given: Mapping[str, str | None] | None = None,
    at: datetime = WRITTEN_AT,
) -> dict[str, str | None]:
    """A record that satisfies the standard, with every column of the table as text.

    ``given`` values are taken as they are and the rest is made to fit them; ``at`` is the local
    wall time of writing: business times lie before it, planned dates after it. Without a given
    ``XZQHDM`` a county of the division list is drawn. Columns that the receiver or the database
    fills (LSH, SBYY, SCSJ, GXSJ) stay empty. References name rows that need not exist; a story
    makes rows that refer to one another. Raises UnknownFieldError for a given value without field.
    """
    table = standard.table(table_code)
    given = dict(given or {})
    if strange := sorted(set(given) - set(table.by_code)):
        raise UnknownFieldError(
            f"{table_code} of standard {standard.version} has no field {', '.join(strange)}"
        )
    return Draft(standard, table, rng, given, at, make).record()
