"""How a body delivers: what every way of delivering promises."""

from __future__ import annotations

from abc import ABC, abstractmethod

from simulators.county.journal import Batch


class AwayError(Exception):
    """The other end cannot be reached; the batch may or may not have arrived. Try again."""


class UnstorableError(Exception):
    """The other end can never take this batch; the message says why."""


class Outlet(ABC):
    """One feed's way out. All methods may raise AwayError."""

    can_update = False
    """Whether a row that was delivered can still be changed in place."""

    pace = 0.0
    """Seconds between two deliveries; rows are collected meanwhile."""

    @abstractmethod
    def deliver(self, batch: Batch) -> bool:
        """Delivers a batch; False if it is still held open and ``finish_held`` will tell.

        Raises UnstorableError when the batch can never be taken.
        """

    @abstractmethod
    def arrived(self, batch: Batch) -> bool:
        """Whether a batch of an earlier life or attempt is at the other end."""

    def finish_held(self, now: float) -> list[Batch]:  # noqa: ARG002 – most ways hold nothing
        """Commits what was held open long enough (``now``: monotonic); the batches committed."""
        return []

    def holds(self, batch: Batch) -> bool:  # noqa: ARG002 – as above
        """Whether this batch is being held open."""
        return False

    def alter(self, statement: str) -> None:
        """Changes the structure of the database behind the outlet, where there is one."""
        raise UnstorableError(f"there is no database here to change: {statement}")

    @abstractmethod
    def close(self) -> None:
        """Lets go of everything; what is held open is rolled back."""
