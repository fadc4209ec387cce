"""One poisonous row must not stop the others: a call that breaks is repeated on smaller parts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import psycopg

from connectors.base import ConnectorError, Outgoing

LOG = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def piecewise(
    call: Callable[[Sequence[Outgoing]], Sequence[Answer]], rows: Sequence[Outgoing]
) -> tuple[dict[int, Answer], dict[int, str]]:
    """The answers by delivery, and for each delivery that breaks the call by itself, the error.

    What the connector says in its own errors is passed on: it is about the way, not about a row.
    So is the loss of the store, which makes the rows somebody else's.
    Rows of a call that broke may have been written, so they go again as tried.
    """
    try:
        answers = call(rows)
        return {row.delivery: one for row, one in zip(rows, answers, strict=True)}, {}
    except (ConnectorError, psycopg.OperationalError):
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        if len(rows) == 1:
            LOG.exception("delivery %s breaks the way up", rows[0].delivery)
            return {}, {rows[0].delivery: text}
        LOG.warning("%s deliveries break the way up, tried in halves: %s", len(rows), text)
    tried = [replace(row, tried=True) for row in rows]
    middle = len(tried) // 2
    good, bad = piecewise(call, tried[:middle])
    more, worse = piecewise(call, tried[middle:])
    return good | more, bad | worse
