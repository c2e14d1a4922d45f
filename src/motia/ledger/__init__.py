"""The ledger: the seam and every store behind it."""

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

__all__ = [
    "CancelAnswer",
    "CronFire",
    "Finished",
    "IdempotencyAnswer",
    "KeyHolder",
    "Ledger",
    "LedgerStats",
    "Promoted",
    "QueueDepth",
    "StateEntry",
    "StateOp",
    "StoredResponse",
]
