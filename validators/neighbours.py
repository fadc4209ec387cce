"""Rows beside the row that is judged: those it names by some of its cells, and its own past.

A rule declares which rows it needs (``Link``); whoever judges fetches them in one question and puts
them into the context; a pure function of the rule compares. Where a later arrival could still
change the answer it is ``Later``: the record is not blamed before the policy's grace is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar, cast

from schemas import Table
from schemas.values import NotOfTypeError, canonical, parse
from validators.expression import Code, Expression

Standing = Literal["accepted", "passed", "waiting", "failed", "gone"]
"""Where a neighbour is: confirmed upstream; passed here and on its way; not judged yet or held;
returned to its body; no longer in effect."""

Made = TypeVar("Made")
LOCAL_KEY = "DFSJZJ"
OFFLINE = "未连接交换库，未与其他记录比对"
NOT_IN_FILE = "本文件内尚不足以判断，未连接交换库，未与其他记录比对"
OUT_OF_TIME = "应有的其他记录一直未收到，无从比对"


@dataclass(frozen=True, slots=True)
class Link:
    """The rows of these tables whose ``fields`` equal what ``own`` gives for the row judged.

    ``own`` are field codes or expressions. Of several tables those count that the standard has: the
    generations keep the same thing in different tables. A row that lacks one of the values has no
    such neighbours. ``name`` is how the rule's function asks for them; ``columns`` are the cells it
    reads of them, beside ``fields``, their business key and their local key: no others are there.
    """

    name: str
    tables: tuple[str, ...]
    own: tuple[str | Expression, ...]
    fields: tuple[str, ...]
    columns: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[Expression, ...]:
        """What the row judged gives, in the order of ``fields``."""
        return tuple(Code(one) if isinstance(one, str) else one for one in self.own)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another row, or an earlier version of the same, as whoever looked it up found it."""

    id: int
    table: str
    values: Mapping[str, str | None]
    standing: Standing
    valid: bool = True


class Later(str):
    """Not answered yet, and why: what is still to arrive may decide."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Against:
    """The rule is broken: a sentence that names the other row, and what would be right."""

    note: str
    expected: str | None = None


Reply = bool | str | Against | None
"""What a comparison answers: as every rule (see ``validators.engine``), or ``Against``."""


class Seen:
    """A row as a comparison reads it: cells by code, typed when asked for; None when unreadable."""

    __slots__ = ("_codes", "_table", "_typed", "id", "overdue", "standing", "valid", "values")

    def __init__(
        self,
        table: Table,
        values: Mapping[str, str | None],
        *,
        id: int = 0,  # noqa: A002  the word of the records
        standing: Standing = "waiting",
        valid: bool = True,
        overdue: bool = False,
    ) -> None:
        self._table = table
        self._typed: dict[str, Any] = {}
        self._codes: dict[str, str] = {}
        self.values = values
        self.id = id
        self.standing = standing
        self.valid = valid
        self.overdue = overdue

    @property
    def table(self) -> Table:
        """The table the row is of."""
        return self._table

    @property
    def failed(self) -> bool:
        """Whether the row was returned: it is known, but what it says is in doubt."""
        return self.standing == "failed"

    @property
    def settled(self) -> bool:
        """Whether the row has passed already."""
        return self.standing in {"accepted", "passed"}

    def text(self, code: str) -> str:
        """The text of a cell without surrounding blanks; empty when there is none."""
        return (self.values.get(code) or "").strip()

    def code(self, code: str) -> str:
        """The cell in its normal form, so that 1 and 1.0 are one; empty when there is none."""
        found = self._codes.get(code)
        if found is None:
            found = canonical(self._table.by_code.get(code), self.values.get(code)).strip()
            self._codes[code] = found
        return found

    def value(self, code: str) -> Any:
        """The cell as its field's type."""
        if code not in self._typed:
            self._typed[code] = self._parsed(code)
        return self._typed[code]

    def day(self, code: str) -> date | None:
        """The day of a date or time cell."""
        value = self.value(code)
        return value.date() if isinstance(value, datetime) else value

    def named(self) -> str:
        """How people find the row: 项目基本信息表，地方数据主键“…”."""
        return f"{self._table.name}，地方数据主键“{self.text(LOCAL_KEY) or '（空）'}”"

    def is_same_record(self, other: Seen) -> bool:
        """Whether the two are states of one record: one business key, or one key of the body."""
        if self._table.code != other.table.code:
            return False
        if self.id == other.id:
            return True
        if self.text(LOCAL_KEY) and self.text(LOCAL_KEY) == other.text(LOCAL_KEY):
            return True
        return all(self.code(part) == other.code(part) for part in reversed(self._table.key))

    def _parsed(self, code: str) -> Any:
        field, text = self._table.by_code.get(code), self.values.get(code)
        if field is None or text is None or not text.strip():
            return None
        try:
            return parse(field, text)
        except NotOfTypeError:
            return None


class Found:
    """The neighbours of one row, by the names of the links.

    Other states of the row's own record are never among them. What a rule makes of all rows of a
    link together is made once for all rows that share them (``kept``).
    """

    __slots__ = ("_all", "_by_name", "_kept", "_made", "row")

    def __init__(
        self, row: Seen, by_name: Mapping[str, Sequence[Seen]], kept: dict[object, Any]
    ) -> None:
        self.row = row
        self._by_name = by_name
        self._kept = kept
        self._all: dict[str, list[Seen]] = {}
        self._made: dict[object, Any] = {}

    def all(self, name: str) -> list[Seen]:
        """The rows of a link, the newest first; returned ones are among them."""
        if name not in self._all:
            own = self.row
            rows = self._by_name.get(name, ())
            self._all[name] = [row for row in rows if not own.is_same_record(row)]
        return self._all[name]

    def sound(self, name: str) -> list[Seen]:
        """The rows of a link that were not returned."""
        return [row for row in self.all(name) if not row.failed]

    def one(self, name: str) -> Seen | None:
        """The newest row of a link that was not returned."""
        return next(iter(self.sound(name)), None)

    def together(self, name: str, make: Callable[[Sequence[Seen]], Made]) -> Made:
        """What ``make`` makes of the row judged and the rows of a link together."""
        if make not in self._made:
            self._made[make] = self._make(name, make)
        return cast(Made, self._made[make])

    def _make(self, name: str, make: Callable[[Sequence[Seen]], Made]) -> Made:
        rows = self._by_name.get(name, ())
        if not any(row.id == self.row.id for row in rows):
            return make([*self.all(name), self.row])
        key = (make, id(rows))
        if key not in self._kept:
            self._kept[key] = make(rows)
        return cast(Made, self._kept[key])


def missing(row: Seen, what: str) -> Reply:
    """The answer while a row that is needed has not arrived: wait, and in the end leave it open."""
    return OUT_OF_TIME if row.overdue else Later(f"{what}尚未收到，收到后再核对")
