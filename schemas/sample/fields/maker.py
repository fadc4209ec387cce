"""The small words the field makers are written in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from schemas.sample.draft import DAY, SECOND, Draft

Maker = Callable[[Draft], str | None]


def fixed(text: str | None) -> Maker:
    """Always this text."""
    return lambda _: text


def one_of(*texts: str) -> Maker:
    """One of these texts."""
    return lambda draft: draft.rng.choice(texts)


def same_as(code: str) -> Maker:
    """The value of another field of the record."""
    return lambda draft: draft[code]


def whole(low: int, high: int) -> Maker:
    """A whole number within these bounds."""
    return lambda draft: str(draft.rng.randint(low, high))


def amount(low: int, high: int) -> Maker:
    """A number with two decimals within these bounds."""
    return lambda draft: f"{draft.rng.randint(low * 100, high * 100) / 100:.2f}"


def day(days: int) -> Maker:
    """The day that lies so many days after the writing of the record (negative: before)."""
    return lambda draft: (draft.at + timedelta(days=days)).strftime(DAY)


def now(draft: Draft) -> str:
    """The moment of writing, to the second."""
    return draft.at.strftime(SECOND)


def put(pattern: str) -> Maker:
    """A text with places: ``{county}``, ``{city}``, or fields of the record as ``{GCMC}``."""
    return lambda draft: pattern.format_map(_Words(draft))


class _Words(dict[str, str]):
    """The words a pattern of ``put`` may use."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(county=draft.place.name, city=draft.place.city, full=draft.place.full)
        self._draft = draft

    def __missing__(self, code: str) -> str:
        return self._draft.text(code, "本工程")
