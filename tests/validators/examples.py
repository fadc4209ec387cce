"""What every rule must show of itself."""

from __future__ import annotations

from validators import Rule
from validators.dossier.rule import DossierRule

KINDS = {
    "good": "that passes",
    "bad": "that fails",
    "boundary": "at the edge of passing and failing",
    "beside": "that it does not apply to",
}


def lacks(rule: Rule | DossierRule) -> list[str]:
    """A sentence for each kind of example that a rule does not have."""
    return [
        f"{rule.code} has no `{kind}` example, one {what}: write it into its file."
        for kind, what in KINDS.items()
        if not getattr(rule, kind)
    ]


def repeated(rule: Rule | DossierRule) -> list[str]:
    """A sentence for each edge that is only another example of the rule written again."""
    told: list[object] = [*rule.good, *rule.bad, *rule.beside]
    found = []
    for example, _ in rule.boundary:
        if example in told:
            found.append(f"{rule.code} repeats an example at its edge: {example}")
        told.append(example)
    return found
