"""The mistakes a body makes: which record, which mistake, as evenly over all kinds as they fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random

from schemas import Standard, Table
from schemas.sample import FAULTS, Fault
from simulators.county.journal import Record

_SERIAL = "LSH"
_PARENT_CAUTION = 0.25
_ON_ORDER_ONLY = frozenset({"huge_cell"})
_NOT_IN_DATABASES = frozenset({"null_character"})


class Mistakes:
    """Breaks records of one feed. The kinds that were used least come first."""

    def __init__(self, standard: Standard, rng: Random, *, serial_is_ours: bool) -> None:
        """``serial_is_ours``: whether the body writes the serial number itself."""
        self._rng = rng
        self._used: Counter[str] = Counter()
        self._parents = {ref.table for table in standard.in_order for ref in table.references}
        self._serial_is_ours = serial_is_ours
        never = _ON_ORDER_ONLY if serial_is_ours else _ON_ORDER_ONLY | _NOT_IN_DATABASES
        self._kinds = [fault for fault in FAULTS.values() if fault.name not in never]

    def happens(self, table: Table, rate: float, *, setup: bool) -> bool:
        """Whether the next record of this table goes wrong.

        People are careful with records that many others hang on: set-up is right, and a parent is
        wrong more rarely than the rest.
        """
        if table.code in self._parents:
            rate = 0.0 if setup else rate * _PARENT_CAUTION
        return self._rng.random() < rate

    def spoil(self, table: Table, good: Record) -> tuple[Fault, Record] | None:
        """A broken copy of a record and what was done to it; None if nothing fits."""
        self._rng.shuffle(self._kinds)
        for fault in sorted(self._kinds, key=lambda each: self._used[each.name]):
            if self._fits(fault, table, good):
                self._used[fault.name] += 1
                return fault, fault.apply(table, good, self._rng)
        return None

    def spoil_with(self, name: str, table: Table, good: Record) -> tuple[Fault, Record] | None:
        """The same with a mistake of the caller's choice; raises KeyError for an unknown name."""
        fault = FAULTS[name]
        if not fault.applies(table, good):
            return None
        return fault, fault.apply(table, good, self._rng)

    def _fits(self, fault: Fault, table: Table, good: Mapping[str, str | None]) -> bool:
        if not fault.applies(table, good):
            return False
        changed = fault.apply(table, good, Random(0))
        return self._serial_is_ours or any(
            changed.get(code) != good.get(code) for code in changed if code != _SERIAL
        )
