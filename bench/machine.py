"""The machine a figure was measured on, in words and without naming it."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Machine:
    """Cores, memory (GiB), processor, system, Python, and how busy it was when asked (load)."""

    cores: int
    memory_gib: float
    processor: str
    system: str
    python: str
    load: float

    def to_json(self) -> dict[str, object]:
        """The facts as a JSON object."""
        return asdict(self)

    def sentence(self) -> str:
        """The facts as a line under a table."""
        return (
            f"{self.cores} cores, {self.memory_gib:.0f} GiB, {self.processor}; {self.system}; "
            f"Python {self.python}; load {self.load:.1f} at the start"
        )


def machine() -> Machine:
    """This machine now."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Machine(
        cores=cores or 1,
        memory_gib=psutil.virtual_memory().total / 2**30,
        processor=_processor(),
        system=f"{platform.system()} {platform.release().split('-')[0]}",
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
