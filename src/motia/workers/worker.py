"""One worker: its process, its connection and its session, from start to death.

Invariants
1. It dies once: then all its flights are answered, its group is killed and `died` is set.
2. `submit` is called only while `is_open`; a retiring worker finishes what it has and ends.
3. A worker that misses a limit (hello, manifest, end after drain, answer after cancel) is killed.

| from | to | when |
|---|---|---|
| starting | standby | it said hello |
| standby | starting | it was told to load |
| starting | ready | its manifest came |
| standby, ready | draining | `retire`, and nothing is in flight |
| any | dead | end of file, exit, `kill`, a protocol fault, a missed limit |
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Sequence
from enum import StrEnum

from motia.model import MotiaError, StepId
from motia.protocol import (
    Call,
    CallError,
    Failure,
    Load,
    LoadedManifest,
    Log,
    ProtocolFault,
    Span,
    Stalled,
    WorkerHello,
)
from motia.runtime import Timer
from motia.workers.calls import waits_for_a_run
from motia.workers.connection import Connection
from motia.workers.death import Death, LastFile, WorkerLost, may_be_from_outside
from motia.workers.flight import CANCEL_GRACE_S, NEVER_MONO, TIMEOUT, Flight
from motia.workers.launch import Launcher
from motia.workers.output import RateBound
from motia.workers.process import STDERR, describe_exit
from motia.workers.pulse import Pulse
from motia.workers.registry import CALLS_MAX, Registry
from motia.workers.seam import Failed, Origin
from motia.workers.session import Session, SessionState
from motia.workers.slots import Slots

HELLO_S = 10.0
MANIFEST_S = 60.0
FILE_S = 30.0
"""One file, when files are loaded apart."""
STOP_S = 10.0
"""Stop hooks and exit, after `drain`."""
EXIT_GRACE_S = 0.1
"""Between end of file and exit, in either order: the second says more about the death."""
STDERR_LINES_KEPT, STDERR_CHARS_KEPT = 12, 500
LAST_WORDS_S = 1.0
"""Most time for the output of a process that ended before it was ready: it says why."""
LINES_PER_S, LINES_BURST = 1_000.0, 5_000.0
LOGS_PER_S, LOGS_BURST = 20_000.0, 40_000.0


class WorkerState(StrEnum):
    """Where a worker is; see the head of this file."""

    STARTING = "starting"
    STANDBY = "standby"
    READY = "ready"
    DRAINING = "draining"
    DEAD = "dead"


class Worker:
    """See the head of this file."""

    def __init__(
        self, registry: Registry, launcher: Launcher, *, name: str, lane: str = "", restarts: int = 0
    ) -> None:
        """Prepare a worker; `open` starts it."""
        config = registry.config
        loop = asyncio.get_running_loop()
        self.name = name
        self.lane = lane
        self.language = launcher.language
        self.restarts = restarts
        self.state = WorkerState.STARTING
        self.is_open = False
        """Ready and not retiring: takes invocations."""
        self.started_at = registry.clock.now_ms()
        self.runtime = ""
        self.steps: frozenset[StepId] = frozenset()
        self.last_error = ""
        self.follows_death = ""
        """Why the worker before it in its seat ended by itself; empty when none did."""
        self.loads = ""
        """The file that it loads now, or loaded last; empty when it told none."""
        self.slots = Slots.of(config)
        self.died: asyncio.Future[Death] = loop.create_future()
        self.session = Session(self, self._send, language=launcher.language, calls_max=CALLS_MAX)
        self._registry = registry
        self._launcher = launcher
        self._clock = registry.clock
        self._process = launcher.process(
            registry.clock,
            on_line=self._on_line,
            on_exit=self._on_exit,
            on_closed=lambda: registry.workers.discard(self),
        )
        self._connection: Connection | None = None
        self._limit: Timer | None = None
        self._end_timer: Timer | None = None
        self._exit_code: int | None = None
        self._is_eof = False
        self._is_overdue = False
        self._is_apart = False
        self._is_retiring = False
        self._ready_mono = NEVER_MONO
        self._greeted: asyncio.Future[bool] = loop.create_future()
        self._loaded: asyncio.Future[LoadedManifest | None] = loop.create_future()
        self._idle: asyncio.Future[None] | None = None
        self._pulse = Pulse(self.session.ping, self.on_stalled)
        self._stderr_tail: deque[str] = deque(maxlen=STDERR_LINES_KEPT)
        self._line_bound = RateBound(self._clock, per_s=LINES_PER_S, burst=LINES_BURST)
        self._log_bound = RateBound(self._clock, per_s=LOGS_PER_S, burst=LOGS_BURST)

    # life

    @property
    def pid(self) -> int:
        """Of the process; 0 when it was not started."""
        return self._process.pid

    @property
    def is_dead(self) -> bool:
        """Whether it died."""
        return self.state is WorkerState.DEAD

    async def open(self) -> None:
        """Start the process; return when it said hello: it is a standby then.

        Raises:
            WorkerLost: It could not be started or died before.
        """
        ours, theirs = socket.socketpair()
        self._registry.workers.add(self)
        try:
            ours.setblocking(False)
            await self._process.start(
                self._launcher.argv(),
                env=self._launcher.env(),
                cwd=str(self._registry.config.root),
                child=theirs,
            )
            self._connection = await Connection.open(ours, on_data=self._receive, on_lost=self._on_eof)
        except (OSError, MotiaError) as error:
            self._give_up(ours, f"could not be started: {error}")
            raise WorkerLost(self.last_error) from error
        except BaseException:
            self._give_up(ours, "its start was given up")
            raise
        finally:
            theirs.close()
        if self.is_dead:  # killed while it started
            self._connection.abort()
            raise WorkerLost(self.last_error)
        self.session.greet(self._registry.hello(self.name))
        self._set_limit(HELLO_S, "hello")
        if not await asyncio.shield(self._greeted):
            raise await self._lost()

    async def load(self, files: Sequence[str], *, is_apart: bool = False) -> LoadedManifest:
        """Load the step files; return when the worker is ready.

        Args:
            files: Relative to the root, in the order to load them.
            is_apart: One begins when the one before it has ended, and has `FILE_S`.

        Raises:
            WorkerLost: It died before; `last_file` is what it was loading.
        """
        if self.is_dead:
            raise WorkerLost(self.last_error)
        self.state = WorkerState.STARTING
        self._is_apart = is_apart
        root = str(self._registry.config.root)
        self.session.load(Load(root=root, files=tuple(files), tells=True, apart=is_apart))
        self._set_limit(MANIFEST_S, "manifest")
        manifest = await asyncio.shield(self._loaded)
        if manifest is None:
            raise await self._lost()
        return manifest

    def retire(self) -> None:
        """Take nothing new, finish what is in flight, end. Safe twice."""
        if self._is_retiring or self.is_dead:
            return
        self._is_retiring = True
        self.is_open = False
        if not self.session.in_flight:
            self._drain()

    def kill(self, reason: str, *, culprit: Flight | None = None, is_blameless: bool = False) -> None:
        """Kill the process group and answer all flights; does nothing when dead.

        Args:
            reason: Why, for people.
            culprit: The flight that made it necessary; all others are blameless.
            is_blameless: None of the flights made it necessary.
        """
        if self.is_dead:
            return
        self._process.kill()
        self._end(reason, culprit=culprit, is_blameless=is_blameless)

    async def wait_idle(self) -> None:
        """Return when nothing is in flight or the worker is dead."""
        while self.session.in_flight:
            if self._idle is None or self._idle.done():
                self._idle = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._idle)

    async def wait_closed(self) -> None:
        """Return when the process is reaped and everything of it closed."""
        if self.pid:
            await self._process.wait_closed()

    # work

    @property
    def is_clogged(self) -> bool:
        """Whether it has left so much unread that it should get nothing more."""
        return self._connection is not None and self._connection.is_clogged

    def submit(self, flight: Flight) -> None:
        """Send an invocation; its answer comes through the flight."""
        try:
            self.session.invoke(flight)
        except (ProtocolFault, ValueError, TypeError) as error:
            failure = Failure(
                invocation=flight.number,
                name="PayloadTooLarge",
                kind="fatal",
                message=f"cannot be sent: {error}",
            )
            flight.settle(Failed(failure))
            return
        flight.holder = self
        self.slots.take(flight)
        timeout_ms = flight.invocation.timeout_ms
        if timeout_ms > 0:
            flight.deadline_mono = self._clock.mono() + timeout_ms / 1_000
        self._registry.arm()

    def cancel(self, flight: Flight) -> None:
        """Pass the cancel on and give the handler its grace."""
        flight.cancel_due_mono = self._clock.mono() + CANCEL_GRACE_S
        self.session.cancel(flight)
        self._registry.arm()

    def sweep(self, now_mono: float) -> None:
        """Enforce deadlines and graces; look for signs of life."""
        flights = self.session.in_flight
        if not flights:
            return
        for flight in flights.values():
            if flight.cancel_due_mono <= now_mono:
                self._kill_for(flight)
                return
            if flight.deadline_mono <= now_mono:
                flight.deadline_mono = NEVER_MONO
                flight.cancel(TIMEOUT)
        self._pulse.look(now_mono, next(iter(flights.values())))

    def _kill_for(self, flight: Flight) -> None:
        late = f"did not stop within {CANCEL_GRACE_S:.0f} s of cancel"
        others = f"killed because an invocation of {flight.invocation.step} {late} ({flight.cancel_reason})"
        self._process.kill()
        flight.overrun(
            self.name, f"{flight.cancel_reason}: {late}", was_alone=len(self.session.in_flight) == 1
        )
        self._log("warn", f"{self.name} was {others}")
        self.kill(others, culprit=flight)

    # what the session tells

    def on_hello(self, hello: WorkerHello) -> None:
        """The worker is there."""
        self._clear_limit()
        self.runtime = hello.runtime
        self.state = WorkerState.STANDBY
        self._greeted.set_result(True)
        if self._is_retiring:
            self._drain()

    def on_loading(self, file: str) -> None:
        """It is about to load the file."""
        self.loads = file
        if self._is_apart:
            self._set_limit(FILE_S, "sign that it had loaded the file")

    def on_manifest(self, manifest: LoadedManifest) -> None:
        """The worker is ready."""
        self._clear_limit()
        self.steps = frozenset(step.id for step in manifest.steps)
        self.state = WorkerState.READY
        self._ready_mono = self._clock.mono()
        self.is_open = not self._is_retiring
        self._loaded.set_result(manifest)
        self._registry.events.on_worker(self.name, "ready")
        if self._is_retiring:
            self._drain()

    def on_landed(self, flight: Flight) -> None:
        """A flight is over."""
        self.slots.give(flight)
        if self._registry.wants_capacity:
            self._registry.tell_capacity()
        if not self.session.in_flight:
            self._on_idle()

    def on_call(self, flight: Flight, call: Call) -> None:
        """A handler wants something; one that waits for another run lends its slot meanwhile."""
        if waits_for_a_run(call) and self.slots.try_lend(flight):
            self._registry.desk.take(flight, call, self._reply_and_take)
            if self._registry.wants_capacity:
                self._registry.tell_capacity()
        else:
            self._registry.desk.take(flight, call, self._reply)

    def on_log(self, origin: Origin | None, log: Log) -> None:
        """A log line over the protocol."""
        if self._log_bound.try_take():
            self._tell_dropped(self._log_bound)
            self._registry.events.on_log(origin, self.name, log)
        else:
            self._registry.drop_log(origin)

    def on_span(self, origin: Origin, span: Span) -> None:
        """A span of the author's."""
        self._registry.events.on_span(origin, span)

    def on_stalled(self, stalled: Stalled) -> None:
        """The loop stands still, says the worker or its silence."""
        self._registry.stalls += 1
        self._registry.events.on_stalled(self.name, stalled)

    def on_pong(self, token: int) -> None:
        """The loop turned."""
        self._pulse.answered(token)

    # inside

    async def _lost(self) -> WorkerLost:
        """Why it did not get ready, with the last that it wrote to standard error."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await self.wait_closed()
        return WorkerLost("\n  ".join((self.last_error, *self._stderr_tail)), last_file=self._last_file())

    def _last_file(self) -> LastFile | None:
        ended_itself = self._is_eof or not self._process.was_killed
        if not self.loads or not (ended_itself or self._is_overdue):
            return None
        return LastFile(
            file=self.loads,
            reason=self.last_error,
            is_overdue=self._is_overdue,
            output="\n".join(self._stderr_tail),
            is_from_outside=not self._process.was_killed and may_be_from_outside(self._exit_code),
        )

    def _give_up(self, ours: socket.socket, reason: str) -> None:
        ours.close()
        self.kill(reason, is_blameless=True)
        if not self.pid:
            self._registry.workers.discard(self)

    def _send(self, frame: bytes) -> None:
        if self._connection is not None:
            self._connection.send(frame)

    def _receive(self, data: bytes) -> None:
        try:
            self.session.receive(data)
        except ProtocolFault as fault:
            self._log("error", f"{self.name} broke the protocol and is killed: {fault}")
            self.kill(f"protocol fault: {fault}")

    def _reply(self, call: int, value: bytes, error: CallError | None) -> None:
        self.session.reply(call, value=value, error=error)

    def _reply_and_take(self, call: int, value: bytes, error: CallError | None) -> None:
        flight = self.session.reply(call, value=value, error=error)
        if flight is not None:
            self.slots.take_back(flight)

    def _set_limit(self, delay_s: float, awaited: str) -> None:
        self._clear_limit()

        def give_up() -> None:
            self._is_overdue = True
            self.kill(f"sent no {awaited} within {delay_s:.0f} s", is_blameless=True)

        self._limit = self._clock.call_later(delay_s, give_up)

    def _clear_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _drain(self) -> None:
        if self.session.state in (SessionState.CONNECTED, SessionState.CLOSED):
            self.kill("retired before it said hello", is_blameless=True)
            return
        self.state = WorkerState.DRAINING
        self.session.drain()
        self._limit = self._clock.call_later(
            STOP_S, lambda: self.kill(f"did not end within {STOP_S:.0f} s of drain")
        )

    def _on_idle(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
        if self._is_retiring and self.state is WorkerState.READY:
            self._drain()

    def _on_eof(self) -> None:
        self._is_eof = not self.is_dead
        self._on_half_end()

    def _on_exit(self, code: int) -> None:
        self._exit_code = code
        self._on_half_end()

    def _on_half_end(self) -> None:
        """End of file or exit: wait a moment for the other, which completes answers or the reason."""
        if self.is_dead:
            return
        if self._is_eof and self._exit_code is not None:
            self._end(self._reason())
            return
        self.is_open = False
        grace_s = STOP_S if self.state is WorkerState.DRAINING and self._is_eof else EXIT_GRACE_S
        if self.state is WorkerState.STARTING:
            grace_s = LAST_WORDS_S  # no answer waits, and how it ended is what people want to know
        self._end_timer = self._clock.call_later(grace_s, lambda: self.kill(self._reason()))

    def _reason(self) -> str:
        if self._exit_code is None:
            return "closed its connection without exiting"
        return describe_exit(self._exit_code, was_killed=self._process.was_killed)

    def _end(self, reason: str, *, culprit: Flight | None = None, is_blameless: bool = False) -> None:
        is_expected = self._is_retiring
        self.state = WorkerState.DEAD
        self.is_open = False
        self.last_error = reason
        flights = self.session.close()
        self._clear_limit()
        if self._end_timer is not None:
            self._end_timer.cancel()
        if self._connection is not None:
            self._connection.abort()
        was_alone = len(flights) == 1
        for flight in flights:
            blameless = is_blameless or (culprit is not None and flight is not culprit)
            flight.die(self.name, reason=reason, was_alone=was_alone, is_blameless=blameless)
        self._registry.events.on_worker(self.name, "ended" if is_expected else "died")
        if not is_expected and not (is_blameless and not flights):
            self._log("error", f"{self.name} died: {reason} ({len(flights)} in flight)")
        for future in (self._greeted, self._loaded):
            if not future.done():
                future.set_result(None)  # type: ignore[arg-type]  # falsy in both: it did not get there
        self._on_idle()
        ready_s = max(self._clock.mono() - self._ready_mono, 0.0)
        self.died.set_result(Death(reason=reason, is_expected=is_expected, ready_s=ready_s))

    def _on_line(self, fd: int, text: str) -> None:
        if not self._line_bound.try_take():
            self._registry.log_lines_dropped += 1
            return
        self._tell_dropped(self._line_bound)
        if fd == STDERR:
            self._stderr_tail.append(text[:STDERR_CHARS_KEPT])
            self._log("warn", text, source="stderr")
        else:
            self._log("info", text, source="print")

    def _tell_dropped(self, bound: RateBound) -> None:
        if (dropped := bound.take_untold()) > 0:
            self._log("warn", f"{dropped} log lines of {self.name} were dropped: it wrote too many")

    def _log(self, level: str, message: str, *, source: str = "engine") -> None:
        log = Log(level=level, message=message, at=self._clock.now_ms(), source=source)
        self._registry.events.on_log(None, self.name, log)
