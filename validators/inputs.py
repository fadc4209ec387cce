"""What a verdict rested on, as JSON: written down with the verdict, read back to judge again.

Any value made of plain data, named tuples and dataclasses is written: a new part of the context is
kept without a change here. Sets and mappings are put in order, so that the same inputs give the
same text and the same hash. The module imports no rule and no engine: a replay loads this file
beside the rules of another version, and what those do not know of the context is left out and
named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any

_OURS = ("validators", "schemas", "connectors")
_PLAIN = (str, int, float)
_TEXTS = frozenset({str, type(None)})
_CANONICAL = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))


class UnwritableInputError(TypeError):
    """Something in the context is no plain data; a verdict could not be reproduced from it."""


def described(value: Any) -> Any:
    """The value as JSON data. Raises UnwritableInputError, naming the kind."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple) and not _is_named(value):
        return [described(part) for part in value]
    if isinstance(value, set | frozenset):
        return {"set": sorted((described(part) for part in value), key=canonical_text)}
    if isinstance(value, Mapping):
        return {"map": _pairs(value)}
    if isinstance(value, datetime | date):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if _is_named(value) or (is_dataclass(value) and not isinstance(value, type)):
        kind, names = _shape(value.__class__)
        return {"of": kind, "is": {name: described(getattr(value, name)) for name in names}}
    raise UnwritableInputError(f"a {type(value).__name__} cannot be kept with a verdict")


def _pairs(value: Mapping[Any, Any]) -> list[list[Any]]:
    """Key and value of each entry, in an order that depends on the keys alone."""
    kinds = set(map(type, value))
    if kinds <= {str}:
        pairs = [[key, value[key]] for key in sorted(value)]
        if not set(map(type, value.values())) <= _TEXTS:
            pairs = [[key, described(part)] for key, part in pairs]
        return pairs
    pairs = [[described(key), described(part)] for key, part in value.items()]
    return sorted(pairs, key=lambda pair: canonical_text(pair[0]))


def _is_named(value: Any) -> bool:
    """Whether the value is a tuple whose parts have names."""
    return isinstance(value, tuple) and hasattr(value, "_fields")


@cache
def _shape(kind: Any) -> tuple[str, tuple[str, ...]]:
    """How a dataclass or a named tuple is named, and its parts."""
    parts = (part.name for part in fields(kind)) if is_dataclass(kind) else kind._fields
    return f"{kind.__module__}:{kind.__qualname__}", tuple(parts)


def restored(data: Any, unknown: set[str] | None = None) -> Any:
    """The value that ``described`` wrote; lists come back as tuples.

    Parts of a dataclass that its class does not have are left out and added to ``unknown``. Raises
    LookupError or AttributeError for a class that is not there, ValueError for foreign data.
    """
    if isinstance(data, list):
        return tuple(restored(part, unknown) for part in data)
    if not isinstance(data, dict):
        return data
    if "of" in data:
        return _object(data, unknown)
    ((kind, part),) = data.items()
    match kind:
        case "set":
            return frozenset(restored(each, unknown) for each in part)
        case "map":
            return {restored(key, unknown): restored(each, unknown) for key, each in part}
        case "datetime":
            return datetime.fromisoformat(part)
        case "date":
            return date.fromisoformat(part)
        case "seconds":
            return timedelta(seconds=part)
        case "decimal":
            return Decimal(part)
        case _:
            raise ValueError(f"no input of a judgement: {kind!r}")


def _object(data: Mapping[str, Any], unknown: set[str] | None) -> Any:
    module, _, name = data["of"].partition(":")
    if module.partition(".")[0] not in _OURS:
        raise ValueError(f"{module} is no package of the judgement")
    kind = getattr(import_module(module), name)
    known = set(_shape(kind)[1])
    if unknown is not None:
        unknown |= {f"{name}.{part}" for part in data["is"] if part not in known}
    return kind(
        **{part: restored(each, unknown) for part, each in data["is"].items() if part in known}
    )


def canonical_text(data: Any) -> str:
    """JSON data as text that is the same for the same data."""
    return _CANONICAL.encode(data)


def inputs_hash(table: str, records: Iterable[Any], context: Any) -> str:
    """SHA-256 over everything a judgement is a function of besides the stamp's rules.

    ``context`` is the context as JSON data (``described``). Records are taken as they were judged:
    id, cells, reading defects and place, in their order.
    """
    digest = hashlib.sha256(canonical_text([table, context]).encode())
    for record in records:
        defects = [[each.code, each.field, each.value, each.message] for each in record.defects]
        cells = {name: cell for name, cell in record.values.items() if cell is not None}
        part = [record.id, cells, defects, record.where]
        digest.update(canonical_text(part).encode())
    return digest.hexdigest()
