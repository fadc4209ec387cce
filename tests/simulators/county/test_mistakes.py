"""The mistakes a body makes."""

from __future__ import annotations

from random import Random

import pytest

from schemas import load
from schemas.sample import valid
from simulators.county.mistakes import Mistakes

STANDARD = load("3.0")
STEP = STANDARD.table("SPGL_XMSPSXBLXXXXB")
FLOW = STANDARD.table("SPGL_SPLCXXB")


def test_every_mistake_changes_something_and_kinds_vary() -> None:
    """Many records of one table show many kinds of mistakes before any comes often."""
    mistakes = Mistakes(STANDARD, Random(1), serial_is_ours=False)
    names = []
    for seed in range(30):
        good = valid(STANDARD, STEP.code, Random(seed))
        spoilt = mistakes.spoil(STEP, good)
        assert spoilt is not None
        assert spoilt[1] != good
        assert "\x00" not in "".join(text or "" for text in spoilt[1].values())
        names.append(spoilt[0].name)
    assert len(set(names)) >= 20


def test_set_up_that_others_hang_on_is_right() -> None:
    """Flows are never wrong during set-up, parents more rarely than leaves."""
    mistakes = Mistakes(STANDARD, Random(1), serial_is_ours=False)
    assert not any(mistakes.happens(FLOW, 1.0, setup=True) for _ in range(100))
    parents = sum(mistakes.happens(FLOW, 0.5, setup=False) for _ in range(1000))
    leaves = sum(mistakes.happens(STEP, 0.5, setup=False) for _ in range(1000))
    assert 50 < parents < 250 < leaves


def test_an_ordered_mistake() -> None:
    """A named mistake is made where it fits; an unknown name is refused."""
    mistakes = Mistakes(STANDARD, Random(1), serial_is_ours=False)
    good = valid(STANDARD, STEP.code, Random(1))
    spoilt = mistakes.spoil_with("validity_unknown", STEP, good)
    assert spoilt is not None
    assert spoilt[1]["SJYXBS"] == "2"
    with pytest.raises(KeyError):
        mistakes.spoil_with("flying", STEP, good)
