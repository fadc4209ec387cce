"""Invented records: valid ones for every table, whole lives of projects, every way to break them.

Everything is drawn from a ``random.Random`` that the caller seeds; nothing reads a clock. Names,
numbers and persons are made up; places are those of ``schemas.divisions``.
"""

from schemas.sample.catalogue import UnknownKindError
from schemas.sample.faults import FAULTS, Fault, FaultDoesNotApplyError
from schemas.sample.life.flows import flow_setup
from schemas.sample.life.tale import Event
from schemas.sample.omissions import OMISSIONS, Omission
from schemas.sample.records import WRITTEN_AT, UnknownFieldError, valid
from schemas.sample.retiming import SpanTooShortError, least_span, retime
from schemas.sample.stories import kinds, story

__all__ = [
    "FAULTS",
    "OMISSIONS",
    "WRITTEN_AT",
    "Event",
    "Fault",
    "FaultDoesNotApplyError",
    "Omission",
    "SpanTooShortError",
    "UnknownFieldError",
    "UnknownKindError",
    "flow_setup",
    "kinds",
    "least_span",
    "retime",
    "story",
    "valid",
]
