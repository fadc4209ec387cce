"""Finding the hand-written rules, and refusing files that are none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from validators import discover, registry, rules
from validators.registry import RuleFileError


@pytest.fixture
def other_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder that stands for validators/rules."""
    monkeypatch.setattr(rules, "__path__", [str(tmp_path)])
    discover.cache_clear()
    yield tmp_path
    discover.cache_clear()
    for name in [name for name in sys.modules if name.startswith("validators.rules.odd_")]:
        del sys.modules[name]


def test_finds_every_file() -> None:
    """There are as many rules as files in the folder."""
    folder = Path(rules.__path__[0])
    assert len(discover()) == len(list(folder.glob("[a-z]*.py")))


def test_refuses_file_without_rule(other_rules: Path) -> None:
    """A file without RULE is named in the error."""
    (other_rules / "odd_nothing.py").write_text("")
    with pytest.raises(RuleFileError, match="odd_nothing"):
        discover()


def test_refuses_code_that_does_not_lead_to_the_file(other_rules: Path) -> None:
    """A rule whose code does not end with its file's name is refused."""
    source = Path(registry.__file__).parent / "rules" / "investment_zero.py"
    (other_rules / "odd_name.py").write_text(source.read_text("utf-8"), "utf-8")
    with pytest.raises(RuleFileError, match="must end with its name"):
        discover()
