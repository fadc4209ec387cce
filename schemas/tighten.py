"""Tightening one field or code list, and refusing to loosen it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from schemas.standard import CodeList, Condition, Field

_RANK = {"O": 0, "C": 1, "M": 2}
_LIMITS = ("length", "precision", "scale")
_ONCE = ("format", "codelist", "condition", "when")


class LooseningError(ValueError):
    """An overlay would allow what the level above it refuses. Facts: overlay, where."""

    def __init__(self, overlay: str, where: str, problem: str) -> None:
        super().__init__(
            f"overlay {overlay} loosens {where}: {problem}; an overlay may only add or tighten"
        )
        self.overlay = overlay
        self.where = where


def tighten_field(field: Field, changes: Mapping[str, Any], where: str, overlay: str) -> Field:
    """The field with the changes of one overlay entry; ``where`` names it in the error.

    Lengths and digits may only shrink, ``required`` only rise from O to C to M; a format, a code
    list or a condition may be given only where there is none. Raises LooseningError, or ValueError
    for a change that a field does not know.
    """
    done: dict[str, Any] = {}
    for key, value in changes.items():
        if key in _LIMITS:
            done[key] = _limit(getattr(field, key), value, key, where, overlay)
        elif key == "required":
            if _RANK[value] < _RANK[field.required]:
                problem = f"required {value} after {field.required}"
                raise LooseningError(overlay, where, problem)
            done |= {"required": value, "required_confidence": "high"}
        elif key in _ONCE:
            if getattr(field, key) is not None:
                raise LooseningError(overlay, where, f"{key} is already given")
            done[key] = _condition(value) if key == "when" else value
        else:
            known = ", ".join((*_LIMITS, "required", *_ONCE))
            raise ValueError(f"overlay {overlay}, {where}: unknown change {key!r}; known: {known}")
    return replace(field, **done)


def tighten_codelist(codelist: CodeList, change: Mapping[str, Any], overlay: str) -> CodeList:
    """The list with values added (only while it is incomplete), labelled, or declared complete.

    ``only`` keeps a part of the values. Raises LooseningError for a new value in a complete list,
    another label for a known code, or a complete list made incomplete.
    """
    where = f"code list {codelist.code}"
    values = dict(codelist.values)
    for code, entry in change.get("values", {}).items():
        label = entry["name"]
        if codelist.complete and code not in values:
            raise LooseningError(overlay, where, f"new value {code!r} in a complete list")
        if values.get(code) not in {None, label}:
            raise LooseningError(
                overlay, where, f"{code!r} means {values[code]!r} and cannot become {label!r}"
            )
        values[code] = label
    if "only" in change:
        unknown = set(change["only"]) - set(values)
        if unknown:
            raise LooseningError(overlay, where, f"only: unknown values {sorted(unknown)}")
        values = {code: label for code, label in values.items() if code in change["only"]}
    complete = change.get("complete", codelist.complete or "only" in change)
    if codelist.complete and not complete:
        raise LooseningError(overlay, where, "a complete list made incomplete")
    return replace(codelist, values=MappingProxyType(values), complete=complete)


def _limit(old: int | None, new: int, key: str, where: str, overlay: str) -> int:
    if old is not None and new > old:
        raise LooseningError(overlay, where, f"{key} {new} after {old}")
    return new


def _condition(entry: Mapping[str, Any]) -> Condition:
    return Condition(
        field=entry["field"],
        values=frozenset(entry["in"]) if "in" in entry else None,
        given=entry.get("given", False),
    )
