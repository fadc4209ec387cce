"""A story told faster: the same events, in the same order, within a span of minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from schemas.sample.draft import SECOND
from schemas.sample.life.tale import Event
from schemas.standard import Field, Standard

_NEVER = "9999-01-01"
_SECOND = timedelta(seconds=1)


class SpanTooShortError(ValueError):
    """The span has fewer seconds than the story has different moments; the message gives both."""


def retime(
    standard: Standard, events: Sequence[Event], start: datetime, span: timedelta
) -> list[Event]:
    """The events between ``start`` and ``start + span``, each moment in a second of its own.

    All different moments of the story (of events, and of time columns up to the last event) are
    spread evenly in whole seconds and keep their order strictly; the same moment stays the same
    everywhere. Day columns move by as many days as their event, so that orders and terms within
    a row stay; 9999-01-01 stays. Times after the last event (there are none in stories) move as
    days do. No business time comes to lie after its event. Numbers that contain a date keep it.
    Raises SpanTooShortError.
    """
    if not events:
        return []
    moments = _moments(standard, events)
    room = int(span.total_seconds())
    if room < len(moments) - 1:
        raise SpanTooShortError(
            f"{len(moments)} different moments need {len(moments) - 1} seconds, the span has {room}"
        )
    step = max(1, len(moments) - 1)
    new = {moment: start + number * room // step * _SECOND for number, moment in enumerate(moments)}
    return [Event(new[event.at], event.table, _row(standard, event, new)) for event in events]


def least_span(standard: Standard, events: Sequence[Event]) -> timedelta:
    """The shortest span into which ``retime`` can bring these events."""
    return timedelta(seconds=max(0, len(_moments(standard, events)) - 1))


def _moments(standard: Standard, events: Sequence[Event]) -> list[datetime]:
    last = max(event.at for event in events)
    found = {event.at for event in events}
    for event in events:
        for _, text in _cells(standard, event, "datetime"):
            found.add(datetime.strptime(text, SECOND))
    return sorted(moment for moment in found if moment <= last)


def _row(
    standard: Standard, event: Event, new: Mapping[datetime, datetime]
) -> dict[str, str | None]:
    moved = new[event.at].date() - event.at.date()
    record = dict(event.record)
    for field, text in _cells(standard, event, "date"):
        if text != _NEVER:
            record[field.code] = (date.fromisoformat(text) + moved).isoformat()
    for field, text in _cells(standard, event, "datetime"):
        moment = datetime.strptime(text, SECOND)
        record[field.code] = new.get(moment, moment + moved).strftime(SECOND)
    return record


def _cells(standard: Standard, event: Event, sort: str) -> list[tuple[Field, str]]:
    return [
        (field, text)
        for field in standard.table(event.table).fields
        if field.type == sort and (text := event.record.get(field.code))
    ]
