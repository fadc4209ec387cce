"""All rules of one standard under one policy, with the stamp that every verdict carries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from schemas import Field, Standard, versions
from schemas import load as load_standard
from schemas.clauses import LIST as CLAUSES
from schemas.clauses import clause
from schemas.divisions import LIST as DIVISIONS
from schemas.identifiers import LIST as IDENTIFIERS
from schemas.policy import BadPolicyError, Policy
from validators.derived import derive
from validators.dossier.engine import in_force
from validators.dossier.rule import DossierRule
from validators.judgement import Stamp
from validators.links import LINK_RULE
from validators.plan import Needs, Plan
from validators.record import Context, Lookup, Record
from validators.registry import discover, discover_dossier_rules
from validators.rule import Compares, Rule

ENGINE = "1"
"""Version of the engine: goes up when the same rules would give other verdicts."""

_SOURCES = Path(__file__).parent


class Ruleset:
    """The rules in force; load it once per process and keep it."""

    def __init__(
        self,
        standard: Standard,
        written: Sequence[Rule],
        stamp: Stamp,
        policy: Policy | None = None,
    ) -> None:
        self.standard = standard
        self.stamp = stamp
        self._is_off = policy.is_off if policy else _never
        self._written = tuple(rule for rule in written if not self._is_off(rule.code))
        self._by_table: dict[str, tuple[Rule, ...]] = {}
        self._plans: dict[str, Plan] = {}

    @classmethod
    def load(cls, standard: Standard, policy: Policy | None = None) -> Ruleset:
        """The derived and the hand-written rules for a standard, overlay included.

        The hash in the stamp covers the source of the rules and of the engine, the clauses, the
        identifiers, the standard with its overlay, and the policy; rules that the policy says are
        not in force are left out. Raises BadPolicyError when it names what is no rule.
        """
        if policy and (unknown := sorted(policy.rules_off.keys() - _codes_and_clauses())):
            raise BadPolicyError(
                f"policy {policy.code} from {policy.effective_from}: rules_off names what is no "
                f"rule: {', '.join(unknown)}; the codes are told by `exchange rules`"
            )
        written = [placed(rule, standard) for rule in discover()]
        stamp = Stamp(
            standard=standard.version,
            overlay=standard.overlay,
            ruleset=_digest(standard, policy),
            codelists=standard.codelists_hash,
            engine=ENGINE,
        )
        return cls(standard, written, stamp, policy)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules by code, table by table."""
        found = (rule for table in self.standard.in_order for rule in self.rules_of(table.code))
        return MappingProxyType({rule.code: rule for rule in found})

    @cached_property
    def dossier_rules(self) -> tuple[DossierRule, ...]:
        """The rules on whole cases, projects and flows that are for this standard."""
        found = in_force(discover_dossier_rules(), self.standard)
        return tuple(rule for rule in found if not self._is_off(rule.code))

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
            in_force_here = (rule for rule in derived if not self._is_off(rule.code))
            written = (rule for rule in self._written if table in rule.tables)
            self._by_table[table] = (*in_force_here, *written)
        return self._by_table[table]

    def plan(self, table: str) -> Plan:
        """The rules of a table, ready to run; made at the first call and kept."""
        if table not in self._plans:
            declared, rules = self.standard.table(table), self.rules_of(table)
            self._plans[table] = Plan(declared, rules, self.standard.tables)
        return self._plans[table]

    def needs(
        self,
        table: str,
        records: Sequence[Record],
        within: Context | None = None,
        *,
        whole: bool = False,
    ) -> Needs:
        """What a judgement of these records needs in its context beside the records.

        ``within`` is the context as far as it is known; see ``validators.plan.Plan.needs``.
        """
        return self.plan(table).needs(records, within, whole=whole)

    def lookups(self, table: str, rows: Sequence[Mapping[str, str | None]]) -> set[Lookup]:
        """The parents whose state a judgement of these rows needs in its context."""
        return self.needs(table, [Record(at, row) for at, row in enumerate(rows)]).parents


def _never(rule: str) -> bool:
    """Without a policy no rule is out of force."""
    del rule
    return False


@cache
def rule_codes() -> frozenset[str]:
    """All rules of all versions of the standard: on rows, on dossiers, and the one on links."""
    codes = {LINK_RULE.code}
    for version in versions():
        ruleset = Ruleset.load(load_standard(version))
        codes |= ruleset.rules.keys() | {rule.code for rule in ruleset.dossier_rules}
    return frozenset(codes)


def _codes_and_clauses() -> frozenset[str]:
    """All rules and the clauses they rest on."""
    codes = rule_codes()
    return codes | {code.partition("/")[0] for code in codes}


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
