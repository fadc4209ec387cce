"""What was counted for one body on one day, before anything is weighed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.policy import DIMENSIONS
from validators.rule import DIMENSION_NAMES

PROPERTIES: Mapping[str, str] = {code: DIMENSION_NAMES[code] for code in DIMENSION_NAMES}
"""The six properties and their names."""
ACCESSIBILITY = (
    "规则的通过占比与打开占比的平均。打开占比是当日由系统打开过地址的记录中，地址全部能打开、文件类型相符的占比；"
    "没有登记允许打开的范围、当日没有打开过的单位为“未测”，不计入总分，规则发现的问题仍列出。"
)
"""How the share of accessibility comes about, as people read it."""


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
class Links:
    """Versions whose addresses were opened that day, and those with one that did not open."""

    looked: int = 0
    failing: int = 0

    @property
    def share(self) -> float | None:
        """The share of which all opened; None when none was looked at."""
        return 1 - self.failing / self.looked if self.looked else None


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
    links: Links = Links()
    open_cases: int = 0
    overdue_cases: int = 0

    def passing_share(self, dimension: str) -> float | None:
        """The share of versions without a finding of this property; None when there were none."""
        return 1 - self.failing.get(dimension, 0) / self.judged if self.judged else None

    def share(self, dimension: str) -> float | None:
        """The property's share as it is scored; None when it was not measured.

        Of timeliness the order of times and the arrival in time count alike; of accessibility what
        the rules found and what opened, and nothing where no address was opened: never 100 %.
        """
        passing = self.passing_share(dimension)
        if passing is None:
            return None
        if dimension == "timeliness" and self.timing.share is not None:
            return (passing + self.timing.share) / 2
        if dimension == "accessibility":
            return None if self.links.share is None else (passing + self.links.share) / 2
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
