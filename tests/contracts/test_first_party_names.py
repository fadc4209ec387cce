"""Our package names are ours: nothing installed may stand in for them."""

from __future__ import annotations

import importlib.util
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from exchange.settings import ROOT

FIRST_PARTY = ("dags", "exchange", "connectors", "validators", "schemas", "simulators", "tests")


@pytest.mark.parametrize("name", FIRST_PARTY)
def test_no_installed_distribution_claims_the_name(name: str) -> None:
    """`validators` for one is also a package on the index: the two would mix into a chimera."""
    assert packages_distributions().get(name, []) == []


@pytest.mark.parametrize("name", FIRST_PARTY)
def test_the_name_resolves_inside_the_repository(name: str) -> None:
    """An import of the name finds the folder beside this one, and nothing else."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    places = {Path(place).resolve() for place in spec.submodule_search_locations or ()}
    assert places == {ROOT / name}
