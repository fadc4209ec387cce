"""Policy packs: what a jurisdiction decides about the exchange, effective by date.

A pack is one TOML file under ``schemas/policy/``, named by the division code that decides. It holds
the clock of the exchange, the deadlines for mending data, who issues notices and to whom, the
articles these rest on, and the weights of the scorecard. Where no public text gives a number the
entry says ``is_default = true``, and every page that shows it must say that it is our default.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from schemas.calendar import WorkingDays, china
from schemas.policy_terms import DossierTerms, LinkTerms, SilenceTerms

ROOT = Path(__file__).parent / "policy"

DIMENSIONS = (
    "normativity",
    "completeness",
    "accuracy",
    "consistency",
    "timeliness",
    "accessibility",
)
"""The six properties of GB/T 36344, as rules and scorecards name them."""


_WHOLE = 100


class NoPolicyError(LookupError):
    """No policy pack holds for this division on this day; the message says which there are."""


class BadPolicyError(ValueError):
    """A policy pack contradicts itself; the message names the pack and the entry."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a management rule: its number and what it asks, in our own words."""

    id: str
    document: str
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How soon a record must arrive.

    ``event`` counts from the business event to the national system; ``push_period`` only asks that
    a push happens at least every ``seconds``.
    """

    kind: Literal["event", "push_period"]
    seconds: int
    article: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Rectification:
    """How many working days a body has to mend its data and send it again."""

    days: int
    critical_days: int
    extended_days: int
    article: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class DirtyFlood:
    """When the records of a body are put aside so that they hold up nobody else's.

    ``records`` of them failed within ``window_s`` seconds and they were at least ``share`` of all
    that were judged. Then ``trial`` records are judged every ``pause_s`` seconds.
    """

    share: float = 0.5
    records: int = 200
    window_s: int = 60
    pause_s: int = 15
    trial: int = 50
    is_default: bool = True


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: name of the office and its 代字, the sign that document numbers begin with.

    ``contact`` is how the office is reached (a telephone or room, never a person), if given.
    """

    name: str
    sign: str
    is_default: bool
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """What happens so many working days after a deadline (negative: before it), and who acts."""

    after_days: int
    action: Literal["remind", "draft_circular", "report_up"]
    to: str
    article: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """Weights of the six properties (they add up to 100) and the lower bounds of the grades."""

    weights: Mapping[str, int]
    grades: tuple[tuple[int, str], ...]
    is_default: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """When a changed ruleset may not be switched on (``exchange replay``).

    ``newly_failing`` is the share of records that may newly fail, ``level`` the share of its
    records that a body must keep passing, ``levels`` another one for single bodies.
    """

    newly_failing: float = 0.01
    level: float = 0.9
    levels: Mapping[str, float] = field(default_factory=dict)
    is_default: bool = True

    def level_of(self, body: str) -> float:
        """The level of a body."""
        return self.levels.get(body, self.level)


@dataclass(frozen=True)
class Policy:
    """One policy pack as it holds from ``effective_from``.

    ``collect_for_s`` is how long findings of one body are gathered before a notice goes out,
    ``hold_grace_s`` how long a child may wait for a parent that was never seen, both in seconds.
    ``addressee`` is whom a notice speaks to: the body that sent the data or its departments.
    ``invalid_reason`` is the text (更正失效原因) with which a corrected row is made invalid.
    ``calendar`` is the one that ships, under the official table that the pack names, if it does
    (``calendar = "file.toml"`` beside it, in the form of ``lists/calendar_cn.toml``).
    ``rules_off`` are the rules that are not in force while this edition holds, by code or by
    clause, each with its reason; what begins or ends on a day does so with an edition.
    ``digest`` is a short hash of the content, part of every stamp.
    """

    code: str
    name: str
    document: str
    effective_from: date
    time_zone: str
    clock: Clock
    rectification: Rectification
    collect_for_s: int
    hold_grace_s: int
    invalid_reason: str
    notice_issuer: Issuer
    circular_issuer: Issuer
    addressee: Literal["body", "department"]
    copy_to: tuple[str, ...]
    escalation: tuple[Escalation, ...]
    scoring: Scoring
    dirty_flood: DirtyFlood
    dossiers: DossierTerms
    silence: SilenceTerms
    links: LinkTerms
    gate: Gate
    kpis: tuple[str, ...]
    articles: Mapping[str, Article]
    calendar: WorkingDays
    rules_off: Mapping[str, str]
    digest: str

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and deadlines end."""
        return ZoneInfo(self.time_zone)

    @property
    def clock_limit(self) -> timedelta:
        """The clock as a span of time."""
        return timedelta(seconds=self.clock.seconds)

    def days_to_mend(self, *, critical: bool = False) -> int:
        """Working days until the deadline of a new case."""
        return self.rectification.critical_days if critical else self.rectification.days

    def is_off(self, rule: str) -> bool:
        """Whether the rule of this code is not in force."""
        return rule in self.rules_off or rule.partition("/")[0] in self.rules_off

    def article(self, article_id: str) -> Article:
        """The article of this id; raises BadPolicyError for one the pack does not have."""
        try:
            return self.articles[article_id]
        except KeyError:
            raise BadPolicyError(
                f"policy {self.code}: no article {article_id!r}; there are: "
                f"{', '.join(self.articles)}"
            ) from None


def codes() -> tuple[str, ...]:
    """The division codes that have a policy pack."""
    return tuple(sorted(path.stem for path in ROOT.glob("*.toml")))


def load(code: str, day: date) -> Policy:
    """The policy in force for a body on a day.

    ``code`` is a division or body code (a suffix after ``-`` is left out). Where the division has
    no pack of its own the city's holds, then the province's. Raises NoPolicyError.
    """
    division = code.partition("-")[0]
    for candidate in (division, f"{division[:4]}00", f"{division[:2]}0000"):
        if candidate in codes():
            return _on(read(ROOT / f"{candidate}.toml"), day, code)
    raise NoPolicyError(
        f"no policy pack for {code}, its city or its province; there are: {', '.join(codes())}; "
        "add schemas/policy/<division code>.toml"
    )


def load_file(path: Path, day: date) -> Policy:
    """The policy in force on a day from a pack outside this folder. Raises NoPolicyError."""
    return _on(read(path), day, path.name)


@cache
def read(path: Path) -> tuple[Policy, ...]:
    """All editions of a pack, oldest first. Raises BadPolicyError."""
    entry = tomllib.loads(path.read_text("utf-8"))
    shared = {key: value for key, value in entry.items() if key != "editions"}
    table = _official_table(path, shared.pop("calendar", None))
    if table is not None:
        shared["calendar"] = table[1]
    editions = [
        _policy(path.stem, {**shared, **edition}, table[0] if table else china())
        for edition in entry["editions"]
    ]
    return tuple(sorted(editions, key=lambda policy: policy.effective_from))


def _official_table(pack: Path, name: str | None) -> tuple[WorkingDays, str] | None:
    """The table of working days that a pack names, over the one that ships, and its text."""
    if name is None:
        return None
    path = pack.parent / name
    try:
        return WorkingDays.read(path).over(china()), path.read_text("utf-8")
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise BadPolicyError(
            f"policy {pack.stem}: calendar {name!r} cannot be used ({error}); it must have the "
            "form of schemas/lists/calendar_cn.toml and lie beside the pack"
        ) from error


def _on(editions: tuple[Policy, ...], day: date, asked: str) -> Policy:
    holding = [policy for policy in editions if policy.effective_from <= day]
    if not holding:
        first = editions[0]
        raise NoPolicyError(
            f"policy {first.code} holds from {first.effective_from}, not yet on {day} "
            f"(asked for {asked})"
        )
    return holding[-1]


def _policy(code: str, entry: Mapping[str, Any], calendar: WorkingDays) -> Policy:
    articles = {
        key: Article(
            key, article.get("document", entry["document"]), article["number"], article["text"]
        )
        for key, article in entry["articles"].items()
    }
    policy = Policy(
        code=code,
        name=entry["name"],
        document=entry["document"],
        effective_from=entry["effective_from"],
        time_zone=entry["time_zone"],
        clock=Clock(**entry["clock"]),
        rectification=Rectification(**entry["rectification"]),
        collect_for_s=entry["collect_for_s"],
        hold_grace_s=entry["hold_grace_s"],
        invalid_reason=entry["invalid_reason"],
        notice_issuer=Issuer(**entry["notice_issuer"]),
        circular_issuer=Issuer(**entry["circular_issuer"]),
        addressee=entry["addressee"],
        copy_to=tuple(entry.get("copy_to", ())),
        escalation=tuple(Escalation(**step) for step in entry["escalation"]),
        scoring=_scoring(entry["scoring"]),
        dirty_flood=DirtyFlood(**entry.get("dirty_flood", {})),
        dossiers=_dossiers(entry["dossiers"]),
        silence=SilenceTerms(**entry["silence"]),
        links=LinkTerms(**entry["links"]),
        gate=Gate(**entry.get("gate", {})),
        kpis=tuple(entry["kpis"]),
        articles=MappingProxyType(articles),
        calendar=calendar,
        rules_off=MappingProxyType(dict(entry.get("rules_off", {}))),
        digest=_digest(entry),
    )
    _check(policy)
    return policy


def _scoring(entry: Mapping[str, Any]) -> Scoring:
    return Scoring(
        weights=MappingProxyType(dict(entry["weights"])),
        grades=tuple((bound, name) for bound, name in entry["grades"]),
        is_default=entry["is_default"],
    )


def _dossiers(entry: Mapping[str, Any]) -> DossierTerms:
    return DossierTerms(**{**entry, "total_days": MappingProxyType(dict(entry["total_days"]))})


def _check(policy: Policy) -> None:
    """The pack hangs together: weights, articles, signs, days."""
    problems = []
    if set(policy.scoring.weights) != set(DIMENSIONS):
        problems.append(f"scoring.weights must name {', '.join(DIMENSIONS)}")
    if sum(policy.scoring.weights.values()) != _WHOLE:
        problems.append("scoring.weights must add up to 100")
    cited = {policy.clock.article, policy.rectification.article}
    cited |= {step.article for step in policy.escalation}
    if unknown := cited - set(policy.articles):
        problems.append(f"articles cited but not given: {', '.join(sorted(unknown))}")
    if "*" not in policy.dossiers.total_days:
        problems.append('dossiers.total_days must name "*", the limit of every other flow type')
    if policy.rectification.critical_days > policy.rectification.days:
        problems.append("rectification.critical_days must not exceed days")
    if silent := sorted(rule for rule, why in policy.rules_off.items() if not why.strip()):
        problems.append(f"rules_off needs a reason for {', '.join(silent)}")
    flood = policy.dirty_flood
    if not 0 < flood.share <= 1 or min(flood.records, flood.window_s, flood.pause_s) < 1:
        problems.append("dirty_flood.share must lie in 0 to 1, records and seconds be at least 1")
    if flood.trial < 2:  # noqa: PLR2004  the newest and the oldest
        problems.append("dirty_flood.trial must be at least 2")
    if problems:
        raise BadPolicyError(f"policy {policy.code}: {'; '.join(problems)}")


def _digest(entry: Mapping[str, Any]) -> str:
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
