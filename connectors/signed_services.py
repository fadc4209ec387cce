"""Signed JSON requests to a gateway's services, and what an answer or its absence means.

The protocol is written down in ``connectors.provincial_gateway``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from connectors.base import StopError, TryLaterError
from connectors.signers import Keys, Request, Signer
from schemas import Table

_CONTENT_REFUSED = {400, 413, 422}
_FOR_A_PERSON = {401, 403, 404, 405}
_LATER = {425, 429, 503}
_OK = 200


class NotSentError(Exception):
    """The request surely did not reach the gateway; the message is for people."""


class UnknownError(Exception):
    """The request went out and nothing certain came back; the message is for people."""


class RefusedContentError(Exception):
    """The gateway refuses the content of the request as a whole."""


class SignedServices:
    """The services under one address. ``waits`` are the seconds to connect and to be answered.

    ``clock`` gives the time that requests are signed with. Nothing is ever sent twice from here.
    """

    def __init__(
        self,
        url: str,
        signer: Signer,
        keys: Keys,
        *,
        waits: tuple[float, float],
        clock: Callable[[], datetime],
    ) -> None:
        self._base = url.rstrip("/")
        self._signer = signer
        self._keys = keys
        self._waits = waits
        self._clock = clock
        self._session = requests.Session()
        # The address is stored explicitly: no proxy or password file of the account is consulted.
        self._session.trust_env = False

    def post(self, table: Table, tail: str, content: Any, batch: str | None = None) -> Any:
        """One signed request and the JSON that comes back.

        Raises NotSentError, UnknownError, RefusedContentError, TryLaterError or StopError.
        """
        url = f"{self._base}/{table.code}{tail}"
        body = json.dumps(content, ensure_ascii=False).encode()
        request = Request("POST", urlsplit(url).path, body)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers |= self._signer(request, self._clock(), secrets.token_hex(16), self._keys)
        if batch is not None:
            headers["Idempotency-Key"] = batch
        try:
            answer = self._session.post(
                url, data=body, headers=headers, timeout=self._waits, allow_redirects=False
            )
        except requests.RequestException as error:
            reason = f"上级接口无法连接或未答复（{type(error).__name__}）"
            raise (NotSentError if _surely_not_sent(error) else UnknownError)(reason) from None
        return _content(table, answer)

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()


def _surely_not_sent(error: requests.RequestException) -> bool:
    """Whether no connection was ever made, so that nothing can have arrived."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(
        cause.reason, NewConnectionError | NameResolutionError
    )


def _content(table: Table, answer: requests.Response) -> Any:
    """The JSON of an answer; see the protocol for what the statuses mean."""
    status = answer.status_code
    said = f"上级接口答复 {status}：{answer.text[:200]}"
    if status in _CONTENT_REFUSED:
        raise RefusedContentError(said)
    if status in _FOR_A_PERSON:
        raise StopError(said, table=table.code)
    if status in _LATER:
        error = TryLaterError(said, table=table.code)
        wait = answer.headers.get("Retry-After", "")
        error.wait_seconds = float(wait) if wait.isdigit() else None
        raise error
    if status != _OK:
        raise UnknownError(said)
    try:
        return answer.json()
    except ValueError:
        raise UnknownError("上级接口的答复不是 JSON") from None
