"""Codes of rules are for ever: issued once, never used again, led on when renamed."""

from __future__ import annotations

import pytest

from validators import codes, discover
from validators.registry import discover_dossier_rules


def in_force() -> set[str]:
    """The codes of all hand-written rules."""
    on_dossiers = {rule.code for rule in discover_dossier_rules()}
    return {rule.code for rule in discover()} | on_dossiers


def test_every_code_is_issued_and_every_issued_code_is_explained() -> None:
    """A rule in force has its code in the register; a code without a rule is retired."""
    current = in_force()
    issued = set(codes.issued())
    assert current <= issued, "run PYTHONPATH=. python docs/build.py"
    assert issued - current == set(codes.retired())
    assert len(codes.issued()) == len(issued)


def test_no_retired_code_is_used_again_or_leads_nowhere() -> None:
    """A retired code has no rule, and what replaces it is a rule in force."""
    current = in_force()
    assert not current & set(codes.retired())
    assert set(codes.renamed().values()) <= current


def test_renamings_are_followed_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that was renamed twice leads to the newest; a circle is refused."""
    read: dict[str, list[dict[str, str]]] = {"retired": [{"code": "A", "replaced_by": "B"}]}
    monkeypatch.setattr(codes, "_read", lambda: read)
    for kept in (codes.retired, codes.renamed):
        kept.cache_clear()
    try:
        read["retired"].append({"code": "B", "replaced_by": "C"})
        read["retired"].append({"code": "X", "why": "never right"})
        assert codes.renamed() == {"A": "C", "B": "C"}
        codes.retired.cache_clear()
        codes.renamed.cache_clear()
        read["retired"].append({"code": "C", "replaced_by": "A"})
        with pytest.raises(ValueError, match="circle"):
            codes.renamed()
    finally:
        codes.retired.cache_clear()
        codes.renamed.cache_clear()


def test_new_codes_join_the_file_in_order() -> None:
    """The register is written in one way, so that two additions meet without a conflict."""
    tail = '\n[[retired]]\ncode = "C"\nwhy = "never right"\n'
    text = codes.with_new(f'# head\nissued = [\n    "B",\n]\n{tail}', ["A", "B"])
    assert text == f'# head\nissued = [\n    "A",\n    "B",\n]\n{tail}'
