"""A dossier rule: what it demands of a case, a project or a flow as a whole, and what it answers.

Declared like a rule on rows, with another kind of check: a pure function over one subject of a
dossier. Nothing is refused for what a dossier lacks, since the row that shows it may be right: a
finding is to be mended by a date (``rectify``) or to be looked into (``advice``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from schemas.calendar import WorkingDays
from schemas.policy_terms import DossierTerms
from validators.dossier.subject import Subject, SubjectKind
from validators.record import wall_time
from validators.rule import Dimension, Owner
from validators.waiver import Waiver

Outcome = Literal["pass", "fail", "beside", "unchecked"]
DossierConsequence = Literal["rectify", "advice"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a check may know beside the rows: the time (aware), the policy's terms, the calendar.

    ``waivers`` are what each body is excused from today or later; no check asks for them.
    """

    moment: datetime
    terms: DossierTerms
    calendar: WorkingDays
    waivers: Mapping[str, Sequence[Waiver]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The moment as records write it: wall time."""
        return wall_time(self.moment)

    @property
    def today(self) -> date:
        """The day of ``now``."""
        return self.now.date()

    @property
    def tomorrow(self) -> date:
        """The day after."""
        return self.today + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check says of a subject.

    ``facts`` fill the templates of a finding. ``again`` is the first day on which the answer may
    change although no row does. ``provisional``: counted with a year whose holidays are unknown.
    """

    outcome: Outcome
    reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    again: date | None = None
    provisional: bool = False


BESIDE = Answer("beside")
PASSED = Answer("pass")


def until(day: date) -> Answer:
    """It holds, to be looked at again on this day."""
    return Answer("pass", again=day)


def unchecked(reason: str) -> Answer:
    """It cannot be told, for this reason (Chinese, the same text for the same kind of reason)."""
    return Answer("unchecked", reason=reason)


def failed(*, again: date | None = None, provisional: bool = False, **facts: object) -> Answer:
    """It does not hold; the facts are told in the finding."""
    told = {name: str(fact) for name, fact in facts.items()}
    return Answer("fail", facts=told, again=again, provisional=provisional)


def holds(
    condition: object, *, again: date | None = None, provisional: bool = False, **facts: object
) -> Answer:
    """Passed or failed by a condition."""
    if condition:
        return Answer("pass", again=again)
    return failed(again=again, provisional=provisional, **facts)


Check = Callable[[Subject, Setting], Answer]
Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """An example: the rows of a dossier by table, those of its area, and the wall time."""

    rows: Mapping[str, tuple[Cells, ...]]
    area: Mapping[str, tuple[Cells, ...]] = field(default_factory=dict)
    now: str = "2026-03-31 18:00:00"


@dataclass(frozen=True, kw_only=True)
class DossierRule:
    """One rule on dossiers; the texts and examples as in ``validators.rule.Rule``.

    ``tables`` are those whose rows it reads of its own dossier: the standard must have them all,
    and while a row of one but the first is being mended, a failure is not asserted.
    ``fields`` are cells of the row that a finding is attached to. ``milder`` says why the
    consequence is milder than that of the clause. ``boundary`` are examples at the edge, with
    whether they pass.
    """

    code: str
    version: int = 1
    kind: str
    subject: SubjectKind
    tables: tuple[str, ...] = ()
    fields: tuple[str, ...]
    versions: tuple[str, ...] = ()
    clause: str
    statement: str
    consequence: DossierConsequence
    milder: str = ""
    dimension: Dimension
    owner: Owner = "county"
    message: str
    expected: str | None = None
    why: str
    fix: str
    check: Check
    good: tuple[Told, ...] = ()
    bad: tuple[Told, ...] = ()
    beside: tuple[Told, ...] = ()
    boundary: tuple[tuple[Told, bool], ...] = ()
