"""What the engine is given: the records of one batch and what surrounds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from validators.neighbours import Neighbour

if TYPE_CHECKING:
    from validators.waiver import Waiver

# Times inside records are wall time of this zone, by the standard (dates and times carry no zone).
RECORD_ZONE = ZoneInfo("Asia/Shanghai")

ParentState = Literal["accepted", "pending", "failed", "absent"]


class LandingDefect(Protocol):
    """What reading a row lost or could not do, as the connectors report it."""

    @property
    def code(self) -> str:
        """The kind of loss, such as ``ragged_row``."""

    @property
    def field(self) -> str | None:
        """The column concerned, if it is one."""

    @property
    def value(self) -> str | None:
        """The text as far as it could be read, shortened."""

    @property
    def message(self) -> str:
        """What happened, in Chinese, for the county."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row to judge: the text of each cell exactly as it was sent, None for an empty one.

    ``id`` names the record for the caller (a version's number, or the row of a file); ``where``
    names it for people, such as ``第3行``. Columns that the standard does not know are ignored.
    """

    id: int
    values: Mapping[str, str | None]
    defects: Sequence[LandingDefect] = ()
    where: str = ""


class Lookup(NamedTuple):
    """A parent that a record points to: rows of ``table`` whose ``fields`` have these values.

    The values are in normal form (``schemas.values.canonical``), so that version 1 and 1.0 meet.
    """

    table: str
    fields: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """What a judgement depends on besides the rows.

    ``divisions`` are the codes the body may report; empty when unknown, then the rule on them is
    not checked. ``now`` is the time of the judgement, aware or wall time. ``parents`` gives the
    state of every lookup the rows need: accepted upstream; pending, known and on its way; failed,
    known but returned; absent, never seen. None means that nobody could look (offline): references
    are then not checked and hold nothing back. ``grace_over`` are the records that have waited for
    an absent parent as long as the policy allows. ``one_file`` says that the records are the rows
    of one document, so that no row can be a later state of another. ``waivers`` are the rules that
    the body is excused from. ``related`` gives the rows of the lookups that comparisons need, the
    newest first, each record once, without lookups that name none; ``previous`` the earlier
    versions of records that have some, by record, the newest first. None means that nobody could
    look. In a second look at records that were handed on, rules that return a record are left out:
    it has gone.
    """

    body: str
    divisions: frozenset[str]
    now: datetime
    parents: Mapping[Lookup, ParentState] | None = None
    grace_over: frozenset[int] = field(default_factory=frozenset)
    one_file: bool = False
    waivers: tuple[Waiver, ...] = ()
    related: Mapping[Lookup, Sequence[Neighbour]] | None = None
    previous: Mapping[int, Sequence[Neighbour]] | None = None
    second_look: bool = False


def wall_time(moment: datetime) -> datetime:
    """A time as records write it: wall time of the record zone, without zone, whole seconds."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(RECORD_ZONE).replace(tzinfo=None)
    return moment.replace(microsecond=0)
