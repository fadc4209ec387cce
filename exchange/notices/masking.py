"""Keys as people may see them: parts that name a person are masked.

Values in findings are masked by the rules already. Business keys are not: one table of the standard
has the number of a person's document in its key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from schemas import Table
from schemas.personal import mask_field, mask_text

LOCAL_KEY = "DFSJZJ"


def shown_key(table: Table | None, record_key: str) -> dict[str, str]:
    """A stored record key as field → text, personal parts masked.

    A record whose key was not complete is stored under its local key, which is shown, or under its
    content, which is not.
    """
    values = json.loads(record_key)
    if values and values[0] == "":
        return {LOCAL_KEY: mask_text(values[2])} if values[1] == LOCAL_KEY else {}
    fields = table.key if table else tuple(f"键{n}" for n in range(1, len(values) + 1))
    return mask_key(table, dict(zip(fields, values, strict=False)))


def mask_key(table: Table | None, key: Mapping[str, str]) -> dict[str, str]:
    """The same key with every part that names a person masked; masking twice changes nothing."""
    return {code: _masked(table, code, text) for code, text in key.items()}


def _masked(table: Table | None, code: str, text: str) -> str:
    field = table.by_code.get(code) if table else None
    return mask_text(text) if field is None else mask_field(field, text)
