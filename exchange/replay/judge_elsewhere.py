"""Judges what comes in with the rules that stand first on the import path. A process of its own.

Started by ``exchange.replay.candidate`` with another version of the rules on ``PYTHONPATH``; speaks
one JSON object a line. It imports nothing of the exchange: only ``validators`` and ``schemas`` of
whatever version it finds, and the reader of kept inputs from the file that it is given.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from schemas.overlay import standard_for
from schemas.policy import Policy, load, load_file
from validators import Record, Ruleset, judge

_KIB_IN_MIB = 1024
"""``ru_maxrss`` is in KiB here."""


@dataclass(frozen=True)
class Defect:
    """A reading defect as it was kept."""

    code: str
    field: str | None
    value: str | None
    message: str


class Bench:
    """The rulesets of this version of the rules, each prepared once."""

    def __init__(self, restored: Callable[..., Any]) -> None:
        self._restored = restored
        self._rulesets: dict[tuple[object, ...], Ruleset] = {}
        self._area: Any = None

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Judge what was judged together: a group of records, or one dossier."""
        return self._dossier(asked) if "dossier" in asked else self._group(asked)

    def _group(self, asked: dict[str, Any]) -> dict[str, Any]:
        began = time.process_time()
        unknown: set[str] = set()
        context = self._restored(asked["context"], unknown)
        ruleset, _ = self._ruleset(asked)
        records = [
            Record(
                one["id"], one["values"], tuple(Defect(**each) for each in one["defects"]),
                one["where"],
            )
            for one in asked["records"]
        ]  # fmt: skip
        judgement = judge(ruleset, asked["table"], records, context)
        found = [finding for each in judgement.records for finding in each.findings]
        return {
            "stamp": asdict(judgement.stamp),
            "outcomes": [[each.id, each.outcome] for each in judgement.records],
            "findings": [_told(one, whole=asked["whole"]) for one in found],
            "not_checked": {
                rule: sum(counts.not_checked.values())
                for rule, counts in judgement.counts.items()
                if counts.not_checked
            },
            "errors": [asdict(one) for one in judgement.errors],
            "unknown": sorted(unknown),
            **_cost(began),
        }

    def _dossier(self, asked: dict[str, Any]) -> dict[str, Any]:
        if find_spec("validators.dossier") is None:
            return {"lacks": "dossiers"}
        began = time.process_time()
        told, rule = asked["dossier"], import_module("validators.dossier.rule")
        unknown: set[str] = set()
        context = self._restored(told["context"], unknown)
        ruleset, policy = self._ruleset(asked)
        given = {"waivers": context["waivers"]} if hasattr(rule.Setting, "waivers") else {}
        if not given and context["waivers"]:
            unknown.add("Setting.waivers")
        setting = rule.Setting(context["moment"], policy.dossiers, policy.calendar, **given)
        engine = import_module("validators.dossier.engine")
        dossier = self._put_together(told)
        judgement = engine.judge_dossier(dossier, ruleset.dossier_rules, ruleset.standard, setting)
        found = [one.finding for one in judgement.verdicts if one.finding]
        return {
            "stamp": asdict(ruleset.stamp),
            "answers": [
                [one.rule.code, one.anchor.version, one.answer.outcome, one.answer.reason]
                for one in judgement.verdicts
                if asked["whole"]
            ],
            "findings": [_told(one, whole=asked["whole"]) for one in found],
            "errors": [asdict(one) for one in judgement.errors],
            "unknown": sorted(unknown),
            **_cost(began),
        }

    def _put_together(self, told: dict[str, Any]) -> Any:
        """The dossier; an area that is not sent is that of the one before."""
        parts, flow = (
            import_module("validators.dossier.row"),
            import_module("validators.dossier.flow"),
        )

        def rows(members: list[dict[str, Any]]) -> list[Any]:
            return [
                parts.Row(**{**one, "arrived": datetime.fromisoformat(one["arrived"])})
                for one in members
            ]

        if told["area"] is not None:
            self._area = flow.SetUp(parts.by_table(rows(told["area"])))
        own = rows(told["rows"])
        return import_module("validators.dossier.dossier").Dossier(
            told["kind"],
            told["key"],
            parts.by_table(row for row in own if row.state != "returned"),
            parts.by_table(row for row in own if row.state == "returned"),
            self._area,
        )

    def _ruleset(self, asked: dict[str, Any]) -> tuple[Ruleset, Policy]:
        day, file = date.fromisoformat(asked["day"]), asked["policy_file"]
        policy = load_file(Path(file), day) if file else load(asked["body"], day)
        key = (tuple(asked["overlays"]), asked["standard"], policy.digest)
        if key not in self._rulesets:
            standard = standard_for(tuple(asked["overlays"]), asked["standard"])
            self._rulesets[key] = Ruleset.load(standard, policy)
        return self._rulesets[key], policy


def _told(finding: Any, *, whole: bool) -> dict[str, Any]:
    if whole:
        told: dict[str, Any] = finding.to_json()
        return told
    return {"row": finding.row, "rule": finding.rule, "consequence": finding.consequence}


def _cost(began: float) -> dict[str, float]:
    return {
        "cpu_s": time.process_time() - began,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB,
    }


def _reader(path: str) -> Callable[..., Any]:
    spec = spec_from_file_location("kept_inputs", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    restored: Callable[..., Any] = module.restored
    return restored


def main() -> None:
    """Answer line by line until the input ends; what else is printed goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    bench = Bench(_reader(sys.argv[1]))
    for line in sys.stdin:
        try:
            told = bench.answer(json.loads(line))
        except Exception as error:  # noqa: BLE001  told to the one who asked
            told = {"broken": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(told) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
