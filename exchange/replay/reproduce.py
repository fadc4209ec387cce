"""Reach a verdict again: the same inputs under the same rules, or the reason why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.base import Defect
from exchange.errors import StopError
from exchange.replay.candidate import CURRENT, NoSuchRulesetError, Verdicts, started
from exchange.replay.groups import Group, group_of
from exchange.store.connection import Conn
from exchange.store.queries import load
from validators import Record
from validators.inputs import canonical_text, inputs_hash

Q = load("replay")
STAMP = ("standard", "overlay", "ruleset", "codelists", "engine")


class NothingToReproduceError(StopError):
    """Version {version} has no verdict whose inputs were kept; see `exchange ledger show`."""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came of judging a version again; ``reasons`` is empty when it is identical."""

    version: int
    judgement: int
    rules_from: str
    stamp: Mapping[str, str]
    inputs_hash: str
    reasons: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Outcome and every finding are the same to the letter."""
        return not self.reasons

    def to_json(self) -> dict[str, Any]:
        """As an object for programs."""
        return {
            "version": self.version,
            "judgement": self.judgement,
            "identical": self.identical,
            "reasons": list(self.reasons),
            "rules_from": self.rules_from,
            "stamp": dict(self.stamp),
            "inputs_hash": self.inputs_hash,
        }


def reproduce(
    conn: Conn, version: int, *, ruleset: str | None = None, policy_file: Path | None = None
) -> Reproduction:
    """Judge a version again as it was judged last.

    With ``ruleset`` None the rules that the store kept for its stamp judge; where it kept none,
    those that are here. Raises NothingToReproduceError, NoSuchRulesetError.
    """
    row = conn.execute(Q["last_judgement"], {"version": version}).fetchone()
    if row is None:
        raise NothingToReproduceError(version=version)
    group = group_of(conn, row, frozenset({version}))
    again, rules_from = _judged_again(conn, group, row, ruleset, policy_file)
    seen = canonical_text(group.context)
    hashed = inputs_hash(group.table, [_record(one) for one in group.records], seen)
    stamp = {name: row[name] for name in STAMP}
    reasons = []
    if hashed != row["inputs_hash"].hex():
        reasons.append(f"the inputs are others: {hashed} now, {row['inputs_hash'].hex()} kept")
    reasons += [
        f"{name} is another: {again.stamp[name]} judges, {stamp[name]} judged"
        for name in STAMP
        if again.stamp[name] != stamp[name]
    ]
    reasons += _differences(conn, version, row["id"], group, again)
    return Reproduction(version, row["id"], rules_from, stamp, hashed, tuple(reasons))


def _judged_again(
    conn: Conn,
    group: Group,
    row: Mapping[str, Any],
    ruleset: str | None,
    policy_file: Path | None,
) -> tuple[Verdicts, str]:
    overlays = overlays_of(row["overlay"])
    for name in (row["ruleset"], CURRENT) if ruleset is None else (ruleset,):
        try:
            with started(name, conn, policy_file=policy_file) as candidate:
                return candidate.judge(group, overlays, whole=True), name
        except NoSuchRulesetError:
            if ruleset is not None:
                raise
    raise NoSuchRulesetError(name=row["ruleset"])


def overlays_of(stamped: str) -> tuple[str, ...]:
    """The names in the overlay part of a stamp, such as ``420000+420600@digest``."""
    names = stamped.partition("@")[0]
    return tuple(names.split("+")) if names else ()


def _differences(
    conn: Conn, version: int, judgement: int, group: Group, again: Verdicts
) -> list[str]:
    before = next(one.outcome for one in group.records if one.id == version)
    told = []
    if again.outcomes[version] != before:
        told.append(f"the outcome is {again.outcomes[version]}, it was {before}")
    rows = conn.execute(Q["findings_by"], {"version": version, "judgement": judgement})
    stored = {row["rule"]: row["detail"] for row in rows}
    now = {one["rule"]: _as_stored(one) for one in again.findings if one["row"] == version}
    told += [f"{rule} was found and is not now" for rule in stored if rule not in now]
    told += [f"{rule} is found and was not" for rule in now if rule not in stored]
    for rule in stored.keys() & now.keys():
        parts = [name for name in now[rule] if now[rule][name] != stored[rule].get(name)]
        if parts:
            told.append(f"{rule}: {', '.join(parts)} read otherwise")
    return told


def _as_stored(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding as the store keeps it, which cannot hold every character."""
    text = json.dumps(finding, ensure_ascii=False).replace("\\u0000", "␀")
    kept: dict[str, Any] = json.loads(text.encode("utf-8", "replace").decode("utf-8"))
    return kept


def _record(one: Any) -> Record:
    return Record(one.id, one.values, tuple(Defect(**each) for each in one.defects), one.where)
