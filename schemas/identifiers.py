"""Identifiers in records: form, check digit, and what a computer can tell about the right value.

The patterns and their examples are data (``lists/identifiers.toml``); the check digits are our own
code, because a widely used library refuses valid codes. Texts are checked as they are;
``normalise`` proposes the form they should have had.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from schemas.identifier_checks import CHECKS, UNLISTED, Around, Fault
from schemas.personal import mask

LIST = Path(__file__).parent / "lists" / "identifiers.toml"

Severity = Literal["error", "warning"]

_WIDE_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PROJECT_DIGITS = re.compile(r"[0-9]{20}")


class UnknownIdentifierError(LookupError):
    """No identifier has this id; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One kind of identifier: its Chinese name, standard, pattern and examples.

    ``legacy`` is an older form that passes without further checks.
    """

    id: str
    name: str
    standard: str | None
    pattern: re.Pattern[str] | None
    legacy: re.Pattern[str] | None
    severities: Mapping[str, Severity]
    personal: bool
    confidence: str
    valid: tuple[str, ...]
    invalid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text. ``expected`` is the computed right value where there is one.

    ``reason`` is ``format``, ``checksum``, ``date``, ``unknown``, ``unlisted`` (cannot be told),
    ``abolished``, ``range``, ``city`` or ``swapped``. Message and expected value are fit to be
    shown: nothing personal is in them.
    """

    identifier: str
    reason: str
    message: str
    expected: str | None
    severity: Severity


@cache
def identifiers() -> Mapping[str, Identifier]:
    """All identifiers by id."""
    entries = tomllib.loads(LIST.read_text("utf-8"))["identifiers"]
    return MappingProxyType({entry["id"]: _identifier(entry) for entry in entries})


def check(
    identifier_id: str, text: str, *, division: str | None = None, today: date | None = None
) -> Problem | None:
    """What is wrong with a filled text, or None.

    ``division`` (a division code) narrows coordinates to a city; with ``today`` dates inside the
    identifier must not lie in the future. Raises UnknownIdentifierError.
    """
    identifier = _get(identifier_id)
    if identifier.legacy is not None and identifier.legacy.fullmatch(text):
        return None
    if identifier.pattern is not None and not identifier.pattern.fullmatch(text):
        proposal = normalise(identifier_id, text)
        fits = proposal != text and identifier.pattern.fullmatch(proposal)
        message = f"{identifier.name}格式不符{_size(identifier, text)}"
        expected = _shown(identifier, proposal) if fits else None
        return _problem(identifier, Fault("format", message, expected))
    further = CHECKS.get(identifier_id)
    fault = further(text, Around(division, today)) if further else None
    return None if fault is None else _problem(identifier, fault)


def normalise(identifier_id: str, text: str) -> str:
    """The text in the form it should have had: half-width, no blanks, hyphens and capitals right.

    A proposal for people; records are never changed. Raises UnknownIdentifierError.
    """
    _get(identifier_id)
    plain = text.translate(_WIDE_TO_HALF)
    if identifier_id == "event_time":
        return plain.strip()
    plain = "".join(plain.split())
    match identifier_id:
        case "uscc" | "org_code" | "resident_id":
            return plain.replace("-", "").upper()
        case "investment_project_code":
            digits = plain.replace("-", "").replace("#", "")
            if not _PROJECT_DIGITS.fullmatch(digits):
                return plain
            return "-".join((digits[:4], digits[4:10], digits[10:12], digits[12:14], digits[14:]))
        case "mobile_phone":
            return plain.removeprefix("+86").replace("-", "")
        case "coordinates":
            return plain.replace("、", ",").replace("；", ";")
        case _:
            return plain


def _get(identifier_id: str) -> Identifier:
    try:
        return identifiers()[identifier_id]
    except KeyError:
        raise UnknownIdentifierError(
            f"no identifier {identifier_id!r}; there are: {', '.join(identifiers())}"
        ) from None


def _problem(identifier: Identifier, fault: Fault) -> Problem:
    severity = identifier.severities.get(fault.reason, identifier.severities["format"])
    if fault.reason == UNLISTED:
        severity = "warning"
    return Problem(identifier.id, fault.reason, fault.message, fault.expected, severity)


def _size(identifier: Identifier, text: str) -> str:
    """How long the text is, where the identifier has one right length."""
    right = {len(example) for example in identifier.valid}
    if len(right) != 1 or len(text) in right:
        return ""
    return f"，应为{right.pop()}位，现为{len(text)}位"


def _shown(identifier: Identifier, text: str) -> str:
    if not identifier.personal:
        return text
    return mask("resident_id" if identifier.id == "resident_id" else "phone", text)


def _identifier(entry: Mapping[str, Any]) -> Identifier:
    severity = entry["severity"]
    if isinstance(severity, str):
        severities: dict[str, Severity] = {"format": _severity(severity)}
    else:
        first = next(iter(severity.values()))
        severities = {"format": _severity(severity.get("pattern", severity.get("read", first)))}
        severities |= {
            reason: _severity(severity[reason])
            for reason in ("checksum", "city")
            if reason in severity
        }
    return Identifier(
        id=entry["id"],
        name=entry["name"],
        standard=entry.get("standard"),
        pattern=_compiled(entry.get("pattern")),
        legacy=_compiled(entry.get("legacy_pattern")),
        severities=MappingProxyType(severities),
        personal="pii" in entry,
        confidence=str(entry["confidence"]),
        valid=tuple(entry.get("valid", ())),
        invalid=tuple(example["value"] for example in entry.get("invalid", ())),
    )


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern, re.ASCII) if pattern else None


def _severity(text: str) -> Severity:
    return "warning" if text == "warning" else "error"
