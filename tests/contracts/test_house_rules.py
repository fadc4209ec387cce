"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from exchange.settings import ROOT

PACKAGES = ("dags", "exchange", "connectors", "validators", "schemas", "simulators")
MOST_LINES = 400
DUMPING_GROUNDS = {"util", "utils", "helper", "helpers", "common", "misc", "tools", "shared"}
BIGGEST_TEXT_BYTES = 2_000_000

# put together from pieces, so that this file does not hold what it forbids
FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:root|work|Users)/\w|/home/\w+/"),
    "a package registry's host": re.compile(
        r"pypi\." r"org|python" r"hosted\.org|registry\.npm" r"js|deb\.debian" r"\.org"
    ),
    "a content network's host": re.compile(r"js" r"delivr|unp" r"kg\.com|cdn" r"js\."),
    "a folder of the workplace": re.compile(r"\.lib" r"rary\b"),
}


@cache
def _tracked() -> tuple[Path, ...]:
    """All files that git tracks; the environment and local state are none of them."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("only a git clone knows which files are tracked")
    # the clone may belong to another user than the one who tests it
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, check=True, cwd=ROOT, capture_output=True).stdout
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _public(tree: ast.Module) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Classes and functions that others may use, methods of public classes among them."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, kinds) and not inner.name.startswith("_"):
                        yield inner


def _is_overload(node: ast.AST) -> bool:
    """Overloads are explained by what they overload; setters by the property."""
    names = [ast.unparse(decorator) for decorator in getattr(node, "decorator_list", [])]
    return any(name.endswith(("overload", "override", ".setter")) for name in names)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_long() -> None:
    """One idea per file: beyond some hundred lines there are two in it."""
    lines = {_name(path): len(path.read_text("utf-8").splitlines()) for path in _sources(*PACKAGES)}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_module_is_a_dumping_ground() -> None:
    """Names say what is in a file, in the words of the trade."""
    found = [_name(p) for p in _sources(*PACKAGES) if DUMPING_GROUNDS & {p.stem, p.parent.name}]
    assert found == []


def test_everything_public_is_explained() -> None:
    """Every module, public class, function and method says in words what it means."""
    silent = []
    for path in _sources(*PACKAGES):
        tree = ast.parse(path.read_text("utf-8"))
        if path.name != "__init__.py" and not ast.get_docstring(tree):
            silent.append(_name(path))
        silent += [
            f"{_name(path)}:{node.lineno} {node.name}"
            for node in _public(tree)
            if not ast.get_docstring(node) and not _is_overload(node)
        ]
    assert silent == []


def test_every_test_says_what_it_shows() -> None:
    """The docstring of a test is its claim; without one a failure says nothing."""
    silent = [
        f"{_name(path)}:{node.lineno} {node.name}"
        for path in _sources("tests")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_tests_lie_where_their_subject_lies() -> None:
    """tests/<path>/test_<name>.py tests <path>/<name>.py, or the folder of that path."""
    elsewhere = ("contracts", "acceptance", "faults", "golden", "migration")
    lost = []
    for path in _sources("tests"):
        inside = path.relative_to(ROOT / "tests")
        if not path.name.startswith("test_") or inside.parts[0] in elsewhere:
            continue
        if not (ROOT / inside.parent).is_dir():
            lost.append(_name(path))
    assert lost == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_tracked_files_do_not_hold(what: str) -> None:
    """The repository runs anywhere: no path, host or folder of one machine is in it."""
    found = []
    for path in _tracked():
        data = path.read_bytes()
        if len(data) > BIGGEST_TEXT_BYTES or b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            if FORBIDDEN[what].search(line):
                found.append(f"{_name(path)}:{number}: {line.strip()[:120]}")
    assert found == []


def test_locks_name_no_index() -> None:
    """Where packages come from is the machine's business, what they are is the hash's."""
    for lock in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / lock).read_text("utf-8").splitlines()
        assert [line for line in lines if line.startswith("-") or "://" in line] == []
        pins = [line for line in lines if "==" in line and not line.startswith((" ", "#"))]
        assert pins
        assert all(line.rstrip().endswith("\\") for line in pins), "a pin without hashes"


def test_scripts_can_be_run() -> None:
    """The doors of the house open: ./run and .ci/run are executable."""
    assert [name for name in ("run", ".ci/run") if not (ROOT / name).stat().st_mode & 0o111] == []
