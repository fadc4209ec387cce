"""The steps of one case in order of time: which of them may not be where it is, and why.

The case is walked once as a state machine. A step that breaks it is marked with the one fault that
says most, so that a county mends it once; a step that cannot stand where it is leaves the state as
it was, so that one wrong step does not make the following ones wrong. Steps that were returned are
known to exist (nobody is blamed for what is being mended) but are no ground for a reproach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from validators.expression import Code
from validators.neighbours import Against, Found, Later, Link, Reply, Seen
from validators.rule import Compares

STEPS = "SPGL_XMSPSXBLXXXXB"
STEPS_OF_CASE = Link(
    "steps", (STEPS,), ("GCDM", "SPSXSLBM"), ("GCDM", "SPSXSLBM"), ("BLZT", "BLSJ")
)
"""The other steps of the case that a row names."""

#: Status codes of list BLZT.
RECEIVED, WITHDRAWN, ACCEPTED, DECLINED, REFUSED = "1", "2", "3", "4", "5"
CORRECTING, CORRECTED, HANDLING, SPECIAL, SPECIAL_DONE = "6", "7", "8", "9", "10"
PASSED, DEFICIENT, FAILED, TAKEN_BACK, REVOKED = "11", "12", "13", "14", "15"
FINISHES = frozenset({PASSED, DEFICIENT, FAILED})
PASSES = frozenset({PASSED, DEFICIENT})
ENDS = FINISHES | {WITHDRAWN, DECLINED, REFUSED, TAKEN_BACK, REVOKED}

STATUS_NAMES: Mapping[str, str] = {
    RECEIVED: "接件", WITHDRAWN: "撤件", ACCEPTED: "受理", DECLINED: "不受理", REFUSED: "不予受理",
    CORRECTING: "补正开始", CORRECTED: "补正结束", HANDLING: "部门开始办理",
    SPECIAL: "特别程序开始", SPECIAL_DONE: "特别程序结束", PASSED: "办结（通过）",
    DEFICIENT: "办结（容缺通过）", FAILED: "办结（不通过）", TAKEN_BACK: "撤回", REVOKED: "撤销",
}  # fmt: skip
_IN_ONE_SECOND = {
    status: at
    for at, status in enumerate(
        (RECEIVED, CORRECTING, CORRECTED, ACCEPTED, HANDLING, SPECIAL, SPECIAL_DONE, WITHDRAWN,
         DECLINED, REFUSED, PASSED, DEFICIENT, FAILED, TAKEN_BACK, REVOKED)
    )
}  # fmt: skip
"""The order in which steps of the same second are taken: the one that breaks nothing.

What is still open ends before it begins anew: see ``_next``.
"""

Fault = Literal[
    "no_receipt",
    "second_receipt",
    "out_of_order",
    "accepted_without_receipt",
    "handled_without_acceptance",
    "correction_not_begun",
    "procedure_not_begun",
    "procedure_begun_twice",
    "finished_while_paused",
    "finished_without_acceptance",
    "failed_before_acceptance",
    "after_the_end",
    "ended_twice",
    "declined_after_acceptance",
    "revoked_without_pass",
]

_MAY_CLEAR: frozenset[Fault] = frozenset(
    {"no_receipt", "out_of_order", "accepted_without_receipt", "handled_without_acceptance",
     "correction_not_begun", "procedure_not_begun", "procedure_begun_twice",
     "finished_while_paused", "finished_without_acceptance", "failed_before_acceptance",
     "revoked_without_pass"}
)  # fmt: skip
"""Faults that a step which is still to arrive would clear."""

_NEEDS: Mapping[str, tuple[frozenset[str], Fault]] = {
    ACCEPTED: (frozenset({RECEIVED}), "accepted_without_receipt"),
    HANDLING: (frozenset({ACCEPTED}), "handled_without_acceptance"),
    PASSED: (frozenset({ACCEPTED, HANDLING}), "finished_without_acceptance"),
    DEFICIENT: (frozenset({ACCEPTED, HANDLING}), "finished_without_acceptance"),
    FAILED: (frozenset({ACCEPTED, HANDLING}), "failed_before_acceptance"),
    REVOKED: (PASSES, "revoked_without_pass"),
    **{
        status: (frozenset({RECEIVED}), "no_receipt")
        for status in (WITHDRAWN, DECLINED, REFUSED, CORRECTING, SPECIAL, TAKEN_BACK)
    },
}  # fmt: skip
"""What must have come before a step of this status."""

_CLOSES: Mapping[str, tuple[str, Fault]] = {
    CORRECTED: (CORRECTING, "correction_not_begun"),
    SPECIAL_DONE: (SPECIAL, "procedure_not_begun"),
}
_ENDED_BY = {start: end for end, (start, _) in _CLOSES.items()}


@dataclass(frozen=True, slots=True)
class Mark:
    """A step's fault, with the other step that it cannot stand beside, if there is one."""

    fault: Fault
    other: Seen | None = None


@dataclass
class _Walk:
    """The state of the case so far. ``before`` are steps by status, the first of each."""

    before: dict[str, Seen] = field(default_factory=dict)
    open: dict[str, Seen] = field(default_factory=dict)
    loosely_open: set[str] = field(default_factory=set)
    end: Seen | None = None
    marks: dict[int, Mark] = field(default_factory=dict)

    def take(self, step: Seen, later: Sequence[Seen]) -> None:
        """Go on by one step; ``later`` are those after it."""
        status = step.code("BLZT")
        mark = self._conflict(step, status)
        if mark is None:
            mark = self._lack(status, later)
            self._go(step, status, mark)
        if mark is not None:
            self._put(step, mark)

    def _put(self, step: Seen, mark: Mark) -> None:
        """Blame the step, or, where it has passed already, the one that came after it."""
        blamed, other = step, mark.other
        if mark.fault != "out_of_order" and other is not None and _came_first(step, other):
            blamed, other = other, step
        self.marks.setdefault(blamed.id, Mark(mark.fault, other))

    def _conflict(self, step: Seen, status: str) -> Mark | None:
        """A step that cannot stand beside an earlier one, whatever may still come."""
        if step.failed:
            return None
        receipt, accepted = self.before.get(RECEIVED), self.before.get(ACCEPTED)
        if status == RECEIVED and receipt is not None and not receipt.failed:
            return Mark("second_receipt", receipt)
        if self.end is not None and status not in ENDS:
            return Mark("after_the_end", self.end)
        if self.end is not None and not (status == REVOKED and self.end.code("BLZT") in PASSES):
            return Mark("ended_twice", self.end)
        if status in {DECLINED, REFUSED} and accepted is not None and not accepted.failed:
            return Mark("declined_after_acceptance", accepted)
        if status == SPECIAL and SPECIAL in self.open:
            return Mark("procedure_begun_twice", self.open[SPECIAL])
        return None

    def _lack(self, status: str, later: Sequence[Seen]) -> Mark | None:
        """A step that needs another one before it."""
        if status in FINISHES and self.open:
            return Mark("finished_while_paused", next(iter(self.open.values())))
        if status in _CLOSES:
            start, fault = _CLOSES[status]
            if start in self.open or start in self.loosely_open:
                return None
            return _missing(frozenset({start}), fault, later, pairs=status)
        if status not in _NEEDS or _NEEDS[status][0] & self.before.keys():
            return None
        needed, fault = _NEEDS[status]
        return _missing(needed, fault, later)

    def _go(self, step: Seen, status: str, mark: Mark | None) -> None:
        if status not in self.before or self.before[status].failed:
            self.before[status] = step
        if status in {CORRECTING, SPECIAL}:
            (self.loosely_open.add(status) if step.failed else self.open.update({status: step}))
        if status in _CLOSES:
            self.open.pop(_CLOSES[status][0], None)
            self.loosely_open.discard(_CLOSES[status][0])
        if status in ENDS and not step.failed and mark is None:
            self.end = step


def _came_first(step: Seen, other: Seen) -> bool:
    return step.settled and not other.settled and not other.failed


def _missing(
    needed: frozenset[str], fault: Fault, later: Sequence[Seen], pairs: str = ""
) -> Mark | None:
    """The fault of a step whose predecessor is not before it: absent, or only later in time."""
    behind = [one for one in later if one.code("BLZT") in needed]
    if any(one.value("BLSJ") is None for one in behind):
        return None  # its time cannot be read, so that it may well be earlier
    if not behind:
        return Mark(fault)
    closers = sum(one.code("BLZT") == pairs for one in later)
    if pairs and closers >= len(behind):
        return Mark(fault)  # those starts belong to the ends that follow them
    return Mark("out_of_order", behind[0])


def walk(steps: Sequence[Seen]) -> Mapping[int, Mark]:
    """The faults of a case, by the number of the step; a step has at most one."""
    rest = sorted(steps, key=_order)
    course = _Walk()
    while rest:
        step = rest.pop(_next(rest, course))
        if step.value("BLSJ") is not None:
            course.take(step, rest)
    return course.marks


def _next(rest: Sequence[Seen], course: _Walk) -> int:
    """The place of the step to take: the first, but for one that begins what is open.

    Where what is open ends in the same second, it ended first.
    """
    status, at = rest[0].code("BLZT"), rest[0].value("BLSJ")
    if at is None or not (status in course.open or status in course.loosely_open):
        return 0
    for place, step in enumerate(rest):
        if step.value("BLSJ") != at:
            break
        if step.code("BLZT") == _ENDED_BY[status]:
            return place
    return 0


def _order(step: Seen) -> tuple[datetime, int, int]:
    at: datetime = step.value("BLSJ") or datetime.max  # noqa: DTZ901  wall time; unreadable comes last
    return (at, rank(step), step.id)


def rank(step: Seen) -> int:
    """The place of a step among those of the same second."""
    return _IN_ONE_SECOND.get(step.code("BLZT"), len(_IN_ONE_SECOND))


def told(step: Seen) -> str:
    """A step as people know it: 受理 2026-03-02 09:00:00，地方数据主键“…”."""
    name = STATUS_NAMES.get(step.code("BLZT"), f"状态{step.text('BLZT')}")
    return f"{name} {step.text('BLSJ')}，地方数据主键“{step.text('DFSJZJ') or '（空）'}”"


def in_order(*faults: Fault, statuses: Sequence[str] = ()) -> Compares:
    """The demand that a step has none of these faults in its case.

    ``statuses`` limits it to steps that can have them. A step whose time cannot be read is judged
    by the rule on times.
    """
    return Compares(
        (STEPS_OF_CASE,),
        _free_of(frozenset(faults)),
        when=Code("BLZT").is_in(*statuses) if statuses else None,
    )


def _free_of(faults: frozenset[Fault]) -> Callable[[Seen, Found], Reply]:
    def judge(row: Seen, found: Found) -> Reply:
        if row.value("BLSJ") is None:
            return None
        mark = found.together(STEPS_OF_CASE.name, walk).get(row.id)
        if mark is None or mark.fault not in faults:
            return True
        if mark.fault in _MAY_CLEAR and not row.overdue:
            return Later("同一办件的其他办理记录可能尚未到齐，等待中")
        return Against("" if mark.other is None else f"已有办理记录：{told(mark.other)}。")

    return judge


def handling_of(steps: Sequence[Seen]) -> tuple[Seen | None, Seen | None]:
    """The acceptance of a case and its finish, where they are known with their time."""
    timed = sorted((step for step in steps if step.value("BLSJ") is not None), key=_order)
    accepted = next((step for step in timed if step.code("BLZT") == ACCEPTED), None)
    finished = next((step for step in reversed(timed) if step.code("BLZT") in FINISHES), None)
    return accepted, finished
