"""How much room the disk of the state folder has: pulling slows, then stops, before it is full.

What has landed is always delivered: delivery writes little and frees the way.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SLOW_BELOW = 2
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Room:
    """Free and wanted megabytes: below twice what is wanted ``slow``, below it ``stop``."""

    free_mb: int
    wanted_mb: int

    @property
    def state(self) -> Literal["enough", "slow", "stop"]:
        """What pulling is to do."""
        if self.free_mb < self.wanted_mb:
            return "stop"
        return "slow" if self.free_mb < SLOW_BELOW * self.wanted_mb else "enough"

    def __str__(self) -> str:
        """The room in words for people."""
        done = {"enough": "正常", "slow": "已放慢拉取", "stop": "已停止拉取，上报照常"}[self.state]
        return f"磁盘剩余 {self.free_mb} MB，下限 {self.wanted_mb} MB：{done}"


def room(folder: Path, wanted_mb: int) -> Room:
    """The room on the disk of ``folder``, or of the nearest folder above it that is there."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    return Room(shutil.disk_usage(there).free // MEGABYTE, wanted_mb)
