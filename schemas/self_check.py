"""The self-check code (自查码): a body has judged its data before it sent them, and with what.

``ZC1-<rules>-<passed>-<failed>-<file>-<rows>-<check>``: the first eight signs of the ruleset's
hash, how many records would be handed on and how many returned, twelve signs each of the file's
SHA-256 and of a digest over the rows, and eight signs over all. A file is recognised by its bytes;
rows that come over an interface are recognised whatever file they were in and in whatever order.

Of a document too long to be held, only the file is recognised: its code has zeros for the rows.

The code proves no identity: it says what was judged, so that both sides speak of the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.standard import Table

_CODE = re.compile(
    r"ZC1-(?P<rules>[0-9a-f]{8})-(?P<passed>[0-9]{1,9})-(?P<failed>[0-9]{1,9})"
    r"-(?P<file>[0-9a-f]{12})-(?P<rows>[0-9a-f]{12})-(?P<check>[0-9a-f]{8})"
)
NO_ROWS = "0" * 64
"""Instead of a digest of rows, where there is none."""

_CELL, _NOTHING = "\x1f", ""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What a code says. ``file`` and ``rows`` are the beginnings of the two digests."""

    rules: str
    passed: int
    failed: int
    file: str
    rows: str

    @classmethod
    def of(cls, *, ruleset: str, passed: int, failed: int, sha256: str, rows: str) -> SelfCheck:
        """From whole hashes."""
        return cls(ruleset[:8], passed, failed, sha256[:12], rows[:12])

    @classmethod
    def read(cls, code: str) -> SelfCheck | None:
        """What a code says; None for a text that is none, or that was mistyped."""
        found = _CODE.fullmatch(code.strip())
        if found is None:
            return None
        read = cls(
            found["rules"], int(found["passed"]), int(found["failed"]), found["file"], found["rows"]
        )
        return read if read.code == code.strip() else None

    @property
    def code(self) -> str:
        """The code itself."""
        body = f"ZC1-{self.rules}-{self.passed}-{self.failed}-{self.file}-{self.rows}"
        return f"{body}-{hashlib.sha256(body.encode()).hexdigest()[:8]}"

    def is_of_file(self, sha256: str) -> bool:
        """Whether this file was judged."""
        return sha256.startswith(self.file)

    def is_of_rows(self, digest: str) -> bool:
        """Whether these rows were judged (``rows_digest``)."""
        return digest.startswith(self.rows)


def rows_digest(table: Table, rows: Iterable[Mapping[str, str | None]]) -> str:
    """A SHA-256 over the cells that the sender fills, the same in whatever order the rows come."""
    columns = [field.code for field in table.fields if not field.receiver]
    each = sorted(
        hashlib.sha256(
            _CELL.join(row.get(column) or _NOTHING for column in columns).encode("utf-8", "replace")
        ).digest()
        for row in rows
    )
    return hashlib.sha256(b"".join([table.code.encode(), *each])).hexdigest()
