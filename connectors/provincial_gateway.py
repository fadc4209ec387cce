"""Target: a provincial gateway over HTTP, one service per table, JSON in UTF-8.

The protocol, as the province's side has to speak it (``{base}`` is the stored connection's URL):

Write — ``POST {base}/{TABLE}``::

    {"batch": "<64 hex>", "rows": [{"DFSJZJ": "…", "SJYXBS": "1", "SJSCZT": "0", …}, …]}

  Each row holds every column of the table except LSH and SBYY; values are text or null. ``batch``
  is the SHA-256 of the table and the rows, so the same rows always make the same batch; it is also
  sent as header ``Idempotency-Key``. The gateway need not look at it: nothing here relies on it.
  Answer 200, one result per row, in order::

    {"results": [{"code": 0, "LSH": "<32 characters>"|null, "message": "成功"}, …]}

  ``code`` 0: written. 4xx (400, 409, 422): this row is refused for good, ``message`` says why.
  Any other code: this row was not written, it may be sent again later.

Query — ``POST {base}/{TABLE}/query`` by business key and validity, or by serial number::

    {"keys": [{"XZQHDM": "…", "GCDM": "…", "SJYXBS": "1"}, {"LSH": "…"}, …]}

  Answer 200: for each key, in order, all rows with it, oldest first, every column of the table::

    {"results": [[{"LSH": "…", "SJSCZT": "2", "SBYY": "…", "DFSJZJ": "…", …}, …], [], …]}

Answers other than 200 hold for the whole request. 400, 413 and 422 refuse the content (the rows are
then sent one by one, so that a poisonous row harms no other). 401, 403, 404 and 405 need a person.
425, 429 and 503 mean that nothing was written: later, after ``Retry-After`` seconds where given.
Any other status, a timeout or a connection broken after the request went out says nothing about
whether the rows were written: the outcome is unknown until asked for.

Each request is signed by the strategy named in the upstream file (``connectors.signers``) over
method, path, body and time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.base import (
    Found,
    Holds,
    Outgoing,
    SendResult,
    StopError,
    Target,
    TryLaterError,
    UpstreamVerdict,
    do_nothing,
)
from connectors.connections import Connections
from connectors.content import (
    UpstreamRow,
    address_of,
    found,
    found_among,
    missing_prior,
    verdict,
    verdict_of,
)
from connectors.provincial_rows import RECEIVERS
from connectors.signed_services import (
    NotSentError,
    RefusedContentError,
    SignedServices,
    UnknownError,
)
from connectors.signers import Keys, Signer, signer_named, stored_keys
from connectors.upstream import UpstreamFileError, Way
from connectors.upstream_reading import UpstreamReading
from schemas import Standard, Table

_OPTIONS = {"signer", "app_key", "batch_rows", "connect_seconds", "answer_seconds"}
_ROW_REFUSED = {400, 409, 422}


def open_target(way: Way, _standard: Standard, connections: Connections) -> ProvincialGateway:
    """The gateway of one version; raises StopError when file, connection or keys are wrong."""
    options = dict(way.options)
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        raise UpstreamFileError(
            f'targets."{way.standard}".{unknown[0]}: a provincial_gateway only knows '
            f"{', '.join(sorted(_OPTIONS))}"
        )
    signer = options.pop("signer", "none")
    keys = stored_keys(signer, options.pop("app_key", ""), way.connection, connections)
    return ProvincialGateway(connections.url(way.connection), signer_named(signer), keys, **options)


class ProvincialGateway(Target, UpstreamReading):
    """The services of one version. ``clock`` gives the time that requests are signed with.

    ``batch_rows`` are sent at once; ``connect_seconds`` and ``answer_seconds`` limit the waits.
    """

    def __init__(
        self,
        url: str,
        signer: Signer,
        keys: Keys,
        *,
        batch_rows: int = 100,
        connect_seconds: float = 5,
        answer_seconds: float = 30,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._services = SignedServices(
            url, signer, keys, waits=(connect_seconds, answer_seconds), clock=clock
        )
        self._batch_rows = batch_rows

    def send(
        self, table: Table, rows: Sequence[Outgoing], *, holds: Holds = do_nothing
    ) -> list[SendResult]:
        """In batches; rows that may be there already are asked for first. See ``Target.send``.

        The gateway has no transactions: that only one sender sends a row at a time is the
        outbox's business, and ``holds`` is asked before each request that writes.
        """
        results: dict[int, SendResult] = {}
        doubtful = [row for row in rows if row.tried or row.prior]
        for row, there in zip(doubtful, self._same(table, doubtful), strict=True):
            if len(there) > row.prior:
                results[row.delivery] = SendResult(row.delivery, "already", there[row.prior].lsh)
            elif len(there) < row.prior:
                results[row.delivery] = missing_prior(row, len(there))
        left = [row for row in rows if row.delivery not in results]
        sent_any = False
        for start in range(0, len(left), self._batch_rows):
            batch = left[start : start + self._batch_rows]
            try:
                for result in self._send_batch(table, batch, holds):
                    results[result.delivery] = result
                sent_any = True
            except (TryLaterError, StopError) as error:
                if not sent_any:
                    raise
                for row in left[start:]:
                    results[row.delivery] = SendResult(row.delivery, "retry", reason=str(error))
                break
        return [results[row.delivery] for row in rows]

    def ask(self, table: Table, rows: Sequence[Outgoing]) -> list[Found]:
        """By business key, validity and content."""
        return [found(row, same) for row, same in zip(rows, self._same(table, rows), strict=True)]

    def verdicts(self, table: Table, rows: Sequence[Outgoing]) -> list[UpstreamVerdict]:
        """By serial number where it is known, else by business key, validity and content."""
        keys = [{"LSH": row.lsh} if row.lsh else address_of(table, row.values) for row in rows]
        verdicts = []
        for row, present in zip(rows, self._query(table, keys), strict=True):
            if not row.lsh:
                verdicts.append(verdict(row, found_among(table, row, present)))
            elif present:
                verdicts.append(verdict_of(row, present[0]))
            else:
                verdicts.append(UpstreamVerdict(row.delivery, None, row.lsh, None))
        return verdicts

    def by_serial(self, table: Table, serials: Sequence[str]) -> dict[str, UpstreamRow]:
        """By the query service."""
        present = self._query(table, [{"LSH": serial} for serial in serials])
        return {serial: rows[0] for serial, rows in zip(serials, present, strict=True) if rows}

    def sum(self, table: Table, serials: Sequence[str]) -> None:
        """The services make no digests."""

    def serials(self, table: Table, divisions: Collection[str]) -> None:
        """The services give no lists: what others wrote there cannot be seen."""

    def close(self) -> None:
        """Closes the connections."""
        self._services.close()

    def _send_batch(self, table: Table, rows: Sequence[Outgoing], holds: Holds) -> list[SendResult]:
        """One request; when its content is refused, each half by itself."""
        written = [_written(table, row) for row in rows]
        batch = hashlib.sha256(
            json.dumps([table.code, written], ensure_ascii=False, sort_keys=True).encode()
        ).hexdigest()
        holds()
        try:
            answer = self._services.post(table, "", {"batch": batch, "rows": written}, batch)
            return _results(rows, answer)
        except NotSentError as error:
            raise TryLaterError(str(error), table=table.code) from None
        except UnknownError as error:
            return [SendResult(row.delivery, "unknown", reason=str(error)) for row in rows]
        except RefusedContentError as error:
            if len(rows) == 1:
                return [SendResult(rows[0].delivery, "refused", reason=str(error))]
        middle = len(rows) // 2
        results = self._send_batch(table, rows[:middle], holds)
        try:
            return results + self._send_batch(table, rows[middle:], holds)
        except (TryLaterError, StopError) as error:
            left = rows[middle:]
            return results + [SendResult(r.delivery, "retry", reason=str(error)) for r in left]

    def _same(self, table: Table, rows: Sequence[Outgoing]) -> list[list[UpstreamRow]]:
        present = self._query(table, [address_of(table, row.values) for row in rows])
        return [found_among(table, row, there) for row, there in zip(rows, present, strict=True)]

    def _query(
        self, table: Table, keys: Sequence[Mapping[str, str | None]]
    ) -> list[list[UpstreamRow]]:
        """The rows under each key. A query changes nothing: whatever fails means later."""
        present: list[list[UpstreamRow]] = []
        for start in range(0, len(keys), self._batch_rows):
            part = keys[start : start + self._batch_rows]
            try:
                answer = self._services.post(table, "/query", {"keys": part})
                present += [
                    [UpstreamRow.of(table, _texts(row)) for row in rows]
                    for _, rows in zip(part, answer["results"], strict=True)
                ]
            except (NotSentError, UnknownError, RefusedContentError) as error:
                raise TryLaterError(f"上级查询接口：{error}", table=table.code) from None
            except (KeyError, TypeError, ValueError, AttributeError):
                raise TryLaterError("上级查询接口的答复格式不符", table=table.code) from None
        return present


def _written(table: Table, row: Outgoing) -> dict[str, str | None]:
    return {code: row.values.get(code) for code in table.columns if code not in RECEIVERS}


def _texts(row: Mapping[str, Any]) -> dict[str, str | None]:
    return {code: None if value is None else str(value) for code, value in row.items()}


def _results(rows: Sequence[Outgoing], answer: Any) -> list[SendResult]:
    """One result per row; an answer that does not fit leaves all of them unknown."""
    try:
        return [_result(row, got) for row, got in zip(rows, answer["results"], strict=True)]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UnknownError("上级接口的答复格式不符") from None


def _result(row: Outgoing, result: Mapping[str, Any]) -> SendResult:
    code = int(result["code"])
    message = str(result.get("message") or "")[:500]
    if code == 0:
        return SendResult(row.delivery, "sent", result.get("LSH") or None)
    if code in _ROW_REFUSED:
        return SendResult(row.delivery, "refused", reason=message or f"上级接口拒绝（{code}）")
    return SendResult(row.delivery, "retry", reason=f"{code} {message}")
