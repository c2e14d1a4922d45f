"""Telemetry of a node: hands records over in batches, keeps the feed going, answers queries.

Invariants
1. Records reach store and feed within `FLUSH_S`, and a query sees everything recorded before it.
   A crash of the engine loses at most the last `FLUSH_S` of them.
2. While a batch is being written at most another half ring is handed over; then the ring fills.
3. Trouble of the store is never trouble of the engine: it is counted, and logged once a minute.
4. One thread writes, one reads. With `path` None there are no threads and nothing on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import apsw

from motia.model import SpanId, TraceId
from motia.project import Config
from motia.runtime import Clock, Duty, Timer
from motia.telemetry import folding, schema
from motia.telemetry.feed import Feed
from motia.telemetry.ids import IdSource
from motia.telemetry.reader import Reader
from motia.telemetry.recorder import HALF_RING, RingRecorder
from motia.telemetry.store import Store
from motia.telemetry.views import (
    ErrorGroup,
    ErrorPage,
    LogFilter,
    LogPage,
    ObservedEdge,
    StepMetrics,
    TraceFilter,
    TracePage,
    TraceView,
)
from motia.telemetry.writer import BatchWriter, Written

FLUSH_S = 0.1
HEARD_FLUSH_S = 0.04
"""While somebody looks at a screen."""
QUIET_FLUSH_S_MAX = 5.0
"""In memory, while nothing is recorded: a test that turns its clock by a day must not pay for a million looks."""
LINES_RESET_S = 1.0
PRUNE_EVERY_S = 10.0
COMPLAIN_EVERY_S = 60.0
METRICS_KEPT_MS = 7 * 86_400_000

LogSink = Callable[[dict[str, Any]], None]
T = TypeVar("T")


class Telemetry(RingRecorder, Duty):
    """The `Recorder` of a node, and the queries over what it recorded.

    With `path` None everything is in memory, on the caller's thread: deterministic under a frozen
    clock, which has to be advanced by `FLUSH_S` (after quiet by up to
    `QUIET_FLUSH_S_MAX`), or a query made, for records to be processed.
    """

    def __init__(self, path: Path | None, *, clock: Clock, random: random.Random, config: Config) -> None:
        """Record into the file `path`; nothing is opened before `start`."""
        super().__init__(clock, Feed(clock), is_always_heard=path is None)
        self._config = config
        ids = IdSource(clock, random)
        self.new_trace: Callable[[], TraceId] = ids.trace
        self.new_span: Callable[[], SpanId] = ids.span
        self._store = Store(path)
        self._writer = BatchWriter(self._store, sample_per_s=config.trace_sample_per_s)
        self._reader = Reader(self._store, clock)
        self._is_inline = path is None
        self._threads: list[ThreadPoolExecutor] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: Timer | None = None
        self._flush_s = FLUSH_S
        self._in_hand = 0
        self._lines_reset_mono = 0.0
        self._prune_mono = 0.0
        self._complain_mono = 0.0
        self._pruning: asyncio.Task[int] | None = None
        self._sinks: list[LogSink] = []

    # for people: the terminal and the screens

    def on_log(self, sink: LogSink) -> Callable[[], None]:
        """Call `sink` on the loop with every log line, redacted, as the feed has it plus `at`; returns how to stop."""
        self._sinks.append(sink)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._sinks.remove(sink)

        return stop

    async def trace(self, trace: str) -> TraceView | None:
        """The whole trace, or None when nothing of it is stored."""
        return await self._ask(lambda: self._reader.trace(trace))

    async def lines_dropped(self, trace: str, run: str) -> int:
        """Log lines of the run that were not kept because there were too many; 0 once they are forgotten."""
        return await self._ask(lambda: self._reader.lines_dropped(trace, run))

    async def traces(
        self, where: TraceFilter | None = None, *, limit: int = 50, cursor: str | None = None
    ) -> TracePage:
        """Traces that fit, newest first; `limit` 1 to 1,000."""
        return await self._ask(
            lambda: self._reader.traces(where or TraceFilter(), limit=limit, cursor=cursor)
        )

    async def logs(
        self, where: LogFilter | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> LogPage:
        """Lines that fit, newest first; `limit` 1 to 1,000."""
        return await self._ask(lambda: self._reader.logs(where or LogFilter(), limit=limit, cursor=cursor))

    async def errors(
        self,
        *,
        step: str | None = None,
        resolved: bool | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> ErrorPage:
        """Groups of failures, last seen first; `resolved` None: both kinds."""
        return await self._ask(
            lambda: self._reader.errors(step=step, resolved=resolved, limit=limit, cursor=cursor)
        )

    async def error(self, fingerprint: str) -> ErrorGroup | None:
        """One group of failures."""
        return await self._ask(lambda: self._reader.error(fingerprint))

    async def resolve_error(self, fingerprint: str, *, resolved: bool = True) -> ErrorGroup | None:
        """Mark a group; when it fails again it is open, with `again_at`. None when there is no such group."""

        def work() -> bool:
            values = (int(resolved), fingerprint)
            return self._store.write(lambda db: _execute(db, schema.RESOLVE_ERROR, values))

        await self._settle()
        await asyncio.wrap_future(self._on_writer(work))
        return await self._ask(lambda: self._reader.error(fingerprint))

    async def failed_runs(
        self, fingerprint: str, *, limit: int, before: str | None = None
    ) -> tuple[str, ...]:
        """Runs whose last failure is of this kind, newest first, below the run `before`; `limit` 1 to 1,000."""
        return await self._ask(lambda: self._reader.failed_runs(fingerprint, limit=limit, before=before))

    async def metrics(
        self,
        step: str | None = None,
        *,
        window_s: float = 3_600.0,
        until_at: int | None = None,
        part_s: int | None = None,
    ) -> tuple[StepMetrics, ...]:
        """Counts, rates and percentiles over the window before `until_at` (now), by parts of `part_s`.

        Parts are whole minutes; without `part_s` of 1, 5, 10, 30 or 60, so that they are 360 at most.
        The sum of all steps first, under an empty id, then each step; only `step` when it is given.
        """
        until_at = self._clock.now_ms() if until_at is None else until_at
        since_at = until_at - int(window_s * 1_000)
        part_ms = None if part_s is None else part_s * 1_000
        return await self._ask(
            lambda: self._reader.metrics(step, since_at=since_at, until_at=until_at, part_ms=part_ms)
        )

    async def flow_observed(self) -> tuple[ObservedEdge, ...]:
        """Edges of the flow graph that were really seen."""
        return await self._ask(self._reader.flow_observed)

    async def prune(self) -> int:
        """Delete one small batch of what is past the retention; how many rows went. Runs by itself as well."""
        retention = self._config.retention
        now = self._clock.now_ms()
        return await asyncio.wrap_future(
            self._on_writer(
                lambda: self._store.prune(
                    cutoff_at=now - int(retention.logs_s * 1_000),
                    minutes_cutoff_at=now - METRICS_KEPT_MS,
                    bytes_max=retention.logs_bytes,
                )
            )
        )

    # life cycle

    async def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self._is_inline:
            self._threads = [
                ThreadPoolExecutor(1, thread_name_prefix=f"motia-telemetry-{part}")
                for part in ("writer", "reader")
            ]
        await asyncio.wrap_future(self._on_writer(self._store.open))
        if self._store.set_aside_reason:
            self.count("telemetry_set_aside")
            place = "memory, lost at the end" if self._store.is_in_memory else "a new file"
            self._complain(
                f"telemetry.db could not be used ({self._store.set_aside_reason}): "
                f"it was set aside and traces and logs go to {place}"
            )
        self._prune_mono = self._complain_mono = self._clock.mono()
        self._arm(FLUSH_S)

    async def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pruning is not None:
            await asyncio.wait([self._pruning])
        if self._loop is not None and (self._is_inline or self._threads):
            batch, left_out = self._take()
            now = self._clock.now_ms()
            written = await asyncio.wrap_future(
                self._on_writer(lambda: self._writer.write(batch, now, is_last=True))
            )
            self._publish(written, 0, left_out)
            await asyncio.wrap_future(self._on_reader(self._reader.close))
            await asyncio.wrap_future(self._on_writer(self._store.close))
        for thread in self._threads:
            thread.shutdown(wait=True)
        self._threads = []
        self._loop = None
        self.feed.close()

    # handing over

    def _arm(self, delay_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_later(delay_s, self._tick)

    def _tick(self) -> None:
        """Every `FLUSH_S` on the loop; in memory less often while nothing is recorded."""
        is_quiet = self._is_inline and self._is_empty and not self._state_changes and self._pruning is None
        if is_quiet:
            self._flush_s = min(self._flush_s * 2, QUIET_FLUSH_S_MAX)
        else:
            self._flush_s = HEARD_FLUSH_S if self.feed.is_heard and not self._is_inline else FLUSH_S
        now_mono = self._clock.mono()
        if now_mono - self._lines_reset_mono >= LINES_RESET_S:
            self._lines_reset_mono = now_mono
            self._tell_of_dropped_lines()
        self._hand_over()
        for data in self._state_changes.take():
            self.feed.publish("state", data)
        if now_mono - self._prune_mono >= PRUNE_EVERY_S and self._pruning is None:
            self._prune_mono = now_mono
            self._prune_on()
        self._arm(self._flush_s)

    async def _keep_house(self) -> int:
        now = self._clock.now_ms()
        has_folded = False

        def work(db: apsw.Connection) -> None:
            nonlocal has_folded
            has_folded = folding.fold(db, now)

        is_written = await asyncio.wrap_future(self._on_writer(lambda: self._store.write(work)))
        return await self.prune() + (is_written and has_folded)

    def _prune_on(self) -> None:
        """Delete and fold bit by bit, each a task of its own on the writer, until nothing is left to do."""
        self._pruning = asyncio.ensure_future(self._keep_house())

        def done(task: asyncio.Task[int]) -> None:
            self._pruning = None
            if not task.cancelled() and task.exception() is None and task.result():
                self._prune_mono = 0.0
                if self._timer is not None:
                    self._arm(FLUSH_S)

        self._pruning.add_done_callback(done)

    def _hand_over(self) -> bool:
        """Give the ring to the writer; False when it still has as much as it may have."""
        loop = self._loop
        if loop is None or self._in_hand >= HALF_RING:
            return False
        if self._is_empty:
            return True
        batch, left_out = self._take()
        count = len(batch)
        self._in_hand += count
        now = self._clock.now_ms()
        is_heard = self._is_inline or self.feed.is_heard
        if self._is_inline:
            written = self._submit(0, lambda: self._writer.write(batch, now))
            self._note_failure(written)
            if written.exception() is None:
                self._publish(written.result(), count, left_out)
            else:
                self._in_hand -= count
            return True

        def work() -> None:
            try:
                written = self._writer.write(batch, now, is_heard=is_heard)
            except BaseException:
                written = Written(feed=[], feed_dropped=0, dropped=count)
                self._tell(loop, written, count, left_out)
                raise
            self._tell(loop, written, count, left_out)

        self._on_writer(work).add_done_callback(self._note_failure)
        return True

    def _tell(self, loop: asyncio.AbstractEventLoop, written: Written, count: int, left_out: int) -> None:
        """On the writer's thread: have the loop publish what was written."""
        # The loop may be closed already when the engine stops in the middle.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self._publish, written, count, left_out)

    def _note_failure(self, done: Future[Any]) -> None:
        if not done.cancelled() and done.exception() is not None:
            self.count("telemetry_faults")

    def _publish(self, written: Written, count: int, left_out: int) -> None:
        self._in_hand -= count
        if written.dropped:
            self.count("telemetry_dropped", written.dropped)
            now_mono = self._clock.mono()
            if now_mono - self._complain_mono >= COMPLAIN_EVERY_S:
                self._complain_mono = now_mono
                self._complain(
                    f"{written.dropped} traces and log lines could not be stored: is the disk full?"
                )
        self.feed.publish_all(written.feed, dropped=written.feed_dropped + left_out)
        if self._sinks:
            for kind, at, data in written.feed:
                if kind == "log":
                    self._tell_sinks({**data, "at": at})

    def _tell_sinks(self, line: dict[str, Any]) -> None:
        for sink in list(self._sinks):
            try:
                sink(line)
            except Exception:
                # A sink that fails must not fail whoever logged.
                self.count("log_sink_faults")

    # threads

    async def _settle(self) -> None:
        """Have everything recorded so far written."""
        if self._loop is None:
            return
        while not self._is_empty and not self._hand_over():
            await asyncio.wrap_future(self._on_writer(_nothing))
            await asyncio.sleep(0)
        await asyncio.wrap_future(self._on_writer(_nothing))

    async def _ask(self, query: Callable[[], T]) -> T:
        await self._settle()
        return await asyncio.wrap_future(self._on_reader(query))

    def _on_writer(self, work: Callable[[], T]) -> Future[T]:
        return self._submit(0, work)

    def _on_reader(self, work: Callable[[], T]) -> Future[T]:
        # A store that had to go to memory has one connection: it is read where it is written.
        return self._submit(0 if self._store.is_in_memory else 1, work)

    def _submit(self, thread: int, work: Callable[[], T]) -> Future[T]:
        if not self._is_inline:
            return self._threads[thread].submit(work)
        done: Future[T] = Future()
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)
        return done


def _nothing() -> None:
    """Wait for one's turn on a thread."""


def _execute(connection: Any, sql: str, values: tuple[Any, ...]) -> None:
    connection.execute(sql, values)
