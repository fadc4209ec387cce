"""What a target can be asked about what lies upstream, whoever wrote it: for reconciliation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence

from connectors.content import UpstreamRow
from connectors.key_ranges import RangeSum
from schemas import Table


class UpstreamReading(ABC):
    """The reading side of a target; its errors are those of ``Target.ask``."""

    @abstractmethod
    def by_serial(self, table: Table, serials: Sequence[str]) -> dict[str, UpstreamRow]:
        """Those of the rows with these serial numbers that are there."""

    @abstractmethod
    def sum(self, table: Table, serials: Sequence[str]) -> RangeSum | None:
        """How many rows with these serial numbers are there, and the platform's digests added up.

        A digest is of all columns, so that no row can change and its sum stay. None when the
        platform makes none: then the rows themselves must be read.
        """

    @abstractmethod
    def serials(self, table: Table, divisions: Collection[str]) -> Iterator[list[str]] | None:
        """The serial numbers of all rows of these divisions, some thousand at a time, in no order.

        It is one reading from end to end; a row without a serial number is not in it. None when
        the platform gives no lists: then only what we sent can be asked for.
        """
