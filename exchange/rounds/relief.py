"""One round after another without a gap: a round works on until the next has taken its post over.

A scheduler needs seconds to start a process, and the process needs some more until it works. The
round before serves meanwhile: it looks once a second whether another stands at its post. Two at one
post for a moment do no harm, whatever a round does may be done twice at once.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

from exchange.errors import TryLaterError
from exchange.rounds.loop import now
from exchange.store.connection import Store
from exchange.store.queries import load

Q = load("posts")
LOOKED_AT_EVERY = timedelta(seconds=1)


class Post:
    """The post of one kind of work, as one round sees it; without a name nobody relieves it."""

    def __init__(self, store: Store, name: str | None) -> None:
        """``name`` is the work and its share, for example ``pull/0``."""
        self._store = store
        self._name = name
        self._holder = uuid.uuid4().hex
        self._taken = False
        self._relieved = False
        self._look_at = now()

    def take(self) -> None:
        """Take the post over, once: this round works now, the one before may go.

        While the store is away nothing is taken; call it again.
        """
        if self._name is not None and not self._taken:
            with suppress(TryLaterError):
                self._store.execute(Q["take"], self._facts())
                self._taken = True

    def is_relieved(self) -> bool:
        """Whether a later round has taken over; the store is asked once a second.

        While it is away nobody is known to have come, and the round goes on.
        """
        if self._taken and not self._relieved and now() >= self._look_at:
            self._look_at = now() + LOOKED_AT_EVERY
            with suppress(TryLaterError):
                self._relieved = bool(self._store.execute(Q["newer"], self._facts()))
        return self._relieved

    def _facts(self) -> dict[str, object]:
        return {"name": self._name, "holder": self._holder}
