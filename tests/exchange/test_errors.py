"""Errors: one sentence on what happened, one on what to do, facts as attributes."""

from __future__ import annotations

import inspect

import pytest

from exchange.errors import ExchangeError, RefusedError, StopError, TryLaterError
from exchange.store import addresses, binaries, datafolder, embedded, migrate, passwords

RAISERS = (addresses, binaries, datafolder, embedded, migrate, passwords)
"""Imported so that their errors are among the descendants."""


class BodyMissingError(RefusedError):
    """There is no body {code!r}.

    Ask for one of: {known}.
    """


def test_the_docstring_is_the_text_and_the_facts_stay() -> None:
    """Facts fill the default text, on one line, and can be read again."""
    error = BodyMissingError(code="420699", known="420602")
    assert str(error) == "There is no body '420699'. Ask for one of: 420602."
    assert error.facts == {"code": "420699", "known": "420602"}


def test_a_text_of_its_own_goes_before_the_default() -> None:
    """Where more is known than the class says, the raiser says it."""
    assert str(BodyMissingError("there are no bodies at all")) == "there are no bodies at all"


def _descendants(root: type[ExchangeError]) -> list[type[ExchangeError]]:
    return [found for child in root.__subclasses__() for found in [child, *_descendants(child)]]


@pytest.mark.parametrize("kind", _descendants(ExchangeError), ids=lambda kind: kind.__name__)
def test_every_error_says_what_to_do(kind: type[ExchangeError]) -> None:
    """Each descends from one root by what to do next, and explains itself."""
    assert issubclass(kind, (TryLaterError, RefusedError, StopError))
    assert kind.__name__.endswith("Error")
    assert "doc" not in vars(kind)
    assert len(inspect.getdoc(kind) or "") > len("what happened and what to do")
