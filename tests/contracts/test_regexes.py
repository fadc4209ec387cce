"""Every regular expression takes linear time: no repetition inside a repetition, no back-reference.

What a county sends is matched against them; one pattern that can be made to backtrack would hold up
everything behind it. Nor may a pattern that is searched for run on over places where it could begin
again: it would do so from each of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as ops  # type: ignore[attr-defined]  # the parser of re itself
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from exchange.settings import ROOT
from schemas import load, versions
from tests.validators.judging import ruleset
from validators.expression import Match, Search, walk
from validators.rule import Compares, Follows, Holds

PACKAGES = ("schemas", "validators", "connectors", "exchange")
SEARCHING = {"search", "sub", "split", "findall", "finditer"}
FUNCTIONS = {"compile", "fullmatch", "match", *SEARCHING}
MANY = 100
"""Repetitions up to so many times more than a fixed number are no danger."""


Found = tuple[str, str, bool]
"""Where a pattern stands, the pattern, and whether it is searched for, not only matched."""


def in_sources() -> Iterator[Found]:
    """Every pattern written out in a call of ``re``."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            searched = set(_searched_names(tree))
            for node in ast.walk(tree):
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                        yield from _written_out(call, path, searched=name in searched)
                    case ast.Call():
                        yield from _written_out(node, path, searched=False)


def _written_out(call: ast.Call, path: Path, *, searched: bool) -> Iterator[Found]:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="re"), attr=function),
            args=[ast.Constant(value=str() as pattern), *_],
        ) if function in FUNCTIONS:
            place = f"{path.relative_to(ROOT)}:{call.lineno}"
            yield place, pattern, searched or function in SEARCHING


def _searched_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=function) if function in SEARCHING:
                yield name


def in_standards() -> Iterator[Found]:
    """The forms of fields and code lists, and the patterns of all rules on rows."""
    for name in versions():
        for table in load(name).in_order:
            for field in table.fields:
                if field.type == "string" and field.format:
                    yield f"{name} {table.code}.{field.code}", field.format, False
            for rule in ruleset(name).rules_of(table.code):
                if isinstance(rule.check, Holds | Compares | Follows):
                    asked = [rule.check.when]
                    asked += [rule.check.condition] if isinstance(rule.check, Holds) else []
                    for tree in asked:
                        for node in walk(tree) if tree is not None else ():
                            if isinstance(node, Match | Search):
                                yield rule.code, node.pattern, isinstance(node, Search)
        for codes in load(name).codelists.values():
            if codes.pattern:
                yield f"{name} {codes.code}", codes.pattern, False


def faults(pattern: str, *, searched: bool = False) -> frozenset[str]:
    """What could make a pattern take more than linear time."""
    parsed = parser.parse(pattern)
    found = set(_faults(parsed, inside=False))
    for choice in _choices(parsed) if searched else ():
        begins = [sign for sign in _signs(choice) if _can_begin(choice, sign)]
        for body in _run_on(choice, more=False):
            found |= {f"runs on over {sign!r}" for sign in begins if _matches(body, sign)}
    return frozenset(found)


def _choices(parsed: Any) -> list[Any]:
    """The alternatives of the whole pattern: what one runs over may begin another one."""
    (kind, value), *more = list(parsed)
    return list(value[1]) if kind is ops.BRANCH and not more else [parsed]


def _signs(parsed: Any) -> set[str]:
    """Characters that the pattern itself names, and one that it does not."""
    found = {"\u2603"}
    for kind, value in parsed:
        if kind in {ops.LITERAL, ops.NOT_LITERAL}:
            found.add(chr(value))
        elif kind is ops.RANGE:
            found |= {chr(value[0]), chr(value[1])}
        elif kind is ops.CATEGORY:
            found |= {"1", "a", " "}
        elif kind is ops.IN:
            found |= _signs(value)
        else:
            for below in _below(kind, value):
                found |= _signs(below)
    return found


def _below(kind: Any, value: Any) -> list[Any]:
    if kind in {ops.MAX_REPEAT, ops.MIN_REPEAT}:
        return [value[2]]
    if kind is ops.SUBPATTERN:
        return [value[-1]]
    if kind is ops.BRANCH:
        return list(value[1])
    return [value[1]] if kind in {ops.ASSERT, ops.ASSERT_NOT} else []


def _can_begin(parsed: Any, sign: str) -> bool:
    """Whether the pattern can begin with this character."""
    for item in parsed:
        kind, value = item
        if kind in {ops.AT, ops.ASSERT, ops.ASSERT_NOT}:
            continue
        below = _below(kind, value)
        if any(_can_begin(each, sign) for each in below) or (not below and _matches([item], sign)):
            return True
        if kind not in {ops.MAX_REPEAT, ops.MIN_REPEAT} or value[0] > 0:
            return False
    return False


def _run_on(parsed: Any, *, more: bool) -> Iterator[Any]:
    """What is repeated without end while something must still come after it.

    A sequence that begins with an anchor begins in one place.
    """
    items = list(parsed)
    if items and items[0] in ((ops.AT, ops.AT_BEGINNING), (ops.AT, ops.AT_BEGINNING_STRING)):
        return
    for at, (kind, value) in enumerate(items):
        followed = more or any(not _may_be_missing(*item) for item in items[at + 1 :])
        if kind in {ops.MAX_REPEAT, ops.MIN_REPEAT} and followed:
            least, most, below = value
            if most is ops.MAXREPEAT or most - least > MANY:
                yield below
        for below in _below(kind, value):
            yield from _run_on(below, more=followed)


def _may_be_missing(kind: Any, value: Any) -> bool:
    return kind in {ops.MAX_REPEAT, ops.MIN_REPEAT} and value[0] == 0


def _matches(items: Any, sign: str) -> bool:
    piece = parser.SubPattern(parser.State(), list(items))
    return compiler.compile(piece).match(sign) is not None


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
    assert {(one, faults(one[1], searched=one[2])) for one in found} == {
        (one, frozenset()) for one in found
    }


def test_dangerous_patterns_are_seen() -> None:
    """The checker knows the classics."""
    for pattern in (r"(a+)+$", r"(a|aa)*(b+c*)*", r"(?:x*y?)*z", r"([a-z])\1+"):
        assert faults(pattern), pattern
    for pattern in (r"[0-9]{6}(?:-[0-9]{2})?", r"a+b+c", r"(?:ab){1,5}x*"):
        assert not faults(pattern), pattern
    for pattern in (r"\[[^\]]*\]", r"a+b", r"GRANT .+? ON", r"x\S*y", r"(?:a|b)*c"):
        assert faults(pattern, searched=True), pattern
        assert not faults(pattern), pattern
    for pattern in (r"\[[^\[\]]*\]", r"[\s_]+", r"ab*", r"^[0-9]{2,5}x"):
        assert not faults(pattern, searched=True), pattern
