"""Mutants of a rule's file: the source with one operator, constant, field or answer changed.

Only what decides is changed: the ``check`` of the rule, the functions and constants of the file
that it uses, directly or through one another, and the gravity of the consequence. Texts for people,
names that only tie two places of a file together, and examples stay.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NOT_DECIDING = frozenset({
    "code", "version", "kind", "tables", "fields", "versions", "clause", "statement", "milder",
    "dimension", "owner", "message", "expected", "why", "fix", "good", "bad", "beside", "boundary",
    "open", "subject", "suggest", "detail",
})  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
METHODS = {"equals": "differs", "differs": "equals", "matches": "contains", "contains": "matches"}
GRAVITIES = {"error": "info", "warning": "info", "info": "error",
             "rectify": "advice", "advice": "rectify"}  # fmt: skip
OTHER_FIELDS = ("LSH", "SBYY")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed source: what was changed, in which line, and the tree to run."""

    line: int
    what: str
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a rule's file, one change each."""
    tree = ast.parse(source)
    for number, node in enumerate(_parts(tree)):
        for which, (what, _) in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            twin = list(_parts(changed))[number]
            list(_changes(twin))[which][1]()
            yield Mutant(getattr(node, "lineno", 0), what, ast.fix_missing_locations(changed))


def _parts(tree: ast.Module) -> Iterator[ast.AST]:
    """The deciding nodes of the rule and of what its check uses."""
    named: dict[str, ast.stmt] = {}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            named[statement.name] = statement
        elif isinstance(statement, ast.Assign):
            named |= {one.id: statement for one in statement.targets if isinstance(one, ast.Name)}
    wanted, used = ["RULE"], set()
    while wanted:
        name = wanted.pop()
        if name in used or name not in named:
            continue
        used.add(name)
        for node in _deciding(named[name]):
            wanted += [node.id] if isinstance(node, ast.Name) else []
    for name, statement in named.items():
        if name in used:
            yield from _deciding(statement)


def _deciding(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below that decide something, in the order of the source."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.keyword) and child.arg in NOT_DECIDING:
            continue
        if isinstance(child, ast.ImportFrom | ast.Import | ast.arguments):
            continue
        if isinstance(node, ast.FunctionDef) and child is node.returns:
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(node, ast.AnnAssign) and child is node.annotation:
            continue
        if isinstance(child, ast.JoinedStr):
            continue
        if isinstance(node, ast.Call) and _only_tells(node, child):
            continue
        if isinstance(node, ast.Attribute) and node.attr == "join":
            continue  # what stands between words
        if _is_chinese(child) and not _compares_texts(node):
            continue  # a word for people
        if isinstance(node, ast.Return) and isinstance(child, ast.Constant) and child.value not in {
            True, False, None,
        }:  # fmt: skip
            continue  # a reason why it was not checked
        yield from _deciding(child)


def _is_chinese(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any("\u3400" <= sign <= "\u9fff" for sign in node.value)
    )


def _compares_texts(node: ast.AST) -> bool:
    """Whether a text in this place is compared with what was sent, not shown to people."""
    if isinstance(node, ast.Compare):
        return True
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"matches", "contains", "is_in", "equals", "differs", "compile", "frozenset"}


def _only_tells(call: ast.Call, child: ast.AST) -> bool:
    """Arguments that are words: the name of a function step, what a finding adds, a reason."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "through":
        return child is call.args[0]
    if name in {"Against", "unchecked", "missing", "join", "named", "told"}:
        return child is not call.func
    if name == "Link":  # its name, and the columns that are fetched for the function to read
        return child is call.args[0] or child in call.args[4:]
    return name in {"failed", "holds"} and isinstance(child, ast.keyword)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], None]]]:
    """The ways to change one node: what it is called, and the act."""
    match node:
        case ast.Compare(ops=operators):
            for at, operator in enumerate(operators):
                if type(operator) in COMPARISONS:
                    other = COMPARISONS[type(operator)]
                    yield f"{_name(operator)} → {other.__name__}", _put(operators, at, other())
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
            other_op = ARITHMETIC[type(operator)]
            yield f"{_name(operator)} → {other_op.__name__}", _set(node, "op", other_op())
        case ast.BoolOp(op=ast.And()):
            yield "and → or", _set(node, "op", ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield "or → and", _set(node, "op", ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", _set(node, "op", ast.UAdd())
        case ast.If() | ast.IfExp():
            negated = ast.UnaryOp(ast.Not(), node.test)
            yield "condition turned", _set(node, "test", negated)
        case ast.Constant(value=value):
            yield from _constants(node, value)
        case ast.Attribute(attr=attr) if attr in METHODS:
            yield f"{attr} → {METHODS[attr]}", _set(node, "attr", METHODS[attr])


def _constants(node: ast.Constant, value: object) -> Iterator[tuple[str, Callable[[], None]]]:
    if isinstance(value, bool):
        yield f"{value} → {not value}", _set(node, "value", not value)
    elif isinstance(value, int):
        yield f"{value} → {value + 1}", _set(node, "value", value + 1)
    elif isinstance(value, str) and value in GRAVITIES:
        yield f"{value} → {GRAVITIES[value]}", _set(node, "value", GRAVITIES[value])
    elif isinstance(value, str) and _is_number(value):
        yield f"{value!r} → doubled", _set(node, "value", str(float(value) * 2 + 1))
    elif isinstance(value, str) and value.isascii() and value.isupper() and value.isalpha():
        other = next(field for field in OTHER_FIELDS if field != value)
        yield f"field {value} → {other}", _set(node, "value", other)
    elif isinstance(value, str):
        yield f"{value!r} → another", _set(node, "value", f"{value}~")


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and "." in text


def _name(operator: ast.AST) -> str:
    return type(operator).__name__


def _set(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _put(target: list[ast.cmpop], at: int, value: ast.cmpop) -> Callable[[], None]:
    return lambda: target.__setitem__(at, value)
