"""Typed ids. A run id is 16 hex digits and sorts by acceptance; trace and span ids are W3C's."""

from __future__ import annotations

from typing import NewType

StepId = NewType("StepId", str)
RunId = NewType("RunId", str)
TraceId = NewType("TraceId", str)
SpanId = NewType("SpanId", str)
NodeId = NewType("NodeId", str)
Epoch = NewType("Epoch", int)

ID_BYTES_MAX = 255


def run_id_of(number: int) -> RunId:
    """The run id of a ledger's row number (0 to 2^63 - 1)."""
    return RunId(f"{number:016x}")


def run_number_of(run_id: str) -> int:
    """The ledger's row number of a run id.

    Raises:
        ValueError: `run_id` is not 16 hexadecimal digits in lower case, below 2^63.
    """
    number = int(run_id, 16) if len(run_id) == 16 else -1
    # int() takes more than digits: 0x, underscores, signs, blanks. One run has one id.
    if not 0 <= number < 1 << 63 or f"{number:016x}" != run_id:
        raise ValueError(f"a run id is 16 hexadecimal digits below 2^63, not {run_id!r}")
    return number
