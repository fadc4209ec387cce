"""The hand-written rules: one file of ``validators/rules`` is one rule, found by being there."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from validators import rules as package
from validators.rule import Rule


class RuleFileError(ImportError):
    """A file of validators/rules that is no rule: it must define one ``RULE`` with its own code."""


@cache
def discover() -> tuple[Rule, ...]:
    """All hand-written rules, by code. Raises RuleFileError for a file that is no rule.

    The code of a rule ends with the name of its file, so that a finding leads to the file.
    """
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(package.__path__):
        rule = getattr(import_module(f"{package.__name__}.{module.name}"), "RULE", None)
        if not isinstance(rule, Rule):
            raise RuleFileError(f"validators/rules/{module.name}.py defines no RULE")
        if rule.code.rpartition("/")[2] != module.name:
            raise RuleFileError(
                f"validators/rules/{module.name}.py: code {rule.code!r} must end with its name"
            )
        if rule.code in found:
            raise RuleFileError(f"validators/rules/{module.name}.py: code {rule.code!r} is taken")
        found[rule.code] = rule
    return tuple(found[code] for code in sorted(found))
