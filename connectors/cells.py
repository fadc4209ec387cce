"""One cell on its way in: what our store cannot keep is marked as a defect, nothing is mended.

Text is taken as it is. Three things cannot be kept as they are: a NUL character, half of a
surrogate pair, and a cell longer than a megabyte. They are replaced by something visible, and a
defect says what was there, so that the record is judged as broken and not silently changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connectors.base import Defect

CELL_LIMIT = 1_000_000
"""Characters of the longest cell taken whole."""

_KEPT = 1000
_SHOWN = 200
_NUL_SHOWN = "\u2400"
_HALF_SHOWN = "\ufffd"


def shorten(text: str) -> str:
    """At most 200 characters of a value, for a defect."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def keep_cell(column: str, text: str | None) -> tuple[str | None, tuple[Defect, ...]]:
    """The cell as it can be kept and what was wrong with it; most cells come back untouched."""
    if text is None or (len(text) < _SHOWN and text.isprintable()):
        return text, ()
    found: list[Defect] = []
    if len(text) > CELL_LIMIT:
        message = f"单元格内容长达 {len(text)} 个字符，超过 {CELL_LIMIT} 个字符的上限，未全部读入"
        text = text[:_KEPT] + "…"
        found.append(Defect("cell_too_long", column, shorten(text), message))
    if "\0" in text:
        text = text.replace("\0", _NUL_SHOWN)
        message = f"内容含有空字符（NUL），已显示为“{_NUL_SHOWN}”，请在源系统中清除后重新推送"
        found.append(Defect("nul_byte", column, shorten(text), message))
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if _HALF_SHOWN in text:
            message = "内容含有不完整的字符（半个代理对），请在源系统中改正后重新推送"
            found.append(Defect("lone_surrogate", column, shorten(text), message))
    return text, tuple(found)


def keep_row(
    values: Mapping[str, str | None],
) -> tuple[dict[str, str | None], tuple[Defect, ...]]:
    """The same for all cells of a row."""
    cells = "".join(filter(None, values.values()))
    if len(cells) <= CELL_LIMIT and cells.isprintable():
        return dict(values), ()
    kept: dict[str, str | None] = {}
    defects: list[Defect] = []
    for column, text in values.items():
        kept[column], found = keep_cell(column, text)
        defects.extend(found)
    return kept, tuple(defects)


def text_of_json(column: str, value: object) -> tuple[str | None, tuple[Defect, ...]]:
    """A JSON value as a cell: text, whole numbers and null are taken, the rest is a defect.

    A number with a fraction or an exponent has lost its written form on the way through JSON and
    is kept as Python prints it, with a defect; send such values as text.
    """
    if value is None or isinstance(value, str):
        return keep_cell(column, value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value), ()
    if isinstance(value, float):
        message = "带小数的数值应以文本传送，数值形式可能丢失原有的位数"
        return repr(value), (Defect("digits_lost", column, repr(value), message),)
    text = shorten(str(value))
    message = "字段值应为文本、整数或空值，不能是对象、数组或布尔值"
    return text, (Defect("not_text", column, text, message),)


def json_row(
    columns: Iterable[str], given: Mapping[str, object]
) -> tuple[dict[str, str | None], tuple[Defect, ...]]:
    """A JSON object as a row of these columns; names that are no columns are left to the caller."""
    values: dict[str, str | None] = {}
    defects: list[Defect] = []
    for column in columns:
        values[column], found = text_of_json(column, given.get(column))
        defects.extend(found)
    return values, tuple(defects)
