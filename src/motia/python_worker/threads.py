"""Threads that know their invocation: the context variables of whoever hands in work come along."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class ContextExecutor(ThreadPoolExecutor):
    """A thread pool whose work runs in the context of its submitter.

    As the loop's default executor it makes `run_in_executor` keep the invocation, as
    `asyncio.to_thread` does by itself.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run `fn` on a thread, in a copy of the current context."""
        return super().submit(contextvars.copy_context().run, fn, *args, **kwargs)
