"""What the worker has to say, gathered and written once per turn of the loop.

Invariants
1. Frames leave in the order in which they were put in; one written from beside the loop
   (`write_now`) goes ahead of those that wait for the turn.
2. Log lines are dropped, and counted, while more than `LOG_BACKLOG_BYTES` wait; nothing else is.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from motia.protocol import Log, WorkerMessage, encode_frame

LOG_BACKLOG_BYTES = 8 * 1024 * 1024
POSTED_LOGS_MAX = 20_000


class Outbox:
    """Frames of this worker, and work that other threads hand to its loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        write: Callable[[bytes], None],
        backlog_bytes: Callable[[], int],
    ) -> None:
        self._loop = loop
        self._write = write
        self._backlog_bytes = backlog_bytes
        self._frames: list[bytes] = []
        self._frames_bytes = 0
        self._posted: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._is_posted = False
        self.dropped_logs = 0

    def put(self, frame: bytes) -> None:
        """Send a frame at the end of this turn. On the loop's thread only."""
        if not self._frames:
            self._loop.call_soon(self.flush)
        self._frames.append(frame)
        self._frames_bytes += len(frame)

    def put_message(self, message: WorkerMessage, blob: bytes = b"") -> None:
        """Send a message at the end of this turn. On the loop's thread only."""
        self.put(encode_frame(message, blob))

    def put_log(self, log: Log) -> None:
        """Send a log line, or count it as dropped. On the loop's thread only."""
        if self._frames_bytes + self._backlog_bytes() > LOG_BACKLOG_BYTES:
            self.dropped_logs += 1
            return
        if self.dropped_logs:
            count, self.dropped_logs = self.dropped_logs, 0
            self.put_message(
                Log(level="warn", message=f"{count} log lines were dropped: too many at once", at=log.at)
            )
        self.put_message(log)

    def flush(self) -> None:
        """Write what waits."""
        if self._frames:
            frames, self._frames = self._frames, []
            self._frames_bytes = 0
            self._write(frames[0] if len(frames) == 1 else b"".join(frames))

    def write_now(self, frame: bytes) -> None:
        """Write a frame from another thread while the loop stands still."""
        self._write(frame)

    def post(self, function: Callable[..., None], *args: Any) -> None:
        """Have the loop call `function` soon; from any thread, in order."""
        self._posted.append((function, args))
        if not self._is_posted:
            self._is_posted = True
            try:
                self._loop.call_soon_threadsafe(self._run_posted)
            except RuntimeError:  # the loop is closed: the worker ends
                self._posted.clear()

    def post_log(self, log: Log) -> None:
        """`put_log` from any thread."""
        if len(self._posted) > POSTED_LOGS_MAX:
            self.dropped_logs += 1
            return
        self.post(self.put_log, log)

    def _run_posted(self) -> None:
        self._is_posted = False
        while self._posted:
            function, args = self._posted.popleft()
            function(*args)
