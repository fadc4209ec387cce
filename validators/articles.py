"""Article by article of the management rules: what it asks of data, and what answers it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent / "articles.toml"


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its answers.

    ``rules`` are codes, or clauses that stand for all rules on them; ``parts`` are paths in the
    repository; ``reason`` says why there is nothing, or what is missing beside them.
    """

    document: str
    article: str
    asks: str
    rules: tuple[str, ...]
    parts: tuple[str, ...]
    reason: str

    @property
    def is_hole(self) -> bool:
        """True when nothing answers it and nothing says why."""
        return not (self.rules or self.parts or self.reason)


@cache
def documents() -> dict[str, str]:
    """The management rules: number and name."""
    entries = tomllib.loads(LIST.read_text("utf-8"))["documents"]
    return {one["number"]: one["name"] for one in entries}


@cache
def articles() -> tuple[Article, ...]:
    """All articles, in the order of the file. Raises KeyError for an entry without its parts."""
    return tuple(
        Article(
            one["document"],
            one["article"],
            one["asks"],
            tuple(one.get("rules", ())),
            tuple(one.get("parts", ())),
            one.get("reason", ""),
        )
        for one in tomllib.loads(LIST.read_text("utf-8"))["articles"]
    )
