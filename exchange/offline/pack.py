"""Build the folder: our rules and reports, the pure-Python packages they need, a door and a README.

Everything in it is text that any Python from 3.11 on runs, on Windows and Linux alike. Nothing is
fetched: packages are copied from the environment that builds. XLSX is read by
``connectors.xlsx_plain``, since the fast reader is a binary for one platform. The rules are the
very files that judge here, so the ruleset hash in a report is the same.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from exchange.errors import StopError
from exchange.settings import ROOT

TEMPLATES = Path(__file__).parent / "templates"
OURS = (
    "schemas/**/*",
    "validators/**/*",
    "connectors/*.py",
    "connectors/counties/*",
    "exchange/__init__.py",
    "exchange/errors.py",
    "exchange/memory.py",
    "exchange/settings.py",
    "exchange/cli/__init__.py",
    "exchange/cli/check.py",
    "exchange/judging/__init__.py",
    "exchange/judging/files.py",
    "exchange/judging/rulesets.py",
)
NOT_OURS = ("schemas/sample", "schemas/templates")
VENDORED = ("click", "dbfread", "jinja2", "markupsafe", "xlsxwriter")
ZONE = "tzdata/zoneinfo/Asia/Shanghai"
ZONE_PACKAGES = ("tzdata", "tzdata/zoneinfo", "tzdata/zoneinfo/Asia")
LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")


class NotEmptyError(StopError):
    """The folder {folder} is not empty. Name a new one: nothing old may stay in it."""


def build(folder: Path) -> dict[str, int]:
    """Write the pack; returns how many files and bytes it has. Raises NotEmptyError."""
    if folder.exists() and any(folder.iterdir()):
        raise NotEmptyError(folder=folder)
    library = folder / "lib"
    for inside in sorted(set(_ours())):
        _copy(ROOT / inside, library / inside)
    for name in VENDORED:
        _vendor(name, library)
    _zone(library)
    for path in sorted(TEMPLATES.iterdir()):
        shutil.copyfile(path, folder / path.name)
    (folder / "check.sh").chmod(0o755)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
    ]
    (folder / "MANIFEST.sha256").write_text("".join(lines), "utf-8")
    return {"files": len(files) + 1, "bytes": sum(path.stat().st_size for path in files)}


def _ours() -> Iterator[Path]:
    for pattern in OURS:
        for path in ROOT.glob(pattern):
            inside = path.relative_to(ROOT)
            left_out = any(inside.as_posix().startswith(f"{name}/") for name in NOT_OURS)
            if path.is_file() and "__pycache__" not in inside.parts and not left_out:
                yield inside


def _vendor(name: str, library: Path) -> None:
    """The package's Python files, without what a compiler made, and its licence."""
    found = distribution(name)
    for entry in found.files or ():
        source = Path(str(found.locate_file(entry)))
        if entry.parts[0] == name and entry.suffix == ".py":
            _copy(source, library / Path(*entry.parts))
        elif entry.name.upper().startswith(LICENCES):
            _copy(source, library / "licences" / name / entry.name)


def _zone(library: Path) -> None:
    """The one time zone that records are in: Windows has none of its own."""
    found = distribution("tzdata")
    for package in ZONE_PACKAGES:
        inside = Path(package) / "__init__.py"
        _copy(Path(str(found.locate_file(inside))), library / inside)
    _copy(Path(str(found.locate_file(ZONE))), library / ZONE)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
