"""The ledger: the seam and every store behind it."""

from motia.ledger.memory import MemoryLedger
from motia.ledger.seam import (
    CancelAnswer,
    CronFire,
    Finished,
    IdempotencyAnswer,
    KeyHolder,
    Ledger,
    LedgerStats,
    Promoted,
    QueueDepth,
    StateEntry,
    StateOp,
    StoredResponse,
)
from motia.ledger.sqlite import SqliteLedger

__all__ = [
    "CancelAnswer",
    "CronFire",
    "Finished",
    "IdempotencyAnswer",
    "KeyHolder",
    "Ledger",
    "LedgerStats",
    "MemoryLedger",
    "Promoted",
    "QueueDepth",
    "SqliteLedger",
    "StateEntry",
    "StateOp",
    "StoredResponse",
]
