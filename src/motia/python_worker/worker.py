"""The Python worker: answers the engine's messages by running handlers. Bytes in, bytes out.

`serve` (process.py) runs it over a socket in a process of its own; a test or `motia.testing` may run
it inside another process over memory.

Invariants
1. Every `invoke` is answered exactly once, after the replies to all its calls.
2. A protocol fault ends the worker with one line in its log.
"""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import msgspec

from motia.authoring import Hook, Invocation
from motia.protocol import (
    PROTOCOL_VERSION,
    Cancel,
    Drain,
    EngineMessage,
    Hello,
    Invoke,
    Load,
    LoadedManifest,
    Loading,
    Log,
    Ping,
    Pong,
    ProtocolFault,
    Pull,
    Reply,
    Span,
    WorkerHello,
    encode_frame,
)
from motia.python_worker.answers import clean
from motia.python_worker.calls import Calls
from motia.python_worker.capture import Capture, flush_printed
from motia.python_worker.loader import Loader
from motia.python_worker.outbox import Outbox
from motia.python_worker.runner import Runner, cancelled_early, not_loaded
from motia.python_worker.running import Running
from motia.python_worker.session import Session, State
from motia.python_worker.stacks import author_stack, cut
from motia.python_worker.threads import ContextExecutor

T = TypeVar("T")


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class PythonWorker:
    """One worker. Made and used on a running loop; `call`, `log` and `span` are safe from any thread."""

    def __init__(
        self,
        transport_write: Callable[[bytes], None],
        on_close: Callable[[], None],
        *,
        in_process: bool = False,
        now_ms: Callable[[], int] = _wall_ms,
        backlog_bytes: Callable[[], int] = lambda: 0,
    ) -> None:
        """Speak through `transport_write`; `on_close` is called once, when nothing more will be said.

        Args:
            transport_write: Takes bytes for the engine; must not block.
            on_close: Called on the loop, after the last write.
            in_process: The worker shares its process: standard streams and the loop's executor stay as they are.
            now_ms: Wall time for log lines.
            backlog_bytes: What was written and has not left yet.
        """
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._on_close = on_close
        self._in_process = in_process
        self._now_ms = now_ms
        self._session = Session()
        self._outbox = Outbox(self._loop, transport_write, backlog_bytes)
        self._calls = Calls(self._outbox.put_message, self._on_settled)
        self._runner = Runner(self._loop, answer=self._answer, send=self._outbox.put, post=self._outbox.post)
        self._in_flight: dict[int, Running] = {}
        self._kept: set[asyncio.Task[Any]] = set()
        self._loader: Loader | None = None
        self._capture: Capture | None = None
        self._threads: ContextExecutor | None = None
        self._loading: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._hello = Hello(protocol=PROTOCOL_VERSION, engine="", worker="python")
        self.payload_bytes_max = self._hello.payload_bytes_max
        self.ignored = 0
        """Messages for invocations, calls or streams that are not there."""

    @property
    def state(self) -> State:
        """Where the worker is in its life."""
        return self._session.state

    @property
    def stall_ms(self) -> int:
        """How long the loop may stand still before the engine wants to know."""
        return self._hello.stall_ms

    @property
    def root(self) -> str:
        """The project; empty before `load`."""
        return self._runner.root

    @property
    def is_busy(self) -> bool:
        """Whether author's code may be running."""
        return bool(self._in_flight) or self._loading is not None or self._stopping is not None

    def in_flight(self) -> list[Running]:
        """What is not answered yet."""
        return list(self._in_flight.values())

    # what the engine says

    def feed(self, data: bytes) -> None:
        """Take bytes of the engine. On the loop's thread only."""
        if self._session.state is State.CLOSED:
            return
        try:
            for message, blob in self._session.feed(data):
                self._session.accept(message)
                self._take(message, blob)
                if self.state is State.CLOSED:
                    self.close()
                    return
        except ProtocolFault as fault:
            self._log_own("error", f"protocol fault: {fault}; the worker ends")
            self.close()

    def _take(self, message: EngineMessage, blob: bytes) -> None:
        match message:
            case Invoke():
                self._on_invoke(message, blob)
            case Reply():
                self._calls.reply(message)
            case Cancel():
                self._on_cancel(message)
            case Pull():
                running = self._in_flight.get(message.invocation)
                if running is not None and running.outflow is not None:
                    running.outflow.grant(message.bytes)
                else:
                    self.ignored += 1
            case Ping():
                self._outbox.put_message(Pong(token=message.token))
            case Hello():
                self._on_hello(message)
            case Load():
                self._loading = self._loop.create_task(self._load(message))
            case Drain():
                self._end_if_drained()

    def eof(self) -> None:
        """The engine is gone: every handler is cancelled and nothing is said any more."""
        self._session.close()
        self._calls.abandon()
        for running in self.in_flight():
            self._cancel(running, "shutdown")
        self.close()

    def close(self) -> None:
        """Say what was said and close the connection. Safe twice."""
        self._session.close()
        self._outbox.flush()
        on_close, self._on_close = self._on_close, _nothing
        on_close()

    def release(self) -> None:
        """Undo what the worker did to the process it lives in; for workers inside another process."""
        if self._loader is not None:
            self._loader.close()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        if self._capture is not None:
            self._capture.close()

    def _on_hello(self, message: Hello) -> None:
        self._hello = message
        self.payload_bytes_max = self._runner.payload_bytes_max = message.payload_bytes_max
        self._runner.stack_bytes_max = message.stack_bytes_max
        self._calls.calls_max = max(message.calls_max, 1)
        self._threads = self._runner.threads = ContextExecutor(max(message.threads, 1), "motia-step")
        if not self._in_process:
            self._loop.set_default_executor(ContextExecutor(max(message.threads, 1), "motia-pool"))
            self._capture = Capture(self.log)
        from motia import __version__

        self._outbox.put_message(
            WorkerHello(
                protocol=PROTOCOL_VERSION,
                language="python",
                runtime=f"{platform.python_implementation()} {platform.python_version()}",
                pid=os.getpid(),
                sdk=__version__,
            )
        )

    async def _load(self, message: Load) -> None:
        self._loader = loader = Loader(message.root, message.files)
        self._runner.root = loader.root
        try:
            manifest = await loader.load(self._run_hook, tell=self._tell if message.tells else _no_file)
        finally:
            self._loading = None
        if self.state is State.CLOSED:
            return
        self._send_manifest(manifest)
        self._session.loaded()
        if not self._in_process:
            gc.freeze()  # what is loaded stays: collections need not look at it again
        self._end_if_drained()

    def _tell(self, file: str) -> None:
        self._outbox.put_message(Loading(file=file))

    def _send_manifest(self, manifest: LoadedManifest) -> None:
        try:
            self._outbox.put_message(manifest)
        except (ProtocolFault, UnicodeEncodeError) as error:
            self._log_own("error", f"the manifest cannot be sent: {error}; the worker ends")
            self.close()

    def _on_invoke(self, message: Invoke, blob: bytes) -> None:
        loader = self._loader
        definition = loader.steps.get(message.step) if loader is not None else None
        if definition is None or definition.function is None:
            self._outbox.put(not_loaded(message))
            return
        if message.invocation in self._in_flight:
            raise ProtocolFault(f"invocation {message.invocation} is in flight already")
        running = Running(message, definition, self, time.perf_counter_ns())
        self._in_flight[message.invocation] = running
        self._runner.start(running, message, blob)

    def _on_cancel(self, message: Cancel) -> None:
        running = self._in_flight.get(message.invocation)
        if running is None:
            self.ignored += 1
            return
        self._cancel(running, message.reason)

    def _cancel(self, running: Running, reason: str) -> None:
        running.cancel(reason)
        if running.outflow is not None:
            running.outflow.abort(reason)
        if running.held is not None:
            return
        if running.task is not None:
            was_entered = running.is_entered
            running.task.cancel()
            if not was_entered:  # the task ends before its first line, so it cannot answer by itself
                self._answer(running, cancelled_early(running, reason))
        elif running.future is not None and running.future.cancel():
            self._answer(running, cancelled_early(running, reason))

    # what the worker says

    def _answer(self, running: Running, frame: bytes) -> None:
        """The handler is done: answer once nothing of it is under way."""
        if running.is_over:
            return
        running.is_over = True
        running.held = [frame]
        if running.pending == 0:
            self._on_settled(running)

    def _on_settled(self, running: Running) -> None:
        held = running.held
        if held is None or running.pending:
            return
        running.held = None
        if running.printed:
            flush_printed(running, self.log)
        for is_seen, message in running.unseen:
            if not is_seen():
                self.log(running, "error", message, None, "logger")
        self._in_flight.pop(running.number, None)
        for frame in held:
            self._outbox.put(frame)
        if self.state is State.DRAINING:
            self._end_if_drained()

    def call(self, invocation: Invocation, op: str, args: bytes) -> Future[msgspec.Raw]:
        """See `motia.authoring.Port`."""
        future: Future[msgspec.Raw] = Future()
        if self.is_loop_thread():
            self._calls.start(invocation, op, args, future)  # type: ignore[arg-type]  # all of them are Running
        else:
            if self._threads is not None and (op == "call" or (op == "trigger" and b'"wait_ms"' in args)):
                self._threads.lend()
                future.add_done_callback(self._threads.take_back)
            self._outbox.post(self._calls.start, invocation, op, args, future)
        return future

    def keep(self, invocation: Invocation, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """See `motia.authoring.Port`."""
        assert isinstance(invocation, Running)
        running = invocation
        running.pending += 1
        running.kept += 1
        task = self._loop.create_task(work)
        self._kept.add(task)

        def done(_: asyncio.Task[T]) -> None:
            self._kept.discard(task)
            running.pending -= 1
            running.kept -= 1
            if running.pending == 0:
                self._on_settled(running)

        task.add_done_callback(done)
        return task

    def log(
        self, invocation: Invocation | None, level: str, message: str, fields: bytes | None, source: str
    ) -> None:
        """See `motia.authoring.Port`."""
        if self.state is State.CLOSED:
            return
        line = Log(
            level=level,
            message=clean(cut(message, self._hello.log_bytes_max)),
            invocation=invocation.number if invocation is not None else 0,
            fields=None if fields is None else msgspec.Raw(self._bounded(fields)),
            at=self._now_ms(),
            source=source,
        )
        if self.is_loop_thread():
            self._outbox.put_log(line)
        else:
            self._outbox.post_log(line)

    def span(
        self,
        invocation: Invocation,
        name: str,
        span: str,
        started_at: int,
        duration_us: int,
        fields: bytes | None,
    ) -> None:
        """See `motia.authoring.Port`."""
        message = Span(
            invocation=invocation.number,
            name=clean(name),
            span=span,
            parent=invocation.span,
            started_at=started_at,
            duration_us=duration_us,
            fields=None if fields is None else msgspec.Raw(self._bounded(fields)),
        )
        self._outbox.post(self._outbox.put, encode_frame(message))

    def write_now(self, frame: bytes) -> None:
        """Write a frame from another thread while the loop stands still."""
        self._outbox.write_now(frame)

    def is_loop_thread(self) -> bool:
        """See `motia.authoring.Port`."""
        return threading.get_ident() == self._loop_thread

    def _bounded(self, fields: bytes) -> bytes:
        if len(fields) <= self._hello.log_bytes_max:
            return fields
        text = cut(fields.decode("utf-8", "replace"), self._hello.log_bytes_max)
        return msgspec.json.encode({"cut": text})

    def _log_own(self, level: str, message: str) -> None:
        if self.state in (State.CONNECTED, State.CLOSED):
            # Not greeted: only the process's own output reaches a reader.
            os.write(2, f"motia worker: {message}\n".encode("utf-8", "replace"))
        else:
            self._outbox.put_log(Log(level=level, message=clean(message), at=self._now_ms(), source="stderr"))

    # hooks and the end

    async def _run_hook(self, hook: Hook) -> None:
        result: Any
        if asyncio.iscoroutinefunction(hook.function):
            result = hook.function()
        else:
            assert self._threads is not None
            result = await asyncio.wrap_future(self._threads.submit(hook.function))
        if asyncio.iscoroutine(result):
            await result

    def _end_if_drained(self) -> None:
        if self.state is State.DRAINING and not self._in_flight and self._stopping is None:
            self._stopping = self._loop.create_task(self._stop())

    async def _stop(self) -> None:
        loader = self._loader

        def report(hook: Hook, error: BaseException) -> None:
            stack = author_stack(error, self.root)
            self._log_own(
                "error",
                f"on_stop in {hook.file}:{hook.line} failed: {type(error).__name__}: {error}\n{stack}",
            )

        if loader is not None:
            await loader.run_stop_hooks(self._run_hook, report)
        self.close()


def _no_file(file: str) -> None:
    """The engine did not ask which file is loaded."""


def _nothing() -> None:
    """The connection was closed before."""
