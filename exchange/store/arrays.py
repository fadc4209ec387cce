"""Arrays of texts and of numbers on their way to the store: as psycopg writes them, only sooner.

A verdict on a hundred rows sends dozens of such arrays; psycopg looks at every element by itself.
"""

from __future__ import annotations

from typing import Any

from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

_TEXTS = frozenset({str, type(None)})


class PlainLists(ListDumper):
    """Lists of texts or of integers are written whole, others element by element."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The list as PostgreSQL reads an array."""
        kinds = set(map(type, obj))
        if kinds == {int}:
            return ("{" + ",".join(map(str, obj)) + "}").encode()
        if kinds and kinds <= _TEXTS:
            text = "{" + ",".join(map(_quoted, obj)) + "}"
            if "\0" not in text:
                return text.encode()
        return super().dump(obj)


def _quoted(text: str | None) -> str:
    if text is None:
        return "NULL"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
