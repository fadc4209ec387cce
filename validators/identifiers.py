"""Identifiers as rules need them: is a text one, what is wrong with it, what was it meant to be.

Everything about form and check digits is in ``schemas.identifiers``; here it is given in the shape
of conditions and proposals. Texts longer than any identifier are refused without being read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from schemas.identifiers import check

_LONGEST = 128


class Sound:
    """A function that tells whether a text is an identifier of this kind, check digit included."""

    __slots__ = ("_known", "identifier")
    __match_args__ = ("identifier",)

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        self._known = lru_cache(maxsize=4096)(lambda value: check(identifier, value) is None)

    def __call__(self, value: str) -> bool:
        """Whether the text is one."""
        return len(value) <= _LONGEST and self._known(value)


def sound(identifier: str) -> Sound:
    """See Sound."""
    return Sound(identifier)


def told(identifier: str) -> Callable[[str], str | None]:
    """A function that says what is wrong with a text, as the end of a message."""

    def tell(value: str) -> str | None:
        problem = check(identifier, value[: _LONGEST + 1])
        return None if problem is None else f"{problem.message}。"

    return tell


def meant(identifier: str) -> Callable[[str], str | None]:
    """A function that computes the right text from a wrong one, where that can be done."""

    def propose(value: str) -> str | None:
        problem = check(identifier, value[: _LONGEST + 1])
        return None if problem is None else problem.expected

    return propose
