"""How a record looks to people: personal data masked, long texts cut."""

from __future__ import annotations

from collections.abc import Mapping

from schemas import Table
from schemas.personal import PersonalKind, mask, mask_text
from schemas.values import canonical
from validators.record import Record

LONGEST = 100
"""Characters of a value that are shown; the rest is counted."""


class Shown(dict[str, str]):
    """The cells of a record as they may be shown, by field; each is made when it is asked for."""

    def __init__(
        self, table: Table, personal: Mapping[str, PersonalKind | None], record: Record
    ) -> None:
        super().__init__()
        self._personal = personal
        self._record = record
        self.key = {name: self._part(table, name) for name in table.key}
        self.where = record.where or f"地方数据主键 {self['DFSJZJ'] or '（空）'}"

    def __missing__(self, name: str) -> str:
        text = self._record.values.get(name)
        self[name] = "" if text is None else self.cell(name, text)
        return self[name]

    def cell(self, name: str | None, text: str) -> str:
        """A text as the value of this field would be shown."""
        start = text[: 4 * LONGEST]  # masked before it is cut, so that no cut number slips through
        kind = self._personal.get(name or "")
        shown = mask_text(start) if kind is None else mask(kind, start)
        if len(text) <= LONGEST:
            return shown
        return f"{shown[:LONGEST]}…（共{len(text)}字）"

    def _part(self, table: Table, name: str) -> str | None:
        text = self._record.values.get(name)
        return None if text is None else self.cell(name, canonical(table.by_code[name], text))
