"""What polars can tell of a text exactly as Python would: regular expressions and known functions.

A pattern is handed to polars only when both read it alike; any other is left to Python. A function
over texts may have a *sure* form: where it is true the function is true, and where it is not the
function is asked.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.check_digits import USCC_ALPHABET, USCC_WEIGHTS
from validators.derived.texts import is_clean, is_readable
from validators.expression import Call, Text
from validators.identifiers import Sound

_PART = (
    r"[^\\\[\](){}|?*+.^$&~]"  # a letter that stands for itself
    r"|\\[.\-/*+?()\[\]{}|]|\."
    r"|\[\^?(?:[^\\\[\]&~^-]|\\[.\-/\]\[])(?:-?(?:[^\\\[\]&~^-]|\\[.\-/\]\[]))*-?\]"
    r"|\(\?:|\((?!\?)|\)|\|"
    r"|[?*+]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\}"
)
_PORTABLE = re.compile(rf"(?:{_PART})*")
_DOUBLED = re.compile(r"[?*+}][?*+]|--")


def whole(pattern: str) -> str | None:
    """The pattern for polars that holds where Python's ``fullmatch`` does; None if it has none."""
    inner = pattern
    if pattern.startswith("^") and pattern.endswith("$") and "|" not in pattern:
        inner = pattern[1:-1]
    return rf"\A(?:{inner})\z" if _is_portable(inner) else None


def part(pattern: str) -> str | None:
    """The pattern for polars that holds where Python's ``search`` does; None if it has none."""
    return pattern if _is_portable(pattern) else None


def _is_portable(pattern: str) -> bool:
    if _PORTABLE.fullmatch(pattern) is None or _DOUBLED.search(pattern):
        return False
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


def sure(call: Call) -> pl.Expr | None:
    """A form of a call on one text that is true only where the call is; None if none is known.

    It stands on a column of the field's code and is null where the text is.
    """
    match call:
        case Call(_, function, (Text(name),)) if function is is_readable:
            return ~pl.col(name).str.contains(_MAYBE_UNREADABLE)
        case Call(_, function, (Text(name),)) if function is is_clean:
            return ~pl.col(name).str.contains(_MAYBE_UNCLEAN)
        case Call(_, Sound("uscc"), (Text(name),)):
            return pl.col(name).map_batches(_surely_credit_code, return_dtype=pl.Boolean)
        case _:
            return None


_MAYBE_UNREADABLE = r"[\x00-\x1f\x7f\u{2400}\u{fffd}锟烫\u{a1}-\u{ff}+]"
_MAYBE_UNCLEAN = r"\A[=+@]|[\s\x1c-\x1f<\u{2600}-\u{27bf}\u{fe0f}\u{1f000}-\u{1faff}]"

_CREDIT_CODE_LENGTH = 18
_LETTERS = 10  # values of the alphabet from here on are no digits
_NO_LETTER = 1_000


@cache
def _credit_code_tables() -> npt.NDArray[np.int16]:
    """For each pair of characters of a credit code what they add to its sum, by both bytes."""
    weights = (*USCC_WEIGHTS, 1)
    tables = np.full((_CREDIT_CODE_LENGTH // 2, 1 << 16), _NO_LETTER, dtype=np.int16)
    digits = range(2, 8)
    for pair in range(_CREDIT_CODE_LENGTH // 2):
        for left, first in enumerate(USCC_ALPHABET):
            for right, second in enumerate(USCC_ALPHABET):
                if (2 * pair in digits and left >= _LETTERS) or (
                    2 * pair + 1 in digits and right >= _LETTERS
                ):
                    continue
                total = left * weights[2 * pair] + right * weights[2 * pair + 1]
                tables[pair, ord(first) | ord(second) << 8] = total % len(USCC_ALPHABET)
    return tables


def _surely_credit_code(texts: pl.Series) -> pl.Series:
    fit = texts.str.len_bytes() == _CREDIT_CODE_LENGTH
    if not fit.any():
        return fit
    empty, fit = texts.is_null(), fit.fill_null(value=False)
    every = bool(fit.all())
    pairs = _bytes(texts if every else texts.filter(fit)).reshape(-1, _CREDIT_CODE_LENGTH // 2)
    total = np.zeros(len(pairs), dtype=np.int16)
    for at, table in enumerate(_credit_code_tables()):
        total += table[pairs[:, at]]
    right = (total % len(USCC_ALPHABET) == 0) & (total < _NO_LETTER)
    if every:
        return pl.Series(right)
    told = np.zeros(len(texts), dtype=np.bool_)
    told[fit.to_numpy()] = right
    return pl.Series(told).set(empty, None)


def _bytes(texts: pl.Series) -> npt.NDArray[np.uint16]:
    """The bytes of all texts, one after the other, in pairs."""
    packed = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    bounds = np.frombuffer(packed.buffers()[1], dtype=np.int64)
    first, last = bounds[packed.offset], bounds[packed.offset + len(packed)]
    return np.frombuffer(packed.buffers()[2], dtype="<u2", count=(last - first) // 2, offset=first)
