"""Checks the signature of a request to the province's HTTP services (HMAC with SHA-256).

Headers ``X-App-Key``, ``X-Timestamp`` (seconds since 1970), ``X-Nonce`` and ``X-Signature``: the
hex HMAC-SHA256, keyed with the shared secret, of method, path, time, nonce and the SHA-256 of the
body, joined by line feeds. A request more than five minutes off the province's clock is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

_OFF_SECONDS = 300


def complaint(
    method: str, path: str, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
) -> str | None:
    """What is wrong with the signature, in Chinese for the caller; None when it is right."""
    given = headers.get("x-signature", "")
    time = headers.get("x-timestamp", "")
    if not given or not time.isdigit():
        return "缺少签名或时间戳"
    if abs(now.timestamp() - int(time)) > _OFF_SECONDS:
        return "时间戳超出允许范围"
    content = hashlib.sha256(body).hexdigest()
    text = "\n".join([method.upper(), path, time, headers.get("x-nonce", ""), content])
    right = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return None if hmac.compare_digest(right, given.lower()) else "签名不符"
