"""What a policy pack decides about looking at records together: dossiers, silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DossierTerms:
    """When a case or project is looked at as a whole, and from what on something is asked about.

    A dossier is judged ``settle_s`` seconds after its last row came, since rows come one by one.
    ``warn_days`` working days before its limit a running case is told of; a promised-time case
    finished within ``instant_hours`` of acceptance is asked about, so is one that no department
    took up within ``handling_days`` working days. ``supplement_days`` (working) to hand in what was
    left out, ``supervision_days`` (working) until the check of a commitment, ``report_days``
    (working) to report a finished project, ``idle_days`` (natural) after which a project without
    a case is asked about. ``total_days`` is the control limit of a project in working days by type
    of flow; ``*`` stands for every other type. No public text gives most of these.
    """

    settle_s: int
    warn_days: int
    instant_hours: int
    handling_days: int
    supplement_days: int
    supervision_days: int
    report_days: int
    idle_days: int
    total_days: Mapping[str, int]
    is_default: bool

    def control_limit(self, flow_type: str) -> int:
        """Working days a project of this type of flow may take in all."""
        return self.total_days.get(flow_type, self.total_days["*"])


@dataclass(frozen=True, slots=True)
class LinkTerms:
    """How addresses in rows are looked at, for bodies that allow it.

    At most ``per_round`` rows of a body in one round, those that came within ``recent_days``, each
    again after ``every_days``; ``wait_s`` for one answer, ``whole_s`` for the whole look, of which
    ``head_bytes`` are read.
    """

    per_round: int
    recent_days: int
    every_days: int
    wait_s: float
    whole_s: float
    head_bytes: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class SilenceTerms:
    """When a body that normally reports a table has gone quiet.

    What is usual is taken from the last ``baseline_days`` working days, weekday by weekday; fewer
    than ``least_active_days`` of them with rows tell nothing. A body is silent when ``least_days``
    working days or more have passed without a row and so long a pause would come about by chance
    with a probability below ``chance``.
    """

    baseline_days: int
    least_active_days: int
    least_days: int
    chance: float
    is_default: bool
