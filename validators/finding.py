"""A finding: one rule that one record failed, complete enough to act on.

The one model that every report, notice and page renders; its JSON shape is public (see the
command ``exchange check --format json``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from validators.rule import Consequence, Owner


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, why, what would be right and how to mend it.

    ``row`` is the record's id, ``where`` names it for people; ``key`` is the business key by field.
    Values of personal fields are masked here already. ``siblings`` name findings that the same mend
    clears, as ``rule@row``. ``waived`` is None, or says who excused the body from this rule, why,
    from when until when, and the consequence it would have had (``validators.waiver``).
    """

    rule: str
    version: int
    consequence: Consequence
    table: str
    table_name: str
    row: int
    key: Mapping[str, str | None]
    fields: tuple[str, ...]
    field_names: tuple[str, ...]
    value: str | None
    expected: str | None
    message: str
    why: str
    fix: str
    where: str
    clause: str
    owner: Owner
    siblings: tuple[str, ...] = ()
    waived: Mapping[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object: keys as above, tuples as lists."""
        parts = ((name, getattr(self, name)) for name in self.__slots__)
        return {
            name: list(part)
            if isinstance(part, tuple)
            else dict(part)
            if isinstance(part, Mapping)
            else part
            for name, part in parts
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Finding:
        """The finding that ``to_json`` wrote; raises TypeError when a key is missing."""
        parts: dict[str, Any] = {
            name: tuple(part) if isinstance(part, list) else part for name, part in found.items()
        }
        return cls(**parts)
