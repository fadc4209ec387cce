"""Verify a day and write page and JSON into its folder, replaced as whole files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exchange.expectations import page
from exchange.expectations.catalogue import Catalogue, catalogue
from exchange.expectations.measure import Day, measure
from exchange.expectations.verify import verify
from exchange.store.connection import Store
from exchange.store.documents import write_whole


@dataclass(frozen=True, slots=True)
class Published:
    """The files, and the titles of the expectations that were not met, with their dataset."""

    files: tuple[Path, ...]
    broken: tuple[str, ...]


def publish(store: Store, on: Day, folder: Path, *, expected: Catalogue | None = None) -> Published:
    """Write ``<folder>/<day>/index.html`` and ``expectations.json``.

    The store is read in one transaction that is over before great-expectations begins.
    """
    expected = expected or catalogue()
    with store.transaction() as conn:
        measured = measure(conn, expected, on)
    found = verify(expected, measured)
    target = folder / on.day.isoformat()
    made = {
        target / "index.html": page.render(found, on.day, on.now).encode(),
        target / "expectations.json": page.as_text(page.to_json(found, on.day, on.now)),
    }
    for path, content in made.items():
        write_whole(path, content)
    broken = tuple(
        f"{one.dataset.title}：{outcome.expectation.title}"
        for one in found
        for outcome in one.outcomes
        if not outcome.met
    )
    return Published(tuple(made), broken)
