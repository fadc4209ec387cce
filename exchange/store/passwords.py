"""The passwords of one store's roles: made here, kept in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from exchange.errors import StopError


class NoSuchRoleError(StopError):
    """The store at {folder} has no role {role!r}.

    Make it with `exchange init`, or ask for one of: {roles}.
    """


class Passwords:
    """A JSON file, role → password, mode 0600, written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, role: str) -> str:
        """The password of ``role``; raises NoSuchRoleError."""
        known = self._read()
        if role not in known:
            roles = ", ".join(sorted(known)) or "none yet"
            raise NoSuchRoleError(folder=self._path.parent, role=role, roles=roles)
        return known[role]

    def ensure(self, role: str) -> str:
        """The password of ``role``, made on first use. Callers hold the store's lock."""
        known = self._read()
        if role not in known:
            known[role] = secrets.token_urlsafe(24)
            write_private(self._path, json.dumps(known, indent=2, sort_keys=True) + "\n")
        return known[role]

    def _read(self) -> dict[str, str]:
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        known: dict[str, str] = json.loads(text)
        return known


def write_private(path: Path, text: str, uid: int | None = None) -> None:
    """Write a file of mode 0600 in one step; it belongs to ``uid``, or as its folder does."""
    folder = path.parent.stat()
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        if os.geteuid() == 0:
            os.fchown(handle, folder.st_uid if uid is None else uid, -1)
        out.write(text)
        out.flush()
        os.fsync(handle)
    draft.replace(path)
