"""Signatures against golden vectors; SM2 against the published vector and a second library."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import gmalg
import pytest
from gmssl_pyx import sm2_verify

from connectors.base import StopError
from connectors.connections import Connections
from connectors.signers import SIGNERS, SM2_SIGNER, Keys, Request, signer_named, stored_keys

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
REQUEST = Request("POST", "/api/SPGL_XMJBXXB", '{"rows":[{"XMMC":"襄城"}]}'.encode())
KEYS = Keys(app_key="420600", secret="s3cret")
NONCE = "0123456789abcdef"
SM2_SECRET = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
SM2_PUBLIC = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
"""The key pair of GB/T 32918.5, annex A."""

SIGNED_TEXT = (
    "POST\n/api/SPGL_XMJBXXB\n1767323045\n0123456789abcdef\n"
    "9e8a04519fb1ac30d3b67e648ad1a6212089eebc8cbecd4ed74d54b75ca07452"
)

GOLDEN = {
    "none": None,
    "digest-concat": "d915e07e50e5edbcccf0a90cc40eb6e0d68c697da88e244236217f60a69ddba4",
    "hmac-sha256": "60004d82780b5581aafbe1a293c5ef0c1b1d7065ed76cc606cb52118c4ba9809",
    "sorted-params": "E21F968A4E9E42D3466741697E81B7274E3247099D9127D6F66065C4940903DB",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    """The same request at the same time gives the signature that was computed by hand."""
    headers = SIGNERS[name](REQUEST, NOW, NONCE, KEYS)
    assert headers.get("X-Signature") == GOLDEN[name]
    assert "s3cret" not in str(headers)
    later = SIGNERS[name](REQUEST, NOW + timedelta(seconds=1), NONCE, KEYS)
    assert (later == headers) == (name == "none")


def test_sm2_is_understood_by_a_second_library() -> None:
    """What gmssl-pyx signs, gmalg verifies, and not for another text."""
    keys = Keys("420600", SM2_SECRET, SM2_PUBLIC)
    headers = SIGNERS["sm2"](REQUEST, NOW, NONCE, keys)
    signature = base64.b64decode(headers["X-Signature"])
    text = SIGNED_TEXT.encode()
    r, s = _numbers(signature)
    verifier = gmalg.SM2(pk=b"\x04" + bytes.fromhex(SM2_PUBLIC), uid=SM2_SIGNER)
    assert verifier.verify(text, r, s)
    assert not verifier.verify(text + b"x", r, s)


def test_sm2_published_vector() -> None:
    """The signature printed in GB/T 32918.5, annex A.2, is right for both libraries."""
    r = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    s = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    verifier = gmalg.SM2(pk=b"\x04" + bytes.fromhex(SM2_PUBLIC), uid=SM2_SIGNER)
    assert verifier.verify(b"message digest", bytes.fromhex(r), bytes.fromhex(s))
    der = _der(bytes.fromhex(r)) + _der(bytes.fromhex(s))
    signature = b"\x30" + bytes([len(der)]) + der
    assert sm2_verify(bytes.fromhex(SM2_PUBLIC), b"message digest", signature, SM2_SIGNER)


def test_names_and_keys() -> None:
    """An unknown strategy is named with those there are; keys come from stored entries."""
    with pytest.raises(StopError, match="hmac-sha256"):
        signer_named("rot13")
    stored = Connections({"SPGL_CONN_P_SECRET": "s", "SPGL_CONN_P_PUBLIC_KEY": "p"})
    assert stored_keys("hmac-sha256", "a", "p", stored) == Keys("a", "s")
    assert stored_keys("sm2", "a", "p", stored) == Keys("a", "s", "p")
    assert stored_keys("none", "", "p", Connections({})) == Keys()
    with pytest.raises(StopError, match="SPGL_CONN_Q_SECRET"):
        stored_keys("hmac-sha256", "a", "q", stored)
    assert "s3cret" not in repr(KEYS)


def _numbers(signature: bytes) -> tuple[bytes, bytes]:
    """The two numbers of an ASN.1 signature, 32 bytes each."""
    first = signature[4 : 4 + signature[3]]
    second = signature[6 + signature[3] :]
    return first[-32:].rjust(32, b"\0"), second[-32:].rjust(32, b"\0")


def _der(number: bytes) -> bytes:
    padded = (b"\0" if number[0] > 127 else b"") + number
    return b"\x02" + bytes([len(padded)]) + padded
