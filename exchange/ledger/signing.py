"""Sign what leaves the house, so that an outsider can check it with the public key alone.

SM2 with SM3 (GB/T 32918), identity ``1234567812345678`` as GM/T 0009 gives it when none is agreed
on. The key pair is made by `exchange init` and kept in a file of mode 0600; it never leaves it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.errors import StopError
from exchange.store.passwords import write_private

ALGORITHM = "SM2-SM3"
SIGNER = b"1234567812345678"
_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
"""What stands before the 64 bytes of an SM2 point in a public key file (RFC 5280)."""


class NoSigningKeyError(StopError):
    """There is no key to sign with at {path}.

    Run `exchange init`, which makes one, or put the file of the other machines there.
    """


class BadSigningKeyError(StopError):
    """The signing key at {path} cannot be used: {why}

    It is a TOML file of mode 0600 with public and private, in hex, as `exchange init` makes it.
    """


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An SM2 key pair; ``public`` is the point without its leading 04, 64 bytes."""

    public: bytes
    private: bytes = field(repr=False)

    def sign(self, text: str) -> dict[str, str]:
        """The signature over the UTF-8 of a text, with what is needed to check it."""
        from gmssl_pyx import sm2_sign

        signature = sm2_sign(self.private, self.public, text.encode(), SIGNER)
        return {
            "algorithm": ALGORITHM,
            "key": fingerprint(self.public),
            "public_key": self.public.hex(),
            "value": base64.b64encode(signature).decode(),
        }

    def public_pem(self) -> str:
        """The public key as a PEM file, for openssl and the like."""
        packed = base64.encodebytes(_SPKI + self.public).decode()
        return f"-----BEGIN PUBLIC KEY-----\n{packed}-----END PUBLIC KEY-----\n"


def fingerprint(public: bytes) -> str:
    """A public key's short name: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def canonical(content: Mapping[str, Any]) -> str:
    """The text that is signed: JSON, names in order, no blanks, no escapes but the needed."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_signed(text: str, signature: Mapping[str, Any], *, by: str | None = None) -> bool:
    """Whether a signature is one over this text, by the key with the fingerprint ``by`` if given.

    Without ``by`` it only shows that the file is whole: anybody can sign with a key of his own.
    """
    from gmssl_pyx import sm2_verify

    try:
        public = bytes.fromhex(signature["public_key"])
        value = base64.b64decode(signature["value"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        return False
    if signature.get("algorithm") != ALGORITHM or fingerprint(public) != signature.get("key"):
        return False
    if by is not None and fingerprint(public) != by:
        return False
    try:
        return bool(sm2_verify(public, text.encode(), value, SIGNER))
    except Exception:  # noqa: BLE001  a malformed signature is none, whatever the library calls it
        return False


def make_key(path: Path) -> bool:
    """Make a key pair at ``path`` if there is no file; returns whether one was made."""
    from gmssl_pyx import sm2_key_generate

    if path.exists():
        return False
    public, private = sm2_key_generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, f'public = "{public.hex()}"\nprivate = "{private.hex()}"\n')
    return True


def read_key(path: Path) -> SigningKey:
    """The key pair at ``path``; raises NoSigningKeyError and BadSigningKeyError."""
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise NoSigningKeyError(path=path) from None
    if mode & 0o077:
        raise BadSigningKeyError(path=path, why=f"others may read it (mode {mode:04o}).")
    try:
        content = tomllib.loads(text)
        key = SigningKey(bytes.fromhex(content["public"]), bytes.fromhex(content["private"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError):
        raise BadSigningKeyError(path=path, why="it is not such a file.") from None
    if len(key.public) != 64 or len(key.private) != 32:  # noqa: PLR2004  bytes of SM2
        raise BadSigningKeyError(path=path, why="its keys are not SM2's.")
    return key
