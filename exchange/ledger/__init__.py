"""The ledger read: the balance, one record's journey, who is slow."""
