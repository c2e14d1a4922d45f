"""Watching the runtimes of a project: one that is installed, replaced or removed is noticed by itself.

Invariants
1. A look starts no process: it compares which file each runtime is, by path, time and size.
2. A change is told when two looks in a row saw it: a program that is being replaced is missing for a moment.
3. Looks are off the loop and never overlap.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Final

from motia.project.runtimes import RuntimeMark
from motia.runtime import Clock, Duty

LOOK_S: Final = 2.0

Marks = Mapping[str, RuntimeMark]


class RuntimeWatch(Duty):
    """See the head of this file."""

    def __init__(
        self, look: Callable[[], Marks], on_change: Callable[[frozenset[str]], None], *, clock: Clock
    ) -> None:
        """Look every two seconds.

        Args:
            look: The mark of each language's runtime; runs on a thread, may read the disk.
            on_change: Told on the loop which languages have another runtime than before; must not raise.
            clock: Times the looks.
        """
        super().__init__()
        self._look = look
        self._on_change = on_change
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def _start(self) -> None:
        settled = dict(await asyncio.to_thread(self._look))
        self._task = asyncio.create_task(self._watch(settled), name="watch-runtimes")

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self, settled: dict[str, RuntimeMark]) -> None:
        before: Marks = settled
        while True:
            await self._clock.sleep(LOOK_S)
            with contextlib.suppress(OSError):  # a disk that cannot be read now is looked at again
                seen = await asyncio.to_thread(self._look)
                steady = {language for language, mark in seen.items() if before.get(language) == mark}
                changed = {one for one in steady if one in settled and settled[one] != seen[one]}
                settled.update((one, seen[one]) for one in steady)
                before = seen
                if changed:
                    self._on_change(frozenset(changed))
