"""Reach verdicts on dossiers again: rows, moment and waivers of then under the rules of then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.errors import StopError
from exchange.judging.dossier_inputs import (
    answers_hash,
    content_hash,
    dossier_hash,
    finding_digest,
)
from exchange.replay.candidate import (
    CURRENT,
    Candidate,
    DossierVerdicts,
    NoSuchRulesetError,
    started,
)
from exchange.replay.dossiers import KeptDossier, Reader
from exchange.replay.reproduce import STAMP, overlays_of
from exchange.store.connection import Conn
from validators.inputs import canonical_text


class NoDossierToReproduceError(StopError):
    """Version {version} belongs to no dossier with a verdict whose inputs were kept.

    A dossier is judged when it has settled, half an hour after its last row as a rule.
    """


@dataclass(frozen=True, slots=True)
class DossierReproduction:
    """What came of judging a dossier again; ``reasons`` is empty when it is identical."""

    dossier: KeptDossier
    rules_from: str
    reasons: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Every answer and every finding is the same to the letter."""
        return not self.reasons

    def to_json(self) -> dict[str, Any]:
        """As an object for programs."""
        kept = self.dossier
        return {
            "kind": kept.kind,
            "key": kept.key,
            "judgement": kept.judgement,
            "at": kept.moment.isoformat(),
            "rows": len(kept.rows),
            "findings": len(kept.found),
            "identical": self.identical,
            "reasons": list(self.reasons),
            "rules_from": self.rules_from,
            "stamp": {name: kept.stamp[name] for name in STAMP},
            "inputs_hash": kept.inputs_hash.hex(),
        }


def reproduce_dossiers(
    conn: Conn,
    version: int,
    *,
    every: bool = False,
    ruleset: str | None = None,
    policy_file: Path | None = None,
) -> list[DossierReproduction]:
    """Judge the dossiers of a version again as they were judged last, or ``every`` time.

    Which rules judge is as in ``reproduce``. Raises NoDossierToReproduceError, NoSuchRulesetError,
    NoDossierRulesError.
    """
    kept = Reader(conn).of_version(version, every=every)
    if not kept:
        raise NoDossierToReproduceError(version=version)
    with ExitStack() as cleanup:
        bench = _Bench(conn, policy_file, cleanup)
        return [_again(one, *bench.judged(one, ruleset)) for one in kept]


class _Bench:
    """Candidates at work, each started once."""

    def __init__(self, conn: Conn, policy_file: Path | None, cleanup: ExitStack) -> None:
        self._conn = conn
        self._policy_file = policy_file
        self._cleanup = cleanup
        self._candidates: dict[str, Candidate] = {}

    def judged(self, kept: KeptDossier, ruleset: str | None) -> tuple[DossierVerdicts, str]:
        """What the rules of then say, those of this name, or those of here where none are kept."""
        wanted = kept.stamp["ruleset"] if ruleset is None else ruleset
        try:
            candidate, name = self._candidate(wanted), wanted
        except NoSuchRulesetError:
            if ruleset is not None:
                raise
            candidate, name = self._candidate(CURRENT), CURRENT
        overlays = overlays_of(kept.stamp["overlay"])
        return candidate.judge_dossier(kept, overlays, whole=True), name

    def _candidate(self, name: str) -> Candidate:
        if name not in self._candidates:
            begun = started(name, self._conn, policy_file=self._policy_file)
            self._candidates[name] = self._cleanup.enter_context(begun)
        return self._candidates[name]


def _again(kept: KeptDossier, again: DossierVerdicts, rules_from: str) -> DossierReproduction:
    reasons = [*_other_inputs(kept), *_other_stamp(kept.stamp, again.stamp)]
    findings = list(_differences(kept, again))
    if not findings and answers_hash(again.answers) != kept.answers_hash:
        findings = ["the findings are the same, but what passed or was not checked is not"]
    return DossierReproduction(kept, rules_from, (*reasons, *findings))


def _other_inputs(kept: KeptDossier) -> Iterator[str]:
    content, area = content_hash(kept.rows), content_hash(kept.area)
    seen = canonical_text(kept.context)
    hashed = dossier_hash(kept.kind, kept.key, seen, content, area)
    if hashed != kept.inputs_hash:
        yield f"the inputs are others: {hashed.hex()} now, {kept.inputs_hash.hex()} kept"


def _other_stamp(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in STAMP:
        if after[name] != before[name]:
            yield f"{name} is another: {after[name]} judges, {before[name]} judged"


def _differences(kept: KeptDossier, again: DossierVerdicts) -> Iterator[str]:
    before = {(one.rule, one.version): one for one in kept.found}
    after = {(one["rule"], one["row"]): one for one in again.findings}
    for rule, version in sorted(before.keys() - after.keys()):
        yield f"{rule} was found on #{version} and is not now"
    for rule, version in sorted(after.keys() - before.keys()):
        yield f"{rule} is found on #{version} and was not"
    for (rule, version), one in before.items():
        now = after.get((rule, version))
        if now is not None and finding_digest(now) != one.digest:
            yield f"{rule} on #{version} reads otherwise"
