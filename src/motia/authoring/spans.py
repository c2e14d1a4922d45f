"""`span`: a part of a run that the author wants to see in the trace."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from motia.authoring.encoding import lenient_json
from motia.authoring.invocation import current


@contextmanager
def span(name: str, fields: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Time a part of the handler; it shows in the run's trace. Outside a handler it does nothing."""
    invocation = current.get()
    if invocation is None:
        yield
        return
    started_at, started_mono = time.time_ns() // 1_000_000, time.perf_counter_ns()
    try:
        yield
    finally:
        duration_us = (time.perf_counter_ns() - started_mono) // 1_000
        details = lenient_json(dict(fields)) if fields else None
        invocation.port.span(invocation, name, os.urandom(8).hex(), started_at, duration_us, details)
