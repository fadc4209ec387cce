"""Source, ledger and upstream against each other: what does not agree, why, and whose it is."""
