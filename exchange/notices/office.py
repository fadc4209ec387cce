"""The office that issues notices, and the terms it sets, as the policy of the jurisdiction says.

What no public text fixes is a default of ours; whatever shows it says so, in ``defaults``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from exchange.notices.days import day_of
from schemas.policy import Policy

PolicyOf = Callable[[str, datetime], Policy]
"""The policy in force for a body at a time."""


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes, in which name, on which ground, and what follows when nothing happens.

    ``sign`` is the 代字 of its numbers, ``grounds`` stands after 根据, ``consequence`` is a whole
    sentence, ``defaults`` are sentences on what is our default and not the text of a rule.
    """

    name: str
    sign: str
    grounds: str
    consequence: str
    contact: str
    departments: bool
    copies_to: str
    defaults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """By when a body has to mend its records, and how that day was found."""

    deadline: date
    provisional: bool
    basis: str


def office_of(policy: Policy) -> Office:
    """The office that sends notices under this policy."""
    issuer = policy.notice_issuer
    rule = policy.article(policy.rectification.article)
    asked = dict.fromkeys((policy.clock.article, policy.rectification.article))
    articles = "、".join(policy.article(name).number for name in asked)
    return Office(
        name=issuer.name,
        sign=issuer.sign,
        grounds=f"{policy.document}{articles}",
        consequence=f"{rule.document}{rule.number}：{rule.text}",
        contact="，".join(filter(None, (f"联系单位：{issuer.name}", issuer.contact))),
        departments=policy.addressee == "department",
        copies_to="，".join(policy.copy_to),
        defaults=_defaults(policy),
    )


def terms_of(policy: Policy, now: datetime) -> Terms:
    """The deadline of a case notified now: working days, the day of the notice not counted."""
    days = policy.days_to_mend()
    working = policy.calendar.is_working(day_of(now))
    deadline = policy.calendar.add(day_of(now), days)
    from_when = "自通知次日起" if working else "通知日为休息日，自下一工作日的次日起"
    return Terms(deadline.day, deadline.provisional, f"{from_when}{days}个工作日")


def _defaults(policy: Policy) -> tuple[str, ...]:
    said = []
    if policy.rectification.is_default:
        rule = policy.article(policy.rectification.article)
        said.append(
            f"整改期限{policy.rectification.days}个工作日为系统默认设置，"
            f"{rule.document}{rule.number}未规定具体天数"
        )
    if policy.notice_issuer.is_default:
        said.append(f"发文代字“{policy.notice_issuer.sign}”为系统默认设置")
    return tuple(said)
