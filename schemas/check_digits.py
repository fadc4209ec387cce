"""Check digits of the identifiers that records carry, computed by our own code.

Each function takes the characters before the check digit and returns it. The characters must be of
the identifier's alphabet; otherwise KeyError or ValueError comes up, so check the form first.
"""

from __future__ import annotations

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: digits and capitals without I, O, S, V, Z."""

_USCC = {character: value for value, character in enumerate(USCC_ALPHABET)}
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def uscc(body: str) -> str:
    """The last character of a 统一社会信用代码 from its first 17 (GB 32100, modulo 31)."""
    total = sum(_USCC[c] * weight for c, weight in zip(body, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def organisation(body: str) -> str:
    """The last character of an 组织机构代码 from its first 8 (GB 11714, modulo 11)."""
    total = sum(int(c, 36) * weight for c, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def resident(body: str) -> str:
    """The last character of a 公民身份号码 from its first 17 (GB 11643, MOD 11-2)."""
    total = sum(int(c) * weight for c, weight in zip(body, _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def mod_11_10(digits: str) -> str:
    """ISO 7064 MOD 11,10: the last digit of an investment project code, hyphens left out."""
    rest = 10
    for digit in digits:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)


def mod_37_36(text: str) -> str:
    """ISO 7064 MOD 37,36: the last character of an electronic certificate's identifier."""
    rest = 36
    for character in text:
        rest = ((rest + _BASE36.index(character)) % 36 or 36) * 2 % 37
    return _BASE36[(37 - rest) % 36]
