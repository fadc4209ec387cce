"""``exchange rules``: the catalogue, and the clauses without a hole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.cli import main
from schemas import policy
from schemas.clauses import clauses
from validators.links import LINK_RULE


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """What the command prints as JSON."""
    assert main(["rules", *arguments, "--format", "json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_lists_rules_with_clause_kind_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Every rule is listed once, with what a reader of the catalogue needs."""
    found = listed(capsys)
    assert len(found) > 1000
    assert len({entry["code"] for entry in found}) == len(found)
    for entry in found:
        assert entry["clause"]
        assert entry["kind"]
        assert entry["version"]
        assert entry["why"]
        assert entry["fix"]


def test_one_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """A rule is found by the beginning of its code; hand-written ones bring their examples."""
    (entry,) = listed(capsys, "PRJ-005")
    assert entry["code"] == "PRJ-005/starts_after_completion"
    assert entry["bad"]
    assert entry["consequence"] == "reject"


def test_a_rule_says_where_and_when_it_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pack whose first edition leaves a clause out: the list names pack, days and reason.

    The pack of the installation counts as one that ships does.
    """
    pack = (policy.ROOT / "420600.toml").read_text("utf-8")
    start, end = pack.index("[[editions]]"), pack.index("[articles.6]")
    later = pack[start:end].replace("2021-12-20", "2027-01-01")
    off = '[editions.rules_off]\n"PRJ-005" = "试运行期间不查"\n'
    (tmp_path / "420600.toml").write_text(pack[:end] + off + later + pack[end:], "utf-8")
    known = [
        {"policy": "420600", "from": "2021-12-20", "until": "2026-12-31", "why": "试运行期间不查"}
    ]
    (entry,) = listed(capsys, "PRJ-005")
    assert entry["off"] == []
    with monkeypatch.context() as own:
        own.setenv("SPGL_POLICY", str(tmp_path / "420600.toml"))
        (entry,) = listed(capsys, "PRJ-005")
    assert entry["off"] == known
    monkeypatch.setattr(policy, "ROOT", tmp_path)
    (entry,) = listed(capsys, "PRJ-005")
    assert entry["off"] == known
    assert main(["rules", "PRJ-005"]) == 0
    assert "（420600：2021-12-20 至 2026-12-31 停用，试运行期间不查）" in capsys.readouterr().out


def test_the_rule_on_addresses_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """What is seen over the network, beside the engine, is a rule of the catalogue, too."""
    (entry,) = listed(capsys, "PRC-026/link")
    assert (entry["subject"], entry["clause"]) == ("address", "PRC-026")
    assert entry["milder"]
    assert LINK_RULE.code in {
        code for each in listed(capsys, "--clauses") for code in each["rules"]
    }


def test_clauses_have_a_rule_or_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """The clause list names every clause, each with rules or with the reason why not."""
    found = listed(capsys, "--clauses")
    assert [entry["clause"] for entry in found] == list(clauses())
    assert all(entry["rules"] or entry["reason"] for entry in found)


def test_table_form(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a format the list is lines for people."""
    assert main(["rules", "--table", "SPGL_XMJBXXB", "--standard", "3.0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("PRJ-005/starts_after_completion") for line in lines)
