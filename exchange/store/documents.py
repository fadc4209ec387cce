"""The documents that the exchange has issued, kept as files beside the database.

A document is named by the SHA-256 of its content, so it can never change after it was issued and
writing it twice is harmless: a run that was killed before its commit leaves at most a file that
nobody refers to. Every file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from exchange.errors import StopError

ASIDE = ".partial"
LEFT_OVER_S = 3600
"""Age in seconds after which an unfinished file belongs to nobody any more."""


class DocumentLostError(StopError):
    """The issued document {digest} is {what} in {folder}.

    Restore the folder from its backup; the number that the document carries is never given again.
    """


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place whole: written aside, flushed to disk, then renamed.

    What killed runs left aside is removed on the way.
    """
    aside = path.parent / ASIDE
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=aside)
    _remove_left_overs(aside, Path(name).stat().st_mtime)
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def keep(folder: Path, content: bytes) -> str:
    """Keep a document for good and return its SHA-256, which is its name."""
    digest = hashlib.sha256(content).hexdigest()
    path = _place(folder, digest)
    if not path.exists():
        write_whole(path, content)
    return digest


def fetch(folder: Path, digest: str) -> bytes:
    """The content of a kept document. Raises DocumentLostError when it is gone or altered."""
    path = _place(folder, digest)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DocumentLostError(digest=digest, what="missing", folder=folder) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise DocumentLostError(digest=digest, what="altered", folder=folder)
    return content


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _remove_left_overs(aside: Path, now: float) -> None:
    for path in aside.iterdir():
        try:
            if path.stat().st_mtime < now - LEFT_OVER_S:
                path.unlink()
        except FileNotFoundError:
            continue


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
