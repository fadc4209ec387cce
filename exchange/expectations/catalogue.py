"""The expectations as data: which datasets are measured and what is expected of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "catalogue.toml"


@dataclass(frozen=True)
class Expectation:
    """One demand on a dataset: a type of great-expectations with its arguments, and its words."""

    title: str
    advice: str
    type: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Dataset:
    """Rows measured in the store; ``key`` names a row, ``columns`` are shown with their names."""

    name: str
    title: str
    about: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Catalogue:
    """All datasets; ``pairs`` and ``watched`` say what coverage and drift look at."""

    history_days: int
    datasets: tuple[Dataset, ...]
    pairs: tuple[tuple[str, str, str], ...]
    watched: tuple[tuple[str, str], ...]


@cache
def catalogue(file: Path = FILE) -> Catalogue:
    """The catalogue of a file. Raises KeyError or TypeError for an entry without its parts."""
    entry = tomllib.loads(file.read_text("utf-8"))
    return Catalogue(
        history_days=entry["history_days"],
        datasets=tuple(_dataset(one) for one in entry["datasets"]),
        pairs=tuple((one["parent"], one["child"], one["field"]) for one in entry["pairs"]),
        watched=tuple((one["table"], field) for one in entry["watched"] for field in one["fields"]),
    )


def _dataset(entry: Mapping[str, Any]) -> Dataset:
    return Dataset(
        name=entry["name"],
        title=entry["title"],
        about=entry["about"],
        key=tuple(entry["key"]),
        columns=entry["columns"],
        expectations=tuple(Expectation(**one) for one in entry["expectations"]),
    )
