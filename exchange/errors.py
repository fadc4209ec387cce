"""Errors by what to do next: try later, refuse to the sender, or stop and call someone.

Every error of the exchange descends from one of three roots. The class docstring is the default
text: what happened, then what to do next. Words in braces in it are filled from the facts, and
the facts stay readable as ``facts``.
"""

from __future__ import annotations

import inspect


class ExchangeError(Exception):
    """Something went wrong in the exchange."""

    def __init__(self, text: str | None = None, **facts: object) -> None:
        self.facts = facts
        if text is None:
            default = inspect.getdoc(type(self)) or type(self).__name__
            text = " ".join(default.split()).format_map(facts)
        super().__init__(text)


class TryLaterError(ExchangeError):
    """The other side or a resource is not there just now. Try again later; nothing is lost."""


class RefusedError(ExchangeError):
    """What was handed in cannot be taken. The sender has to mend it and send again."""


class StopError(ExchangeError):
    """Going on would do harm or makes no sense. Stop here and call who runs the exchange."""
