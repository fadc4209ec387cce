"""Examples of cases for the files of rules: a step judged, and the other steps of its case."""

from __future__ import annotations

from collections.abc import Mapping

from validators.case_steps import STEPS
from validators.rule import Scene

_CASE = {"GCDM": "2306-420602-04-01-123450-01", "SPSXSLBM": "BJ-1"}


def step(status: str, at: str) -> dict[str, str | None]:
    """A step of the example's case: ``step("3", "02 09:30")`` is an acceptance in March 2026.

    Its local key is made of status and time, as people see it in the finding.
    """
    day, _, time = at.partition(" ")
    local = f"BL-{status}-{day}-{time}"
    return {**_CASE, "DFSJZJ": local, "BLZT": status, "BLSJ": f"2026-03-{day} {time}:00"}


def case(
    judged: tuple[str, str],
    *others: tuple[str, str],
    overdue: bool = False,
    together: bool = False,
) -> Scene:
    """A step beside the others of its case, each as (status, time)."""
    beside = tuple((STEPS, step(*other)) for other in others)
    return Scene(step(*judged), beside, overdue=overdue, together=together)


def undated(status: str, *others: tuple[str, str]) -> Scene:
    """A step whose time cannot be read, beside others of its case."""
    row = step(status, "02 09:00") | {"BLSJ": "不详"}
    return Scene(row, tuple((STEPS, step(*other)) for other in others))


def beside_steps(
    cells: Mapping[str, str | None], *others: tuple[str, str], overdue: bool = False
) -> Scene:
    """A row of another table of the same case, beside the steps of the case."""
    row = {**_CASE, **cells}
    return Scene(row, tuple((STEPS, step(*other)) for other in others), overdue=overdue)
