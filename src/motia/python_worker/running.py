"""An invocation with what the worker knows about it while it runs."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any

from motia.authoring import Invocation, Port, StepDefinition
from motia.protocol import Invoke
from motia.python_worker.streams import Outflow


class Running(Invocation):
    """One invocation in flight in this worker."""

    __slots__ = (
        "definition",
        "entered_ns",
        "future",
        "held",
        "is_entered",
        "kept",
        "outflow",
        "pending",
        "printed",
        "read_ns",
        "task",
    )

    def __init__(self, message: Invoke, definition: StepDefinition, port: Port, read_ns: int) -> None:
        super().__init__(
            number=message.invocation,
            step=message.step,
            kind=message.kind,
            trace=message.trace,
            span=message.span,
            run=message.run,
            attempt=message.attempt,
            retry_count=message.retry_count,
            trigger=message.trigger,
            port=port,
        )
        self.definition = definition
        self.read_ns = read_ns
        self.entered_ns = 0
        self.is_entered = False
        self.task: asyncio.Task[None] | None = None
        self.future: Future[Any] | None = None
        self.pending = 0
        """Calls without a reply, and work that `keep` runs."""
        self.kept = 0
        self.held: list[bytes] | None = None
        """The answer, while calls are without a reply."""
        self.outflow: Outflow | None = None
        self.printed: dict[str, str] | None = None
        """What was printed without a line end yet, by source."""
