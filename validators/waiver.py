"""Waivers: a person has excused a body from one rule until a day; the fault stays in sight.

A waived finding is found, counted and shown as ever, but it is advice: it returns no record and
opens no case. It says who excused it and until when, in a field of its own and in its text. The day
decides, so an expired waiver stops by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from validators.finding import Finding


@dataclass(frozen=True, slots=True)
class Waiver:
    """One rule that the body is excused from, both days included; ``signer`` answers for it."""

    rule: str
    reason: str
    signer: str
    from_day: date
    until_day: date

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.from_day <= day <= self.until_day

    @property
    def mark(self) -> str:
        """What stands at the end of every text of a waived finding."""
        return f"【豁免：{self.signer}签批，至{self.until_day.isoformat()}】"


def waived(
    found: Sequence[Sequence[Finding]], waivers: Sequence[Waiver], day: date
) -> list[list[Finding]]:
    """The findings of each record, those under a waiver of this day as advice that says so."""
    held = {waiver.rule: waiver for waiver in waivers if waiver.holds(day)}
    return [[_waived(finding, held.get(finding.rule)) for finding in each] for each in found]


def turn(waivers: Sequence[Waiver], day: date) -> date | None:
    """The next day after this one on which a waiver begins or no longer holds; None: no such."""
    days = (
        one.from_day if one.from_day > day else one.until_day + timedelta(days=1)
        for one in waivers
        if one.until_day >= day
    )
    return min(days, default=None)


def excused(finding: Finding, waiver: Waiver) -> Finding:
    """The finding as advice that says who excused it, until when and why."""
    told = {
        "consequence": finding.consequence,
        "reason": waiver.reason,
        "signer": waiver.signer,
        "from": waiver.from_day.isoformat(),
        "until": waiver.until_day.isoformat(),
    }
    return replace(
        finding, consequence="advice", message=finding.message + waiver.mark, waived=told
    )


def _waived(finding: Finding, waiver: Waiver | None) -> Finding:
    """What is advice anyway costs nothing and is left as it is."""
    if waiver is None or finding.consequence == "advice":
        return finding
    return excused(finding, waiver)
