"""A city brought up for faults, with everything that belongs to it, and taken down for certain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.catalogue import Stage
from tests.faults.checker import Checker
from tests.faults.city import FaultCity
from tests.faults.hand import Hand
from tests.faults.stores import disk_of_its_own


@contextmanager
def running_city(folder: Path, pace: float = 1) -> Iterator[Stage]:
    """A city in ``folder``, up and working; its store has a small disk of its own where it can."""
    city = FaultCity(folder, pace)
    with disk_of_its_own(city.city.settings.store_folder):
        checker = None
        try:
            city.start()
            checker = Checker(city)
            yield Stage(city, checker, Hand(city))
        finally:
            if checker is not None:
                checker.close()
            city.stop()
