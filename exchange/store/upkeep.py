"""What the owner of the store sees to besides its structure, at every `exchange init`."""

from __future__ import annotations

import psycopg

CONNECT_SECONDS = 10


def keep_up(owner_dsn: str) -> int:
    """Continue the numbering of transactions in a store that was restored into another server.

    Returns by how much it was lifted, 0 as a rule. To be called while nobody writes, as a restored
    store is before its first use.
    """
    with psycopg.connect(owner_dsn, autocommit=True, connect_timeout=CONNECT_SECONDS) as conn:
        lifted = conn.execute("select continue_chain()").fetchone()
    assert lifted is not None
    return int(lifted[0])
