"""What was counted for one body on one day, before anything is weighed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.policy import DIMENSIONS
from validators.rule import DIMENSION_NAMES

PROPERTIES: Mapping[str, str] = {code: DIMENSION_NAMES[code] for code in DIMENSION_NAMES}
"""The six properties and their names."""
UNMEASURED: Mapping[str, str] = {"accessibility": "需要打开详情页和文档链接才能测量，尚未实现"}
"""Properties of GB/T 36344 that are not measured yet, and why; never shown as 100 %."""


@dataclass(frozen=True, slots=True)
class Timing:
    """From the event to the confirmation above, over the versions that passed.

    ``late`` includes those not confirmed once they are older than the limit. Left out: ``pending``
    ones that still have time, ``stock`` from before the body was connected, ``skewed`` ones whose
    event lies after their pull, ``replaced`` ones that a newer version overtook in time.
    Percentiles are seconds, infinite where they fall among the unconfirmed; ``at_*`` are medians
    of whose seconds they were, over the confirmed.
    """

    on_time: int = 0
    late: int = 0
    pending: int = 0
    stock: int = 0
    skewed: int = 0
    replaced: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    at_body: float | None = None
    at_city: float | None = None
    at_province: float | None = None

    @property
    def due(self) -> int:
        """How many versions the clock was measured on."""
        return self.on_time + self.late

    @property
    def share(self) -> float | None:
        """The share that arrived in time; None when nothing was due."""
        return self.on_time / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Checks:
    """Rules times records of the day: the four add up to all that was looked at."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    not_checked: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """One body's day: versions judged and returned, those failing per property, timing, cases."""

    body: str
    name: str
    judged: int = 0
    returned: int = 0
    withdrawals: int = 0
    failing: Mapping[str, int] = field(default_factory=dict)
    timing: Timing = Timing()
    checks: Checks = Checks()
    open_cases: int = 0
    overdue_cases: int = 0

    def passing_share(self, dimension: str) -> float | None:
        """The share of versions without a finding of this property; None when there were none."""
        return 1 - self.failing.get(dimension, 0) / self.judged if self.judged else None

    def share(self, dimension: str) -> float | None:
        """The property's share as it is scored; None when it is not measured.

        Of timeliness the order of times and the arrival in time count alike.
        """
        if dimension in UNMEASURED:
            return None
        passing = self.passing_share(dimension)
        if dimension == "timeliness" and passing is not None and self.timing.share is not None:
            return (passing + self.timing.share) / 2
        return passing

    def shares(self) -> dict[str, float | None]:
        """All six properties."""
        return {dimension: self.share(dimension) for dimension in DIMENSIONS}


def seconds_text(seconds: float | None) -> str:
    """Seconds as people read them: 8.5秒, 12分, 3.2小时, 5天; 未入库 when never, – when unknown."""
    if seconds is None:
        return "–"
    if math.isinf(seconds):
        return "未入库"
    size = abs(seconds)
    if size < 100:  # noqa: PLR2004  below it seconds are read at a glance
        return f"{seconds:.3g}秒"
    if size < 6000:  # noqa: PLR2004  a hundred minutes
        return f"{seconds / 60:.3g}分"
    if size < 172_800:  # noqa: PLR2004  two days
        return f"{seconds / 3600:.3g}小时"
    return f"{seconds / 86400:.3g}天"
