"""The rules of a standard: the catalogue, one rule, and what is not covered and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from itertools import zip_longest
from typing import Any

import click

from exchange.settings import Settings
from schemas import load, versions
from schemas import policy as policies
from schemas.clauses import clause
from validators import Rule, Ruleset
from validators.coverage import Coverage, coverage
from validators.dossier.rule import DossierRule
from validators.links import LINK_RULE, LinkRule
from validators.rule import CONSEQUENCE_NAMES, DIMENSION_NAMES, OWNER_NAMES, Example, Scene


@click.command()
@click.argument("codes", nargs=-1)
@click.option("--standard", "version", help="Only rules of this version; default: all versions.")
@click.option("--table", help="Only rules of this table.")
@click.option("--clauses", is_flag=True, help="Clause by clause: its rules, or why there is none.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def rules(
    codes: tuple[str, ...], version: str | None, table: str | None, clauses: bool, form: str
) -> None:
    """List the rules, or the ones whose code begins with one of CODES.

    \b
    Example: exchange rules PRJ-005 --format json
    """
    found = _rules(version, table, codes)
    if clauses:
        covered = coverage(found)
        entries = [_covered(each) for each in covered]
        lines = [_line(each) for each in covered]
    else:
        entries = [_entry(rule) for rule in found]
        lines = [
            f"{rule.code:48} {rule.clause:9} {rule.consequence:8} {rule.statement}"
            + "".join(_off_line(entry) for entry in _off(rule.code))
            for rule in found
        ]
    click.echo(json.dumps(entries, ensure_ascii=False) if form == "json" else "\n".join(lines))


def _rules(
    version: str | None, table: str | None, codes: tuple[str, ...]
) -> list[Rule | DossierRule | LinkRule]:
    """The rules asked for; one that several versions share is listed once, with all its tables."""
    found: dict[str, Rule | DossierRule | LinkRule] = {}
    for name in [version] if version else versions():
        ruleset = Ruleset.load(load(name))
        wanted = ruleset.rules_of(table) if table else ruleset.rules.values()
        whole = [rule for rule in ruleset.dossier_rules if not table or table in rule.tables]
        for rule in (*wanted, *whole):
            if not codes or rule.code.startswith(codes):
                found.setdefault(rule.code, rule)
    if not table and (not codes or LINK_RULE.code.startswith(codes)):
        found[LINK_RULE.code] = LINK_RULE
    return list(found.values())


def _entry(rule: Rule | DossierRule | LinkRule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "version": rule.version,
        "kind": rule.kind,
        "tables": list(rule.tables),
        "fields": list(rule.fields),
        "clause": rule.clause,
        "statement": rule.statement,
        **_own_part(rule),
        "milder": rule.milder,
        "consequence": rule.consequence,
        "consequence_name": CONSEQUENCE_NAMES[rule.consequence],
        "dimension": rule.dimension,
        "dimension_name": DIMENSION_NAMES[rule.dimension],
        "owner": rule.owner,
        "owner_name": OWNER_NAMES[rule.owner],
        "why": rule.why,
        "fix": rule.fix,
        "off": _off(rule.code),
    }


def _off(code: str) -> list[dict[str, str | None]]:
    """Where and when a rule is not in force, by the policy packs; both days included.

    Those that ship; where this installation has a pack of its own, that one.
    """
    found: list[dict[str, str | None]] = []
    own = Settings.read().policy
    for pack in [own] if own else [policies.ROOT / f"{code}.toml" for code in policies.codes()]:
        editions = policies.read(pack)
        for edition, following in zip_longest(editions, editions[1:]):
            if edition.is_off(code):
                last = following and following.effective_from - timedelta(days=1)
                found.append({
                    "policy": pack.stem,
                    "from": edition.effective_from.isoformat(),
                    "until": last.isoformat() if last else None,
                    "why": edition.rules_off.get(code) or edition.rules_off[code.partition("/")[0]],
                })  # fmt: skip
    return found


def _off_line(entry: dict[str, str | None]) -> str:
    until = f"至 {entry['until']} " if entry["until"] else "起"
    return f"（{entry['policy']}：{entry['from']} {until}停用，{entry['why']}）"


def _own_part(rule: Rule | DossierRule | LinkRule) -> dict[str, Any]:
    """What only rules on rows, on dossiers or on addresses have."""
    if isinstance(rule, LinkRule):
        return {
            "subject": "address",
            "severity": clause(rule.clause).severity,
            "hand_written": True,
            "good": [],
            "bad": [],
        }
    if isinstance(rule, DossierRule):
        return {
            "subject": rule.subject,
            "severity": clause(rule.clause).severity,
            "hand_written": True,
            "good": [asdict(told) for told in rule.good],
            "bad": [asdict(told) for told in rule.bad],
        }
    return {
        "subject": "row",
        "severity": rule.severity,
        "hand_written": rule.hand_written,
        "good": [_example(example) for example in rule.good],
        "bad": [_example(example) for example in rule.bad],
    }


def _example(example: Example) -> dict[str, Any]:
    """An example row; beside other rows these are told, too."""
    if not isinstance(example, Scene):
        return dict(example)
    others = [{"table": table, "row": dict(row)} for table, row in example.others]
    return {
        "row": dict(example.row),
        "others": others,
        "earlier": [dict(row) for row in example.earlier],
        "overdue": example.overdue,
    }


def _covered(each: Coverage) -> dict[str, Any]:
    reason = each.reason
    return {
        "clause": each.clause,
        "rules": list(each.rules),
        "needs": reason.needs if reason else None,
        "reason": reason.reason if reason else None,
        "partly": bool(reason and reason.partly),
    }


def _line(each: Coverage) -> str:
    rules = f"{len(each.rules)} 条规则" if each.rules else ""
    reason = f"{'部分' if each.rules else ''}未建：{each.reason.reason}" if each.reason else ""
    return f"{each.clause:9} {'；'.join(part for part in (rules, reason) if part)}"
