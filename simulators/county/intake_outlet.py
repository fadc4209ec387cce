"""Delivery by calling the city's intake interface: one request per table, repeated until taken."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from operator import attrgetter

import requests

from simulators.county.journal import Batch, Record
from simulators.county.outlet import AwayError, Outlet, UnstorableError

_TIMEOUT_SECONDS = (3, 20)
_TAKEN = 200
_NEVER = frozenset({400, 404, 409, 413, 422})


class IntakeOutlet(Outlet):
    """Pushes rows with the body's token. The same batch always carries the same keys."""

    pace = 2.0

    def __init__(self, sender: str, url: str, token: str) -> None:
        """``sender`` is part of every idempotency key: one sender never numbers a batch twice."""
        self._sender = sender
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        self.receipts: list[str] = []

    def deliver(self, batch: Batch) -> bool:
        """Pushes table after table; what was taken already is answered with the first receipt."""
        self.receipts = []
        refused = []
        for number, (table, rows) in enumerate(_by_table(batch)):
            answer = self._push(batch, number, table, rows)
            if answer.status_code == _TAKEN:
                self.receipts.append(str(answer.json().get("receipt")))
            elif answer.status_code in _NEVER:
                refused.append(f"{table}: {answer.status_code} {answer.text[:200]}")
            else:
                raise AwayError(f"{table}: {answer.status_code} {answer.text[:200]}")
        if refused:
            raise UnstorableError("; ".join(refused))
        return True

    def arrived(self, batch: Batch) -> bool:  # noqa: ARG002 – only the keys can tell
        """Unknown to the body: the batch is pushed again with the same keys."""
        return False

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def _push(self, batch: Batch, number: int, table: str, rows: list[Record]) -> requests.Response:
        try:
            return self._session.post(
                f"{self._url}/v1/{batch.feed}/{table}",
                json={"rows": rows},
                headers={"Idempotency-Key": f"{self._sender}-{batch.feed}-{batch.id}-{number}"},
                timeout=_TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise AwayError(str(error)) from error


def _by_table(batch: Batch) -> Iterator[tuple[str, list[Record]]]:
    """The rows in their order, cut where the table changes."""
    for table, steps in itertools.groupby(batch.steps, key=attrgetter("table")):
        yield table, [step.record for step in steps]
