"""The ledger in memory: the store of tests and simulations."""

from motia.ledger.memory.ledger import MemoryLedger

__all__ = ["MemoryLedger"]
