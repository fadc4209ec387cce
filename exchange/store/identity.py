"""What makes a row itself: its business key, its local key, its content, and how others name it.

All of it is computed from the text of the row and the table's declaration; nothing is stored here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from json.encoder import encode_basestring as _quoted

from schemas import Standard, Table, load
from schemas.values import NORMAL_AS_WRITTEN, canonical
from validators.registry import asked_for

Row = Mapping[str, str | None]

LOCAL_KEY = "DFSJZJ"
VALIDITY = "SJYXBS"
STATUS = "SJSCZT"
NEW = "0"
# Written by the receiver or by the transport: two rows that differ only here are the same content.
NOT_CONTENT = frozenset({"LSH", "SCSJ", "GXSJ", STATUS})


def record_key(table: Table, row: Row, where: str) -> str:
    """The business key as a JSON array of normal texts.

    A row whose key is not complete must not be taken for another such row: it is keyed by its local
    key, or, without one, by its content.
    """
    values = [canonical(table.by_code.get(code), row.get(code)) for code in table.key]
    if all(values):
        return _json(values)
    local = row.get(LOCAL_KEY)
    if local:
        return _json(["", LOCAL_KEY, local])
    return _json(["", where, content_hash(table, row).hex()[:24]])


def content_hash(table: Table, row: Row) -> bytes:
    """SHA-256 over the content: every column but the technical ones, each in its normal form.

    A status that a sender may not write is content too: without it a row that was mended by nothing
    but writing the status anew would look like the faulty one once more.
    """
    by_code = table.by_code
    parts = []
    for code in sorted(row if STATUS in row or STATUS not in by_code else {*row, STATUS}):
        text = row.get(code)
        field = by_code.get(code)
        if text and field is not None and field.type not in NORMAL_AS_WRITTEN:
            text = canonical(field, text)
        if (text and code not in NOT_CONTENT) or (code == STATUS and field and text != NEW):
            parts.append(f"{_quoted(code)}:{_quoted(text or '')}")
    packed = "{" + ",".join(parts) + "}"
    return hashlib.sha256(packed.encode("utf-8", "surrogatepass")).digest()


def is_valid(row: Row) -> bool:
    """Whether the row is in force; only an explicit 0 withdraws."""
    return (row.get(VALIDITY) or "").strip() != "0"


def anchors(standard: Standard, table: Table, row: Row) -> dict[str, str]:
    """The names by which references and rules find this row: field list → values."""
    found = {}
    for fields in _referred(standard.version).get(table.code, ()):
        values = [canonical(table.by_code.get(code), row.get(code)) for code in fields]
        if all(values):
            found[",".join(fields)] = _json(values)
    return found


def anchor_of(
    standard: Standard, table_code: str, fields: tuple[str, ...], values: tuple[str, ...]
) -> tuple[str, str]:
    """The same two texts for a reference that a child holds."""
    by_code = standard.table(table_code).by_code
    normal = [
        canonical(by_code.get(code), value) for code, value in zip(fields, values, strict=True)
    ]
    return ",".join(fields), _json(normal)


@cache
def _referred(version: str) -> Mapping[str, frozenset[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for table in load(version).tables.values():
        for reference in table.references:
            found.setdefault(reference.table, set()).add(reference.to_fields)
    for code, fields in asked_for().items():
        found.setdefault(code, set()).update(fields)
    return {code: frozenset(fields) for code, fields in found.items()}


def _json(values: Sequence[str]) -> str:
    """A JSON array of texts."""
    return f"[{','.join(map(_quoted, values))}]"
