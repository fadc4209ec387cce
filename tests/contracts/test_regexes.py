"""Every regular expression takes linear time: no repetition inside a repetition, no back-reference.

What a county sends is matched against them; one pattern that can be made to backtrack would hold up
everything behind it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from re import _constants as ops  # type: ignore[attr-defined]  # the parser of re itself
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from exchange.settings import ROOT
from schemas import load, versions
from tests.validators.judging import ruleset
from validators.expression import Match, Search, walk
from validators.rule import Compares, Follows, Holds

PACKAGES = ("schemas", "validators", "connectors", "exchange")
FUNCTIONS = {"compile", "fullmatch", "match", "search", "sub", "split", "findall", "finditer"}
MANY = 100
"""Repetitions up to so many times more than a fixed number are no danger."""


def in_sources() -> Iterator[tuple[str, str]]:
    """Every pattern written out in a call of ``re``, with its place."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="re"), attr=function),
                        args=[ast.Constant(value=str() as pattern), *_],
                    ) if function in FUNCTIONS:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", pattern


def in_standards() -> Iterator[tuple[str, str]]:
    """The forms of fields and code lists, and the patterns of all rules on rows."""
    for name in versions():
        for table in load(name).in_order:
            for field in table.fields:
                if field.type == "string" and field.format:
                    yield f"{name} {table.code}.{field.code}", field.format
            for rule in ruleset(name).rules_of(table.code):
                if isinstance(rule.check, Holds | Compares | Follows):
                    asked = [rule.check.when]
                    asked += [rule.check.condition] if isinstance(rule.check, Holds) else []
                    for tree in asked:
                        for node in walk(tree) if tree is not None else ():
                            if isinstance(node, Match | Search):
                                yield rule.code, node.pattern
        for codes in load(name).codelists.values():
            if codes.pattern:
                yield f"{name} {codes.code}", codes.pattern


def faults(pattern: str) -> set[str]:
    """What could make a pattern take more than linear time."""
    return set(_faults(parser.parse(pattern), inside=False))


def _faults(parsed: Any, *, inside: bool) -> Iterator[str]:
    for kind, value in parsed:
        if kind in {ops.GROUPREF, ops.GROUPREF_EXISTS}:
            yield "back-reference"
        elif kind in {ops.MAX_REPEAT, ops.MIN_REPEAT}:
            least, most, below = value
            open_ended = most is ops.MAXREPEAT or most - least > MANY
            if open_ended and inside:
                yield "repetition inside a repetition"
            yield from _faults(below, inside=inside or open_ended)
        elif kind is ops.SUBPATTERN:
            yield from _faults(value[-1], inside=inside)
        elif kind is ops.BRANCH:
            for branch in value[1]:
                yield from _faults(branch, inside=inside)
        elif kind in {ops.ASSERT, ops.ASSERT_NOT}:
            yield from _faults(value[1], inside=inside)


def test_every_pattern_is_linear() -> None:
    """Sources, standards and rules hold no pattern that can be made to backtrack."""
    found = {*in_sources(), *in_standards()}
    assert len(found) > 40
    assert {place: faults(pattern) for place, pattern in found if faults(pattern)} == {}


def test_dangerous_patterns_are_seen() -> None:
    """The checker knows the classics."""
    for pattern in (r"(a+)+$", r"(a|aa)*(b+c*)*", r"(?:x*y?)*z", r"([a-z])\1+"):
        assert faults(pattern), pattern
    for pattern in (r"[0-9]{6}(?:-[0-9]{2})?", r"a+b+c", r"(?:ab){1,5}x*"):
        assert not faults(pattern), pattern
