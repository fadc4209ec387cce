"""Another version of the rules, at work in a process of its own.

Two versions of ``validators`` cannot be loaded into one process, and a candidate must not be able
to harm the one who tries it. The candidate is a folder with ``validators`` and ``schemas`` (what it
lacks is taken from here), or the rules of a past stamp, which the store has kept.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import validators.inputs
from exchange.errors import StopError
from exchange.replay import judge_elsewhere
from exchange.replay.dossiers import KeptDossier, rows_as_json
from exchange.replay.groups import Group
from exchange.settings import ROOT
from exchange.store.connection import Conn
from exchange.store.queries import load
from validators.record import wall_time

Q = load("replay")
CURRENT = "current"


class NoSuchRulesetError(StopError):
    """There is no ruleset {name!r}: it is neither a folder with rules nor a stamp that was kept.

    Name a folder that holds validators/ or schemas/, the beginning of a ruleset hash, or `current`.
    """


class BrokenRulesetError(StopError):
    """The rules in {where} do not run: {why}. Nothing was changed."""


class NoDossierRulesError(StopError):
    """The rules in {where} are from before dossiers were judged: they say nothing of them."""


@dataclass(frozen=True, slots=True)
class DossierVerdicts:
    """How the candidate judged a dossier; ``answers`` (rule, row, outcome, reason) if asked."""

    stamp: dict[str, str]
    answers: list[list[Any]]
    findings: list[dict[str, Any]]
    errors: list[dict[str, Any]]
    unknown: list[str]
    cpu_s: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How the candidate judged a group; as ``judge_elsewhere`` tells it."""

    stamp: dict[str, str]
    outcomes: dict[int, str]
    findings: list[dict[str, Any]]
    not_checked: dict[str, int]
    errors: list[dict[str, Any]]
    unknown: list[str]
    cpu_s: float
    peak_mib: float


class Candidate:
    """A running candidate; close it when done."""

    def __init__(self, roots: tuple[Path, ...], *, policy_file: Path | None = None) -> None:
        """``roots`` stand on its import path in this order."""
        self.where = os.pathsep.join(str(root) for root in roots)
        self._policy_file = policy_file
        self._area: bytes | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-P", judge_elsewhere.__file__, validators.inputs.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": self.where, "PATH": os.environ.get("PATH", "")},
            cwd=tempfile.gettempdir(),
            text=True,
            encoding="utf-8",
        )

    def judge(self, group: Group, overlays: tuple[str, ...], *, whole: bool = False) -> Verdicts:
        """Judge a group as of the time it was judged; ``whole`` gives the findings in full."""
        asked = {
            "body": group.body,
            "standard": group.standard,
            "table": group.table,
            "overlays": overlays,
            "day": wall_time(group.at).date().isoformat(),
            "policy_file": str(self._policy_file) if self._policy_file else None,
            "context": group.context,
            "records": [one.to_json() for one in group.records],
            "whole": whole,
        }
        told = self._answer(asked)
        return Verdicts(**{**told, "outcomes": dict(told["outcomes"])})

    def judge_dossier(
        self, dossier: KeptDossier, overlays: tuple[str, ...], *, whole: bool = False
    ) -> DossierVerdicts:
        """Judge a dossier as of the time it was judged; ``whole`` gives answers and whole findings.

        Raises NoDossierRulesError.
        """
        told_before = self._area is not None and self._area == dossier.area_content
        area = None if told_before else rows_as_json(dossier.area)
        asked = {
            "body": dossier.body,
            "standard": dossier.standard,
            "overlays": overlays,
            "day": wall_time(dossier.moment).date().isoformat(),
            "policy_file": str(self._policy_file) if self._policy_file else None,
            "dossier": {**dossier.to_json(), "area": area},
            "whole": whole,
        }
        told = self._answer(asked)
        if "lacks" in told:
            raise NoDossierRulesError(where=self.where)
        self._area = dossier.area_content
        return DossierVerdicts(**told)

    def close(self) -> None:
        """End the process and wait for it."""
        self._pipe(self._process.stdin).close()
        self._process.wait()
        self._pipe(self._process.stdout).close()

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            self._pipe(self._process.stdin).write(json.dumps(asked) + "\n")
            self._pipe(self._process.stdin).flush()
        except BrokenPipeError:
            raise self._ended() from None
        line = self._pipe(self._process.stdout).readline()
        if not line:
            raise self._ended()
        told: dict[str, Any] = json.loads(line)
        if "broken" in told:
            raise BrokenRulesetError(where=self.where, why=told["broken"])
        return told

    def _ended(self) -> BrokenRulesetError:
        return BrokenRulesetError(
            where=self.where, why=f"the process ended with {self._process.wait()}, see above"
        )

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@contextmanager
def started(
    name: str, conn: Conn | None, *, policy_file: Path | None = None
) -> Iterator[Candidate]:
    """The candidate of this name, running until the end of the block.

    ``name`` is ``current``, a folder, or the beginning of the ruleset hash of a stamp that this
    store has kept the sources of. Raises NoSuchRulesetError.
    """
    with tempfile.TemporaryDirectory() as aside:
        candidate = Candidate(_roots(name, conn, Path(aside)), policy_file=policy_file)
        try:
            yield candidate
        finally:
            candidate.close()


def _roots(name: str, conn: Conn | None, aside: Path) -> tuple[Path, ...]:
    if name == CURRENT:
        return (ROOT,)
    folder = Path(name)
    if (folder / "validators").is_dir() or (folder / "schemas").is_dir():
        return (folder.resolve(), ROOT)
    kept = None
    if conn is not None and name.isalnum():
        kept = conn.execute(Q["source_of_ruleset"], {"ruleset": name}).fetchone()
    if kept is None:
        raise NoSuchRulesetError(name=name)
    with zipfile.ZipFile(io.BytesIO(kept["files"])) as archive:
        archive.extractall(aside)
    return (aside,)
