"""Runs an engine until a signal: the part that `dev` and `start` share.

Invariants
1. The first SIGINT or SIGTERM drains; the exit code is 0 when the drain ends.
2. A second signal stops at once, with the shell's code for it (128 + number).
3. A failed start leaves nothing running and no record of an engine.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol, TypeVar

from motia.cli.screen import Screen
from motia.project import Catalog

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class RunningEngine(Protocol):
    """What this file needs of `motia.engine.Engine`."""

    catalog: Catalog

    @property
    def addresses(self) -> dict[str, str]:
        """Where to reach what, without secrets."""
        ...

    def invite(self) -> str:
        """A one-time address of the Workbench."""
        ...

    async def start(self) -> None:
        """Start; return when requests are served."""

    async def drain(self) -> None:
        """Finish what is in flight, within the grace period."""

    async def stop(self) -> None:
        """Stop; return when nothing runs."""


def run_loop(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` on uvloop; return what it returns."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def serve(engine: RunningEngine, screen: Screen, *, on_ready: Callable[[], None]) -> int:
    """Start `engine`, call `on_ready`, and run until a signal.

    Returns:
        The exit code: 0 after a drain.

    Raises:
        StartError: The engine could not start; nothing runs.
    """
    asked = asyncio.Event()

    def on_signal(number: signal.Signals) -> None:
        if asked.is_set():
            screen.notice("stopped at once", colour="red")
            os._exit(128 + number)
        asked.set()

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        starting = asyncio.ensure_future(engine.start())
        interrupted = asyncio.ensure_future(asked.wait())
        await asyncio.wait({starting, interrupted}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await engine.stop()
            return 0
        await starting
        on_ready()
        await interrupted
        screen.notice("\nfinishing what is in flight; a second Ctrl-C stops at once")
        await engine.drain()
        await engine.stop()
        return 0
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def addresses_of(engine: RunningEngine, *, invites: bool = False) -> dict[str, str]:
    """What the banner shows: where to reach what.

    Args:
        engine: It is started.
        invites: The Workbench's address logs in whoever opens it first; otherwise it holds no secret.
    """
    addresses = engine.addresses
    api, workbench = addresses["api"], addresses.get("workbench")
    shown = {"API": api, "Reference": f"{api}/docs"}
    return {**shown, "Workbench": engine.invite() if invites else workbench} if workbench else shown


def project_name(root: Path) -> str:
    """The project as the banner names it: its folder."""
    return root.name
