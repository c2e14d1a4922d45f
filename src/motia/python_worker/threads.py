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

    def lend(self) -> None:
        """Let one thread more work: one waits for a run, which may need a thread here itself."""
        with self._shutdown_lock:
            self._max_workers += 1
            if not self._shutdown and not self._work_queue.empty():
                self._adjust_thread_count()

    def take_back(self, _: object = None) -> None:
        """End one lending. A thread that was started for it stays and may take work."""
        with self._shutdown_lock:
            self._max_workers -= 1

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run `fn` on a thread, in a copy of the current context."""
        return super().submit(contextvars.copy_context().run, fn, *args, **kwargs)
