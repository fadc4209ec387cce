"""All rules of one standard under one policy, with the stamp that every verdict carries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from schemas import Field, Standard
from schemas.clauses import LIST as CLAUSES
from schemas.clauses import clause
from schemas.divisions import LIST as DIVISIONS
from schemas.identifiers import LIST as IDENTIFIERS
from schemas.policy import Policy
from validators.derived import derive
from validators.dossier.engine import in_force
from validators.dossier.rule import DossierRule
from validators.judgement import Stamp
from validators.plan import Needs, Plan
from validators.record import Context, Lookup, Record
from validators.registry import discover, discover_dossier_rules
from validators.rule import Compares, Rule

ENGINE = "1"
"""Version of the engine: goes up when the same rules would give other verdicts."""

_SOURCES = Path(__file__).parent


class Ruleset:
    """The rules in force; load it once per process and keep it."""

    def __init__(self, standard: Standard, written: Sequence[Rule], stamp: Stamp) -> None:
        self.standard = standard
        self.stamp = stamp
        self._written = tuple(written)
        self._by_table: dict[str, tuple[Rule, ...]] = {}
        self._plans: dict[str, Plan] = {}

    @classmethod
    def load(cls, standard: Standard, policy: Policy | None = None) -> Ruleset:
        """The derived and the hand-written rules for a standard, overlay included.

        The hash in the stamp covers the source of the rules and of the engine, the clauses, the
        identifiers, the standard with its overlay, and the policy.
        """
        written = [placed(rule, standard) for rule in discover()]
        stamp = Stamp(
            standard=standard.version,
            overlay=standard.overlay,
            ruleset=_digest(standard, policy),
            codelists=standard.codelists_hash,
            engine=ENGINE,
        )
        return cls(standard, written, stamp)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules by code, table by table."""
        found = (rule for table in self.standard.in_order for rule in self.rules_of(table.code))
        return MappingProxyType({rule.code: rule for rule in found})

    @cached_property
    def dossier_rules(self) -> tuple[DossierRule, ...]:
        """The rules on whole cases, projects and flows that are for this standard."""
        return in_force(discover_dossier_rules(), self.standard)

    @cached_property
    def awaited(self) -> frozenset[str]:
        """The tables whose rows may clear up what a held row of another, or the same, waits for."""
        return frozenset(
            table
            for rule in self._written
            if rule.consequence == "reject" and isinstance(rule.check, Compares)
            for link in rule.check.links
            for table in link.tables
        )

    def rules_of(self, table: str) -> tuple[Rule, ...]:
        """The rules of a table, in the order of findings; derived at the first call and kept.

        Raises UnknownTableError.
        """
        if table not in self._by_table:
            derived = derive(self.standard, self.standard.table(table))
            written = (rule for rule in self._written if table in rule.tables)
            self._by_table[table] = (*derived, *written)
        return self._by_table[table]

    def plan(self, table: str) -> Plan:
        """The rules of a table, ready to run; made at the first call and kept."""
        if table not in self._plans:
            declared, rules = self.standard.table(table), self.rules_of(table)
            self._plans[table] = Plan(declared, rules, self.standard.tables)
        return self._plans[table]

    def needs(self, table: str, records: Sequence[Record], within: Context | None = None) -> Needs:
        """What a judgement of these records needs in its context beside the records.

        ``within`` is the context as far as it is known; see ``validators.plan.Plan.needs``.
        """
        return self.plan(table).needs(records, within)

    def lookups(self, table: str, rows: Sequence[Mapping[str, str | None]]) -> set[Lookup]:
        """The parents whose state a judgement of these rows needs in its context."""
        return self.needs(table, [Record(at, row) for at, row in enumerate(rows)]).parents


def placed(rule: Rule, standard: Standard) -> Rule:
    """A hand-written rule with the tables of this standard that it is for; maybe none.

    A rule without tables is for every table that has its fields; one that names tables is left out
    where the version has no such table or the table no such field.
    """
    versions = rule.versions or clause(rule.clause).versions
    if versions and not set(versions) & set(standard.covers):
        return replace(rule, tables=())
    tables = (
        table.code
        for table in standard.in_order
        if (not rule.tables or table.code in rule.tables)
        and all(field in table.by_code for field in rule.fields)
    )
    return replace(rule, tables=tuple(tables))


def _digest(standard: Standard, policy: Policy | None) -> str:
    digest = hashlib.sha256(_sources())
    digest.update(repr(_described(standard)).encode())
    digest.update((policy.digest if policy else "").encode())
    return digest.hexdigest()[:16]


@cache
def _sources() -> bytes:
    """A digest of everything that decides a verdict and is not of the standard or the policy."""
    digest = hashlib.sha256()
    for path in sorted(_SOURCES.rglob("*.py")):
        digest.update(path.relative_to(_SOURCES).as_posix().encode())
        digest.update(path.read_bytes())
    for path in (CLAUSES, IDENTIFIERS, DIVISIONS):
        digest.update(path.read_bytes())
    return digest.digest()


def _described(standard: Standard) -> object:
    """The standard in a form whose text is the same on every run: sets and mappings in order."""
    return (
        standard.version,
        standard.overlay,
        standard.codelists_hash,
        [
            (table.code, table.key, table.references, [_field(field) for field in table.fields])
            for table in standard.in_order
        ],
    )


def _field(field: Field) -> object:
    when = field.when
    condition = when and (when.field, sorted(when.values or ()), when.given)
    return (repr(replace(field, when=None)), condition)
