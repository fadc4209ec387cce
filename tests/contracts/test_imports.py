"""The storeys of the house: who may import whom, as pyproject.toml says."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from exchange.settings import ROOT


def test_import_contracts_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Upper storeys import lower ones, slices not each other, only the edge knows Airflow."""
    monkeypatch.chdir(ROOT)
    broken = lint_imports(config_filename="pyproject.toml", cache_dir=str(tmp_path), no_logo=True)
    assert broken == 0, capsys.readouterr().out
