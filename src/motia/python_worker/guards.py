"""What keeps a worker process honest although an author's code may do anything: threads beside the loop.

- It ends when the engine is gone, even if a handler loops for ever or blocks.
- It says where the loop stands still.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
import time
from types import CodeType, FrameType

from motia.protocol import Stalled, encode_frame
from motia.python_worker.runner import Runner
from motia.python_worker.running import Running
from motia.python_worker.stacks import frame_stack
from motia.python_worker.worker import PythonWorker

END_AFTER_EOF_S = 0.6
IDLE_LOOK_S = 0.25
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Linux: be killed when the engine's process ends. Elsewhere `end_at_eof` does it."""
    if sys.platform != "linux":
        return
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


def ignore_signals() -> None:
    """The engine drains by message: a Ctrl-C or SIGTERM to the whole group is for it alone.

    A handler instead of SIG_IGN, because processes that an author starts would inherit the latter.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)


def end_at_eof(fd: int) -> None:
    """Start the thread that ends the process when the other end of `fd` is closed.

    The loop gets a moment to end by itself.
    """

    def watch() -> None:
        poll = select.poll()
        poll.register(fd, select.POLLHUP | getattr(select, "POLLRDHUP", 0))
        poll.poll()
        time.sleep(END_AFTER_EOF_S)
        os._exit(0)

    threading.Thread(target=watch, name="motia-eof", daemon=True).start()


class StallWatch:
    """Says `stalled`, once per stall, while the loop does not turn."""

    def __init__(self, worker: PythonWorker, loop: asyncio.AbstractEventLoop) -> None:
        self._worker = worker
        self._loop = loop
        self._loop_thread = threading.get_ident()
        self._turned = threading.Event()
        threading.Thread(target=self._watch, name="motia-stall", daemon=True).start()

    def _watch(self) -> None:
        while True:
            if not self._worker.is_busy:
                time.sleep(IDLE_LOOK_S)
                continue
            asked_mono = time.monotonic()
            self._turned.clear()
            try:
                self._loop.call_soon_threadsafe(self._turned.set)
            except RuntimeError:  # the loop is closed
                return
            limit_s = self._worker.stall_ms / 1_000
            if not self._turned.wait(limit_s):
                self._report(asked_mono)
                self._turned.wait()
            time.sleep(min(IDLE_LOOK_S, limit_s / 2))

    def _report(self, asked_mono: float) -> None:
        frame = sys._current_frames().get(self._loop_thread)
        running = _running_of(frame) or self._only_one()
        stalled = Stalled(
            invocation=running.number if running is not None else 0,
            step=running.step if running is not None else "",
            ms=round((time.monotonic() - asked_mono) * 1_000),
            stack=frame_stack(frame, self._worker.root),
        )
        self._worker.write_now(encode_frame(stalled))

    def _only_one(self) -> Running | None:
        in_flight = self._worker.in_flight()
        return in_flight[0] if len(in_flight) == 1 else None


_ENTRIES: frozenset[CodeType] = frozenset(
    {Runner._event.__code__, Runner._api.__code__, Runner._stream.__code__}
)


def _running_of(frame: FrameType | None) -> Running | None:
    """The invocation whose handler the loop is in."""
    while frame is not None:
        if frame.f_code in _ENTRIES:
            found = frame.f_locals.get("running")
            return found if isinstance(found, Running) else None
        frame = frame.f_back
    return None
