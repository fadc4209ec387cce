"""Named SQL: the statements of a file under ``sql/``, by the name in their first comment line.

A statement begins with a line ``-- name: what_it_does``; parameters are written ``%(name)s``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

SQL = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- name: ([a-z_]+)[ ]*$", re.MULTILINE)


@cache
def load(slice_name: str) -> Mapping[str, bytes]:
    """The statements of ``sql/<slice_name>.sql`` by name, as psycopg takes them.

    Raises ValueError when two statements of the file have the same name.
    """
    text = (SQL / f"{slice_name}.sql").read_text("utf-8")
    parts = _NAME.split(text)[1:]
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{slice_name}.sql names a statement twice: {', '.join(doubled)}")
    return MappingProxyType(
        {name: body.strip().encode() for name, body in zip(names, bodies, strict=True)}
    )
