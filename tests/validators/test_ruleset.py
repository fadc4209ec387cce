"""The ruleset: stamp, tables, lookups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from schemas import UnknownTableError, load
from schemas.overlay import standard_for
from schemas.policy import BadPolicyError
from schemas.policy import load as load_policy
from tests.validators.judging import CASE, PROJECT, STEP, ruleset, sample
from validators import Lookup, Rule, Ruleset
from validators.rule import Holds, Unique


def test_stamp_is_the_same_for_the_same() -> None:
    """Loading twice gives the same stamp; it names standard, overlay and engine."""
    first, second = Ruleset.load(load("3.0")), Ruleset.load(load("3.0"))
    assert first.stamp == second.stamp
    assert first.stamp.standard == "3.0"
    assert first.stamp.codelists == load("3.0").codelists_hash


def test_stamp_changes_with_what_decides() -> None:
    """Another version, an overlay, a tightened field or a policy gives another hash."""
    plain = load("3.0")
    table = plain.table(PROJECT)
    first = replace(table.fields[1], length=7)
    tightened = replace(table, fields=(table.fields[0], first, *table.fields[2:]))
    stamps = {
        Ruleset.load(plain).stamp.ruleset,
        Ruleset.load(load("2.0")).stamp.ruleset,
        Ruleset.load(standard_for(("420000", "420600"), "3.0")).stamp.ruleset,
        Ruleset.load(plain, load_policy("420600", date(2026, 11, 1))).stamp.ruleset,
        Ruleset.load(
            replace(plain, tables=MappingProxyType({**plain.tables, PROJECT: tightened}))
        ).stamp.ruleset,
    }
    assert len(stamps) == 5


PRJ_RULE, DOSSIER_CLAUSE = "PRJ-005/starts_after_completion", "INS-014"


def test_rules_that_are_off_do_not_judge() -> None:
    """A policy puts rules out of force by code or by clause, with another hash in the stamp."""
    plain = load_policy("420600", date(2026, 11, 1))
    everything = Ruleset.load(load("3.0"), plain)
    off = {PRJ_RULE: "自 2027 年起执行", "COM-014": "省里另有规定", DOSSIER_CLAUSE: "暂缓"}
    fewer = Ruleset.load(load("3.0"), replace(plain, rules_off=off, digest="another"))
    gone = everything.rules.keys() - fewer.rules.keys()
    assert PRJ_RULE in gone
    assert all(code == PRJ_RULE or code.partition("/")[0] in off for code in gone)
    assert not any(code.startswith("COM-014/") for code in fewer.rules)
    assert any(one.code.startswith(DOSSIER_CLAUSE) for one in everything.dossier_rules)
    assert not any(one.code.startswith(DOSSIER_CLAUSE) for one in fewer.dossier_rules)
    assert everything.stamp.ruleset != fewer.stamp.ruleset


def test_only_rules_can_be_off() -> None:
    """A slip in the policy is an error that names it, not a rule that goes on judging."""
    plain = load_policy("420600", date(2026, 11, 1))
    with pytest.raises(BadPolicyError, match=r"PRJ-5.*exchange rules"):
        Ruleset.load(load("3.0"), replace(plain, rules_off={"PRJ-5": "暂缓"}))


def test_overlay_makes_rules() -> None:
    """What an overlay adds is judged: the city's length of the project code."""
    city = Ruleset.load(standard_for(("420000", "420600"), "3.0"))
    rule = city.rules["COM-014/SPGL_XMJBXXB.XMDM"]
    assert "24" in rule.statement


def test_rules_of_unknown_table() -> None:
    """A table that the standard lacks is named with the nearest."""
    with pytest.raises(UnknownTableError, match="nearest"):
        ruleset().rules_of("SPGL_XMJBXB")


def test_plan_is_made_once() -> None:
    """A table's rules are prepared at the first call and kept."""
    assert ruleset().plan(PROJECT) is ruleset().plan(PROJECT)


def test_versions_have_their_own_rules() -> None:
    """A rule for fields of 3.0 is not in 2.0, and the other way round."""
    assert "PRJ-016/point_elsewhere" in ruleset("3.0").rules
    assert "PRJ-016/point_elsewhere" not in ruleset("2.0").rules
    assert "PRJ-016/coordinates_elsewhere" in ruleset("2.0").rules


def test_lookups_are_in_normal_form() -> None:
    """Parents are asked for by normalised values, so that version 1 and 1.0 meet."""
    row = sample(CASE, XZQHDM="420602", GCDM="G-01", SPLCBBH="1.0", SPSXBBH="01")
    found = {lookup for lookup in ruleset().lookups(CASE, [row]) if len(lookup.fields) == 4}
    (lookup,) = found
    assert lookup.values[1] == "1"
    assert lookup.values[3] == "1"
    project = Lookup(PROJECT, ("XZQHDM", "GCDM"), ("420602", "G-01"))
    assert project in ruleset().lookups(CASE, [row])


def test_lookups_of_nothing() -> None:
    """Empty references, withdrawals and tables without references ask for nothing."""
    assert ruleset().lookups(STEP, [dict.fromkeys(load("3.0").table(STEP).columns)]) == set()
    assert ruleset().lookups(CASE, [sample(CASE, SJYXBS="0", SJWXYY="误报")]) == set()
    assert ruleset().lookups("SPGL_SPLCXXB", [sample("SPGL_SPLCXXB")]) == set()


def test_several_values_of_a_reference() -> None:
    """A cell of several codes asks for each, blanks and repeats left out."""
    row = sample(QJDGCDM="A-01, A-02,,A-01")
    asked = {
        lookup.values[0]
        for lookup in ruleset().lookups(PROJECT, [row])
        if lookup.fields == ("GCDM",)
    }
    assert asked == {"A-01", "A-02"}


@pytest.mark.parametrize("version", ["2.0", "3.0", "provincial-fire"])
def test_codes_are_unique_and_fields_exist(version: str) -> None:
    """In every version each code is one rule per table, on fields that its table has."""
    rules = ruleset(version)
    for table in load(version).in_order:
        found: tuple[Rule, ...] = rules.rules_of(table.code)
        assert len({rule.code for rule in found}) == len(found)
        for rule in found:
            assert set(rule.fields) <= set(table.columns)
            assert isinstance(rule.check, Holds | Unique) or not rule.suggest
