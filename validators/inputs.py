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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from operator import itemgetter
from types import NoneType
from typing import Any

_OURS = ("validators", "schemas", "connectors")
_PLAIN = (str, int, float)
_TEXT = frozenset({str})
_TEXTS = frozenset({str, NoneType})
_CANONICAL = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))


class UnwritableInputError(TypeError):
    """Something in the context is no plain data; a verdict could not be reproduced from it."""


def described(value: Any) -> Any:
    """The value as JSON data. Raises UnwritableInputError, naming the kind."""
    kind: Any = type(value)
    writes = _writer(kind)
    if writes is None:
        raise UnwritableInputError(f"a {kind.__name__} cannot be kept with a verdict")
    return writes(value)


@cache
def _writer(kind: Any) -> Callable[[Any], Any] | None:
    """What turns values of a kind into JSON data; None when nothing does."""
    if kind is NoneType or issubclass(kind, _PLAIN):
        return _itself
    if hasattr(kind, "_fields" if issubclass(kind, tuple) else "__dataclass_fields__"):
        return _object_of(*_shape(kind))
    if issubclass(kind, list | tuple):
        return lambda value: [described(part) for part in value]
    if issubclass(kind, set | frozenset):
        return lambda value: {"set": sorted(map(described, value), key=canonical_text)}
    if issubclass(kind, Mapping):
        return lambda value: {"map": _pairs(value)}
    if issubclass(kind, datetime | date):
        return lambda value: {kind.__name__: value.isoformat()}
    if issubclass(kind, timedelta):
        return lambda value: {"seconds": value.total_seconds()}
    if issubclass(kind, Decimal):
        return lambda value: {"decimal": str(value)}
    return None


def _itself(value: Any) -> Any:
    return value


def _object_of(name: str, parts: tuple[str, ...]) -> Callable[[Any], Any]:
    def write(value: Any) -> Any:
        return {"of": name, "is": {part: described(getattr(value, part)) for part in parts}}

    return write


def _pairs(value: Mapping[Any, Any]) -> Sequence[Sequence[Any]]:
    """Key and value of each entry, in an order that depends on the keys alone."""
    if _TEXT.issuperset(map(type, value)):
        texts = sorted(value.items(), key=itemgetter(0))
        if _TEXTS.issuperset(map(type, value.values())):
            return texts
        return [(key, described(part)) for key, part in texts]
    pairs = [[described(key), described(part)] for key, part in value.items()]
    return sorted(pairs, key=lambda pair: canonical_text(pair[0]))


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


def inputs_hash(table: str, records: Iterable[Any], context: str) -> str:
    """SHA-256 over everything a judgement is a function of besides the stamp's rules.

    ``context`` is the canonical text of the described context. Records are taken as they were
    judged: id, cells, reading defects and place, in their order.
    """
    digest = hashlib.sha256(f"[{canonical_text(table)},{context}]".encode())
    for record in records:
        defects = [[each.code, each.field, each.value, each.message] for each in record.defects]
        cells = {name: cell for name, cell in record.values.items() if cell is not None}
        part = [record.id, cells, defects, record.where]
        digest.update(canonical_text(part).encode())
    return digest.hexdigest()
