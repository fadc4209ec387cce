"""The ways by which a notice reaches a body, each with proof of what was put where and when.

A channel may be asked to deliver the same notice again, when a run was killed before it could note
the proof; the body then finds the same files under the same names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from exchange.errors import TryLaterError
from exchange.store.documents import write_whole


class NotDeliveredError(TryLaterError):
    """The notice {number} could not be put into the channel of {body}: {why}

    It stays on the list and is tried again at the next round.
    """


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notice on its way: its number, to whom, and its files by name, in this order."""

    number: str
    body: str
    files: Mapping[str, bytes]


class Channel(Protocol):
    """A way to a body."""

    def deliver(self, parcel: Parcel, now: datetime) -> Mapping[str, Any]:
        """Bring the files to the body; returns the proof as JSON. Raises NotDeliveredError."""


@dataclass(frozen=True, slots=True)
class FolderChannel:
    """Puts the files into the body's folder, each whole, the one for programs last."""

    folder: Path

    def deliver(self, parcel: Parcel, now: datetime) -> Mapping[str, Any]:
        """Write and read back; the proof names every file with its SHA-256 as read back."""
        target = self.folder / parcel.body
        placed = []
        try:
            for name, content in parcel.files.items():
                path = target / name
                write_whole(path, content)
                read = path.read_bytes()
                placed.append(
                    {
                        "path": path.relative_to(self.folder).as_posix(),
                        "sha256": hashlib.sha256(read).hexdigest(),
                        "bytes": len(read),
                    }
                )
        except OSError as error:
            raise NotDeliveredError(
                number=parcel.number, body=parcel.body, why=error.strerror or type(error).__name__
            ) from error
        return {"channel": "folder", "at": now.isoformat(), "files": placed}
