"""One record while it is being made: given values first, the rest drawn field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

from schemas.sample.places import Place, place
from schemas.standard import Field, Standard, Table

DAY = "%Y-%m-%d"
SECOND = "%Y-%m-%d %H:%M:%S"


class Draft:
    """A record of one table that fills itself as its fields are asked for.

    A maker may ask for other fields of the same record (``draft["DSJZMJ"]``); these are made first.
    That is how sums, orders of time and conditions hold without a second pass.
    """

    def __init__(
        self,
        standard: Standard,
        table: Table,
        rng: Random,
        given: Mapping[str, str | None],
        at: datetime,
        make: Callable[[Draft, Field], str | None],
    ) -> None:
        self.standard = standard
        self.table = table
        self.rng = rng
        self.at = at
        self._make = make
        self._values: dict[str, str | None] = dict(given)

    def __contains__(self, code: str) -> bool:
        """Whether the table has this field."""
        return code in self.table.by_code

    def __getitem__(self, code: str) -> str | None:
        """The value of a field of this record; made now if it is not there yet."""
        if code not in self._values:
            self._values[code] = self._make(self, self.table.by_code[code])
        return self._values[code]

    def text(self, code: str, otherwise: str = "") -> str:
        """The value of a field as text; ``otherwise`` if the table lacks it or it is empty."""
        value = self[code] if code in self.table.by_code else None
        return value or otherwise

    def has_value(self, code: str) -> bool:
        """Whether a field is already filled, without making it."""
        return self._values.get(code) is not None

    @property
    def place(self) -> Place:
        """The place of the reporting division."""
        return place(self.text("XZQHDM"))

    def record(self) -> dict[str, str | None]:
        """The whole record in printed order of the fields."""
        return {code: self[code] for code in self.table.columns}
