"""Rounds: the stages put together, for a DAG or a command that runs one for a while.

Every round may be run twice at once, killed at any line and run again; the ledger says what is left
to do.
"""

from exchange.rounds.delivering import deliver, deliver_once
from exchange.rounds.dossiers import review_dossiers
from exchange.rounds.expecting import expect
from exchange.rounds.links import probe_links
from exchange.rounds.outflow import chase, score
from exchange.rounds.promise import promise
from exchange.rounds.proving import prove_balance, prove_chain
from exchange.rounds.pulling import pull_shard
from exchange.rounds.receipts import hand_out_receipts
from exchange.rounds.silence import find_silent
from exchange.rounds.status import status
from exchange.rounds.stragglers import judge_stragglers
from exchange.rounds.watching import watch

__all__ = [
    "chase",
    "deliver",
    "deliver_once",
    "expect",
    "find_silent",
    "hand_out_receipts",
    "judge_stragglers",
    "probe_links",
    "promise",
    "prove_balance",
    "prove_chain",
    "pull_shard",
    "review_dossiers",
    "score",
    "status",
    "watch",
]
