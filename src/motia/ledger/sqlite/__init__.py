"""The ledger in one SQLite file: the default store."""

from motia.ledger.sqlite.ledger import SqliteLedger

__all__ = ["SqliteLedger"]
