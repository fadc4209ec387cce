"""How requests to a gateway are signed: one strategy per kind of gateway seen in service.

A strategy is a pure function of the request, the time, a nonce and the stored keys; it gives the
headers to add. Gateways differ in small things; where one needs another form it gets a strategy of
its own here. Certified modules (密码机) are one more strategy when a deployment has one.

==============  ====================================================================================
none            nothing
digest-concat   hex digest of app key + secret + time in milliseconds
hmac-sha256     HMAC over method, path, time in seconds, nonce and SHA-256 of the body, by line feed
sorted-params   SHA-256 over the sorted parameters ``a=…&b=…&key=<secret>``, in capitals
sm2             SM2 signature (Base64 of ASN.1) over the same text as hmac-sha256
==============  ====================================================================================
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.base import StopError
from connectors.connections import Connections

SM2_SIGNER = b"1234567812345678"
"""The signer's identity that GM/T 0009 gives when none is agreed on."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed: ``path`` begins with a slash and has no host."""

    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """What a strategy signs with; ``secret`` is a password, or for SM2 the private key in hex."""

    app_key: str = ""
    secret: str = ""
    public_key: str = ""

    def __repr__(self) -> str:
        return f"Keys(app_key={self.app_key!r})"


Signer = Callable[[Request, datetime, str, Keys], dict[str, str]]


def sign_not(_request: Request, _now: datetime, _nonce: str, _keys: Keys) -> dict[str, str]:
    """No signature."""
    return {}


def sign_digest(_request: Request, now: datetime, _nonce: str, keys: Keys) -> dict[str, str]:
    """The digest of key, secret and time; it protects neither body nor path."""
    time = str(int(now.timestamp() * 1000))
    text = keys.app_key + keys.secret + time
    return {
        "X-App-Key": keys.app_key,
        "X-Timestamp": time,
        "X-Signature": hashlib.sha256(text.encode()).hexdigest(),
    }


def sign_hmac(request: Request, now: datetime, nonce: str, keys: Keys) -> dict[str, str]:
    """HMAC-SHA256 over the whole request."""
    time = str(int(now.timestamp()))
    text = _signed_text(request, time, nonce)
    signature = hmac.new(keys.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return _headers(keys, time, nonce, signature)


def sign_sorted(request: Request, now: datetime, nonce: str, keys: Keys) -> dict[str, str]:
    """The digest of the sorted parameters, the body among them as its own digest."""
    time = str(int(now.timestamp()))
    parameters = {
        "appKey": keys.app_key,
        "body": hashlib.sha256(request.body).hexdigest(),
        "nonce": nonce,
        "path": request.path,
        "timestamp": time,
    }
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    digest = hashlib.sha256(f"{text}&key={keys.secret}".encode()).hexdigest().upper()
    return _headers(keys, time, nonce, digest)


def sign_sm2(request: Request, now: datetime, nonce: str, keys: Keys) -> dict[str, str]:
    """SM2 with SM3 (GB/T 32918) over the whole request; every signature is a different one."""
    from gmssl_pyx import sm2_sign

    time = str(int(now.timestamp()))
    text = _signed_text(request, time, nonce)
    signature = sm2_sign(
        bytes.fromhex(keys.secret), bytes.fromhex(keys.public_key), text.encode(), SM2_SIGNER
    )
    return _headers(keys, time, nonce, base64.b64encode(signature).decode())


SIGNERS: Mapping[str, Signer] = {
    "none": sign_not,
    "digest-concat": sign_digest,
    "hmac-sha256": sign_hmac,
    "sorted-params": sign_sorted,
    "sm2": sign_sm2,
}


def signer_named(name: str) -> Signer:
    """The strategy of this name; raises StopError naming those there are."""
    try:
        return SIGNERS[name]
    except KeyError:
        raise StopError(f"no signer {name!r}; there are: {', '.join(SIGNERS)}") from None


def stored_keys(name: str, app_key: str, connection: str, connections: Connections) -> Keys:
    """The keys that a strategy needs, from the entries stored beside a connection."""
    if name == "none":
        return Keys()
    return Keys(
        app_key=app_key,
        secret=connections.entry(connection, "secret"),
        public_key=connections.entry(connection, "public_key") if name == "sm2" else "",
    )


def _signed_text(request: Request, time: str, nonce: str) -> str:
    content = hashlib.sha256(request.body).hexdigest()
    return f"{request.method.upper()}\n{request.path}\n{time}\n{nonce}\n{content}"


def _headers(keys: Keys, time: str, nonce: str, signature: str) -> dict[str, str]:
    return {
        "X-App-Key": keys.app_key,
        "X-Timestamp": time,
        "X-Nonce": nonce,
        "X-Signature": signature,
    }
