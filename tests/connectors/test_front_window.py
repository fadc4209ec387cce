"""The mark of a pull: digests of spans, widening, settling, and JSON there and back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from connectors.front_window import Digest, Stretch, Window, row_hash

T = datetime.fromisoformat("2026-01-02 03:04:05")
SECOND = timedelta(seconds=1)
OVERLAP = timedelta(seconds=600)


def taken(moments: list[datetime], clock: datetime = T + 3600 * SECOND) -> Window:
    """A window that delivered one row at each moment."""
    window = Window(OVERLAP)
    for number, moment in enumerate(moments):
        window.take(moment, row_hash([str(number)]), clock)
        window.tidy()
    return window


def test_hashes_tell_rows_apart() -> None:
    """NULL, empty text and shifted cells give different hashes, half characters no error."""
    rows: list[list[str | None]] = [[None, "a"], ["", "a"], ["a", None], ["a", ""], ["\ud800", "a"]]
    assert len({row_hash(row) for row in rows}) == len(rows)


def test_digests_do_not_depend_on_order() -> None:
    """A span's digest is the same whatever order its rows come in, and sees a row twice."""
    one, two = Digest.of(row_hash(["1"])), Digest.of(row_hash(["2"]))
    assert one + two == two + one
    assert one + one != one


def test_only_changed_spans_are_read() -> None:
    """A plan reads spans that are new or changed, neighbours in one stretch, then the tail."""
    window = taken([T, T + SECOND, T + 5 * SECOND])
    found = dict(window.spans)
    window.plan(found, tail=False)
    assert window.todo == []
    first = window.span_of(T)
    found[first] += Digest.of(9)
    found[first + 1] += Digest.of(9)
    found[first + 3] = Digest.of(9)
    window.plan(found, tail=True)
    assert window.todo == [
        Stretch(T, T + 2 * SECOND),
        Stretch(T + 3 * SECOND, T + 4 * SECOND),
        Stretch(T + 6 * SECOND, None),
    ]


def test_spans_widen_and_stay_few() -> None:
    """Thousands of busy seconds make no large mark, and widened digests still compare."""
    moments = [T + n * SECOND for n in range(2000)]
    window = taken(moments)
    assert len(window.spans) <= 301
    assert window.width > 1
    assert len(json.dumps(window.to_mark())) < 15_000
    found: dict[int, Digest] = {}
    for number, moment in enumerate(moments):
        if moment >= window.look_back(OVERLAP):
            span = window.span_of(moment)
            found[span] = found.get(span, Digest()) + Digest.of(row_hash([str(number)]))
    window.plan(found, tail=False)
    assert len(window.todo) <= 1, "at most the oldest span, of which a part was forgotten"


def test_a_clock_ahead_does_not_move_the_position() -> None:
    """A row stamped in the future leaves the position at the source's own clock."""
    window = taken([T + 7200 * SECOND], clock=T)
    assert window.position == T
    assert window.horizon == window.span_of(T + 7200 * SECOND)


def test_settled_only_after_a_look() -> None:
    """The overlap is closed when nothing moved for its length and it was looked through then."""
    window = taken([T], clock=T)
    assert not window.settled(None)
    assert not window.settled(T + OVERLAP - SECOND)
    assert window.settled(T + OVERLAP)


def test_marks_there_and_back() -> None:
    """The state survives JSON; a mark that a queue or a log left begins anew."""
    window = taken([T, T + SECOND])
    window.todo = [Stretch(), Stretch(T, None), Stretch(undated=True)]
    window.after = ("2026-01-02 03:04:05", "1", "7")
    window.undated = "2:9"
    again = Window.from_mark(json.loads(json.dumps(window.to_mark())), OVERLAP)
    assert again == window
    assert Window.from_mark(None, OVERLAP) == Window(OVERLAP)
    assert Window.from_mark({"fed": True}, OVERLAP) == Window(OVERLAP)
