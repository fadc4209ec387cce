"""Mutation testing of the rules: is there an example that each changed rule gets wrong?

Every file of ``validators/rules`` and ``validators/dossier/rules`` is changed in one place at a
time; the changed rule is asked about its own examples. A mutant that answers all of them as before
has survived: the examples do not pin down what the rule says. Ends with 1 below the share asked.
"""

from __future__ import annotations

import argparse
import ast
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from bench.mutants import Mutant, mutants
from exchange.settings import ROOT
from schemas import load, versions
from tests.validators.dossier.told import answers, looks_again_in_time
from tests.validators.gravity import is_of_its_clause
from tests.validators.test_rules import answer, blames_for_absence, fits, places_of
from validators.dossier.rule import DossierRule
from validators.rule import Compares, Rule

FOLDERS = ("validators/rules", "validators/dossier/rules")
AT_LEAST = 0.95


def main(arguments: list[str]) -> int:
    """Run all mutants and list the survivors; ``--rule``, ``--at-least``, ``--format json``."""
    parser = argparse.ArgumentParser(prog="bench mutate")
    parser.add_argument("--rule", default="", help="only files whose name begins so")
    parser.add_argument("--at-least", type=float, default=AT_LEAST)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    made, survivors = 0, []
    for path, mutant, killed in _run(options.rule):
        made += 1
        if not killed:
            survivors.append(f"{path.relative_to(ROOT)}:{mutant.line}: {mutant.what}")
    share = 1 - len(survivors) / made if made else 1.0
    if options.format == "json":
        print(json.dumps({"mutants": made, "killed": share, "survivors": survivors}))
    else:
        for line in survivors:
            print(line)
        print(
            f"{made} mutants, {made - len(survivors)} killed ({share:.1%}), "
            f"{len(survivors)} survived, {time.monotonic() - began:.0f} s"
        )
    return 0 if share >= options.at_least else 1


def _run(prefix: str) -> Iterator[tuple[Path, Mutant, bool]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob(f"{prefix}*.py")):
            if path.stem != "__init__":
                for mutant in mutants(path.read_text("utf-8")):
                    yield path, mutant, _is_killed(path, mutant)


def _is_killed(path: Path, mutant: Mutant) -> bool:
    """Whether an example, or the running of it, tells the mutant from the rule."""
    try:
        rule = _loaded(path, mutant.tree)
        keeps = _row_rule if isinstance(rule, Rule) else _dossier_rule
        return not keeps(rule)  # type: ignore[arg-type]  # chosen by its kind just above
    except Exception:  # noqa: BLE001  a mutant that breaks is told from the rule
        return True


def _loaded(path: Path, tree: ast.Module) -> Rule | DossierRule:
    module = ModuleType(f"mutant_{path.stem}")
    exec(compile(tree, str(path), "exec"), module.__dict__)
    rule: Rule | DossierRule = module.RULE
    return rule


def _row_rule(rule: Rule) -> bool:
    if not is_of_its_clause(rule):
        return False
    if isinstance(rule.check, Compares):
        known = {code for name in versions() for code in load(name).tables}
        if any(not set(link.tables) <= known for link in rule.check.links):
            return False
        if blames_for_absence(rule):
            return False
    edges = [(example, passes) for example, passes in rule.boundary]
    asked = [(example, True) for example in rule.good] + [(one, False) for one in rule.bad] + edges
    places = places_of(rule)
    for example, expected in [*asked, *((one, None) for one in rule.beside)]:
        standard, table = next(place for place in places if fits(*place, example))
        if answer(rule, standard, table, example) is not expected:
            return False
    for scene in rule.open:
        standard, table = next(place for place in places if fits(*place, scene))
        if not isinstance(answer(rule, standard, table, scene), str):
            return False
    return True


def _dossier_rule(rule: DossierRule) -> bool:
    """As the test of dossier rules asks."""
    if not is_of_its_clause(rule):
        return False
    if not set(rule.tables) <= {code for name in versions() for code in load(name).tables}:
        return False
    told: list[tuple[Callable[[set[str]], bool], tuple[object, ...]]] = [
        (lambda found: found <= {"pass", "beside"} and "pass" in found, rule.good),
        (lambda found: "fail" in found, rule.bad),
        (lambda found: found <= {"beside"}, rule.beside),
        (lambda found: "fail" not in found, tuple(one for one, it in rule.boundary if it)),
        (lambda found: "fail" in found, tuple(one for one, it in rule.boundary if not it)),
    ]
    every = (*rule.good, *rule.bad, *rule.beside, *(one for one, _ in rule.boundary))
    if not all(looks_again_in_time(rule, one) for one in every):
        return False
    return all(
        holds({one.outcome for one in answers(rule, example)})  # type: ignore[arg-type]
        for holds, examples in told
        for example in examples
    )
