"""What all derived rules share: the table at hand, the clause to cite, the words for a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from schemas import Field, Standard, Table
from schemas.clauses import Clause, clauses_for
from validators.citation import Citation, cite


@dataclass(frozen=True)
class Draft:
    """One table of one standard, from which rules are to be derived."""

    standard: Standard
    table: Table
    _cited: dict[object, Citation] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses that hold for the table in this version."""
        return clauses_for(self.table.code, self.standard.version)

    def code(self, prefix: str, *names: str) -> str:
        """The code of a derived rule: the common clause of its kind, then table and field."""
        return f"{prefix}/{'.'.join((self.table.code, *names))}"

    def cite(self, names: Sequence[str], kinds: Sequence[str], otherwise: Citation) -> Citation:
        """The clause that asks this of these fields of the table, or the implied one."""
        asked = (tuple(names), tuple(kinds), otherwise.clause)
        if asked not in self._cited:
            self._cited[asked] = cite(self.clauses, self.table, names, kinds, otherwise)
        return self._cited[asked]


def called(entry: Field) -> str:
    """A field as people read it: 建设性质（JSXZ）."""
    return f"{entry.name}（{entry.code}）"


def plain(text: str) -> str:
    """A text that may stand in a template as it is, braces and all."""
    return text.replace("{", "{{").replace("}", "}}")


def content(table: Table) -> tuple[Field, ...]:
    """The fields that the sender answers for: not the serial number, nor the failure reason."""
    return tuple(entry for entry in table.fields if not entry.receiver)
