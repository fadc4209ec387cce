"""The cells of a batch as columns: texts as the row engine sees them, and typed values.

A column may come as text, as landed, or typed, as a Parquet file has it. A typed column is taken as
it is where its values have the text that the standard asks for; otherwise it is turned into text
first. Text is read by polars where that is surely what ``schemas.values`` would read; the few other
cells are read by ``schemas.values`` itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from schemas import Field, Table
from schemas.standard import FieldType
from schemas.values import NotOfTypeError, canonical, parse
from validators.columnar_keys import Positions, distinct

PLACES = 10
WHOLE = 15
DECIMAL = pl.Decimal(38, PLACES)
"""Numbers with a part: up to 15 digits before and 10 after the point, so that sums are exact."""

_MOST_INTEGER = 10**18 - 1
_MOST_DECIMAL = 10**WHOLE
_WORTH_ONE_PIECE = 10  # one cell in so many
_BLANKS = "\\s\\x1c-\\x1f"  # what str.isspace takes for blank
_LAST_NARROW_BLANK, _WIDE_BLANKS = 0x20, (0xC2, 0xE3)  # first bytes of blanks in UTF-8
_DECIMAL_FORM = rf"\A[+-]?[0-9]{{1,{WHOLE}}}(?:\.[0-9]{{1,{PLACES}}})?\z"
_YEAR_ONE = "0001"
_DATE_FORM = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_TIME_FORM = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-5][0-9]\z"
_TYPES: dict[str, Any] = {
    "integer": pl.Int64,
    "decimal": DECIMAL,
    "date": pl.Date,
    "datetime": pl.Datetime("us"),
}


@dataclass
class Cells:
    """One batch of a table; every column is made when it is first asked for, and kept.

    ``hard`` are, by field, the rows whose value no column can hold: the row engine judges them.
    """

    table: Table
    frame: pl.DataFrame
    hard: dict[str, Positions] = field(default_factory=dict)
    _made: dict[tuple[str, str], pl.Series] = field(default_factory=dict)
    _typed: dict[str, pl.Series | None] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.frame.height

    def text(self, name: str) -> pl.Series:
        """The texts of a field; null where empty or blank."""
        return self._kept("text", name)

    def prepare(self, names: Iterable[str], more: Mapping[str, pl.Expr]) -> dict[str, pl.Series]:
        """Read the values of these fields, and evaluate ``more`` on texts, all in one go.

        Texts stand under the codes of their fields. What is not prepared is read when asked for.
        """
        entries = [self.table.by_code[name] for name in names]
        read = {
            f"value {entry.code}": _reading(entry)
            for entry in entries
            if entry.type != "string" and not self._is_typed(entry.code)
        }
        asked = {**read, **more}
        if not asked:
            return {}
        texts = {root for one in asked.values() for root in one.meta.root_names()}
        frame = pl.DataFrame({name: self.text(name) for name in sorted(texts)})
        found = frame.select(**asked).to_dict(as_series=True)
        for entry in entries:
            if f"value {entry.code}" in read:
                values = found.pop(f"value {entry.code}")
                self._made["value", entry.code] = self._patched(entry, values)
        return found

    def filled(self, name: str) -> pl.Series:
        """Any column that is null exactly where the cell is empty."""
        return self._raw(name) if self._is_typed(name) else self.text(name)

    def value(self, name: str) -> pl.Series:
        """The values of a field, of its type; null where empty or unreadable."""
        return self._kept("value", name)

    def code(self, name: str) -> pl.Series:
        """The texts of a field in their normal form; null where empty or unreadable."""
        return self._kept("code", name)

    def _kept(self, what: str, name: str) -> pl.Series:
        if (what, name) not in self._made:
            self._made[what, name] = getattr(self, f"_{what}")(name)
        return self._made[what, name]

    def _raw(self, name: str) -> pl.Series:
        if name in self.frame.columns:
            return self.frame[name]
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self.rows)

    def _is_typed(self, name: str) -> bool:
        return self._as_typed(name) is not None

    def _as_typed(self, name: str) -> pl.Series | None:
        """A typed column as values of its field; None when it has others, or none are meant."""
        if name not in self._typed:
            self._typed[name] = _values_of(self._raw(name), self.table.by_code[name].type)
        return self._typed[name]

    def _text(self, name: str) -> pl.Series:
        return _without_blanks(written(self._raw(name)))

    def _value(self, name: str) -> pl.Series:
        entry = self.table.by_code[name]
        if entry.type == "string":
            return self.text(name)
        typed = self._as_typed(name)
        if typed is not None:
            return typed
        self.prepare([name], {})
        return self._made["value", name]

    def _patched(self, entry: Field, values: pl.Series) -> pl.Series:
        """Values read by polars, the cells that it might read otherwise by ``schemas.values``."""
        texts = self.text(entry.code)
        if values.null_count() == texts.null_count():
            return values
        odd = (texts.is_not_null() & values.is_null()).arg_true().to_list()
        cells = texts[odd].to_list()
        known = {text: _one(entry, text) for text in dict.fromkeys(cells)}
        told = [
            (at, known[text])
            for at, text in zip(odd, cells, strict=True)
            if known[text] is not None
        ]
        hard = [at for at, value in told if entry.type == "decimal" and not _fits(value)]
        if hard:
            self.hard[entry.code] = np.array(hard, dtype=np.int64)
            told = [(at, value) for at, value in told if _fits(value)]
        if not told:
            return values
        places, found = zip(*told, strict=True)
        return put(values, list(places), pl.Series(found, dtype=values.dtype))

    def _code(self, name: str) -> pl.Series:
        entry = self.table.by_code[name]
        match entry.type:
            case "string":
                return self.text(name)
            case "integer":
                return self.value(name).cast(pl.String)
            case _:
                return self._normal(entry)

    def _normal(self, entry: Field) -> pl.Series:
        texts, values = self.text(entry.code), self.value(entry.code)
        if entry.code in self.hard:
            values = put(values, self.hard[entry.code], 0)  # readable, whatever it is
        first, spread = distinct([texts])
        normal = [
            None if value is None else canonical(entry, text)
            for text, value in zip(texts[first], values[first], strict=True)
        ]
        return pl.Series(entry.code, normal, dtype=pl.String)[spread]


def put(column: pl.Series, places: Any, cells: Any) -> pl.Series:
    """The column with other cells at these places; the column itself stays as it is."""
    return column.clone().scatter(places, cells)


def picked(column: pl.Series, places: Positions) -> pl.Series:
    """The cells at these places; put together first where many are asked of a column in pieces.

    Polars takes cells out of a column in pieces ten times slower than out of one in one piece.
    """
    many = len(places) * _WORTH_ONE_PIECE > len(column)
    return (column.rechunk() if many and column.n_chunks() > 1 else column)[places]


def _without_blanks(raw: pl.Series) -> pl.Series:
    """Blank cells made null; most columns have none and stay as they are."""
    if not _may_be_blank(raw):
        return raw
    blank = raw.str.contains(rf"\A[{_BLANKS}]*\z")
    return raw.set(blank, None) if blank.any() else raw


def _may_be_blank(raw: pl.Series) -> bool:
    """Whether some filled cell begins as only a blank or an empty text does.

    Told from the first bytes, which stand in the column itself (Arrow's string view: length, then
    the first four bytes, sixteen bytes a cell). A column in several pieces is not put together.
    """
    return any(_piece_may_be_blank(piece) for piece in raw.get_chunks())


def _piece_may_be_blank(raw: pl.Series) -> bool:
    if raw.null_count() == len(raw):
        return False
    packed = raw.to_arrow(compat_level=pl.CompatLevel.newest())
    cells = np.frombuffer(packed.buffers()[1], dtype=np.uint8).reshape(-1, 16)
    first = np.ascontiguousarray(cells[packed.offset : packed.offset + len(packed), 4])
    low, high = _WIDE_BLANKS
    places = np.flatnonzero((first <= _LAST_NARROW_BLANK) | ((first >= low) & (first <= high)))
    return len(places) > 0 and raw[places].null_count() < len(places)


def written(raw: pl.Series) -> pl.Series:
    """A typed column as the texts that would have been landed."""
    kind = raw.dtype
    if isinstance(kind, pl.String):
        return raw
    if isinstance(kind, pl.Datetime):
        plain = raw.dt.replace_time_zone(None)
        return plain.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    if isinstance(kind, pl.Categorical | pl.Enum):
        return raw.cast(pl.String)
    if isinstance(kind, pl.Boolean):
        return raw.cast(pl.Int8).cast(pl.String)
    if kind.is_nested() or isinstance(kind, pl.Binary | pl.Object):
        raise TypeError(f"column {raw.name} holds {kind}, which is no text, number or time")
    return raw.cast(pl.String)


def _values_of(raw: pl.Series, meant: FieldType) -> pl.Series | None:
    """A typed column as values of a type; None for text and where it holds anything else."""
    kind = raw.dtype
    if meant == "integer" and kind.is_integer():
        return raw.cast(pl.Int64) if _within(raw, _MOST_INTEGER) else None
    if meant == "decimal" and isinstance(kind, pl.Decimal) and (kind.scale or 0) <= PLACES:
        return raw if _within(raw, _MOST_DECIMAL) else None
    if meant == "date" and isinstance(kind, pl.Date):
        return raw if _of_calendar(raw) else None
    if meant == "datetime" and isinstance(kind, pl.Datetime) and kind.time_zone is None:
        return raw if _of_calendar(raw) and _in_seconds(raw) else None
    return None


def _reading(entry: Field) -> pl.Expr:
    """What polars surely reads as ``schemas.values`` does; null for any other text."""
    cell = pl.col(entry.code)
    match entry.type:
        case "integer":
            short = cell.str.len_bytes() <= len(str(_MOST_INTEGER))
            return pl.when(short).then(cell).cast(pl.Int64, strict=False)
        case "decimal":
            formed = cell.str.contains(_DECIMAL_FORM)
            return pl.when(formed).then(cell).cast(DECIMAL, strict=False)
        case "date":
            formed = cell.str.contains(_DATE_FORM) & (cell >= _YEAR_ONE)
            return pl.when(formed).then(cell).str.to_date("%Y-%m-%d", strict=False)
        case _:
            formed = cell.str.contains(_TIME_FORM) & (cell >= _YEAR_ONE)
            return (
                pl.when(formed)
                .then(cell)
                .str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
            )


def _one(entry: Field, text: str) -> Any:
    try:
        return parse(entry, text)
    except NotOfTypeError:
        return None


def _fits(value: Any) -> bool:
    return bool(abs(value) < _MOST_DECIMAL and -value.as_tuple().exponent <= PLACES)


def _within(numbers: pl.Series, most: int) -> bool:
    least: Any = numbers.min()
    greatest: Any = numbers.max()
    return least is None or bool(-most <= least and greatest <= most)


_DAYS = tuple((day - date(1970, 1, 1)).days for day in (date.min, date.max))
_DAY_IN = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def _of_calendar(times: pl.Series) -> bool:
    """Whether all lie in the years 1 to 9999."""
    kind = times.dtype
    many = _DAY_IN[kind.time_unit] if isinstance(kind, pl.Datetime) else 1
    numbers = times.to_physical()
    least: Any = numbers.min()
    greatest: Any = numbers.max()
    return least is None or bool(_DAYS[0] * many <= least and greatest < (_DAYS[1] + 1) * many)


def _in_seconds(times: pl.Series) -> bool:
    """Whether no time has a part of a second."""
    assert isinstance(times.dtype, pl.Datetime)
    second = _DAY_IN[times.dtype.time_unit] // 86_400
    return not (times.to_physical() % second != 0).any()
