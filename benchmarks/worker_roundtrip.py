"""Engine CPU of one invocation and its answer: supervisor, session and socket, against a bare worker.

Run: `python benchmarks/worker_roundtrip.py [count] [in flight]`. Prints microseconds of CPU of this
process per round trip; the worker's own CPU is not counted. Read it as a ratio: machines differ.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from motia.model import Manifest, Source, SpanId, StepId, StepKind, StepSpec, TraceId
from motia.project import Config
from motia.protocol import (
    Drain,
    EngineMessage,
    FrameDecoder,
    Hello,
    Invoke,
    Load,
    LoadedManifest,
    Log,
    Ping,
    Pong,
    Result,
    Span,
    Stalled,
    WorkerHello,
    encode_frame,
)
from motia.runtime import SystemClock
from motia.workers import Invocation, Lane, Origin, Supervisor


class Launcher:
    language = "python"

    def argv(self) -> list[str]:
        return [sys.executable, __file__, "--worker"]

    def env(self) -> dict[str, str]:
        return dict(os.environ)


class Events:
    def on_log(self, origin: Origin | None, worker: str, log: Log) -> None:
        print(worker, log.message, file=sys.stderr)

    def on_span(self, origin: Origin, span: Span) -> None: ...
    def on_log_dropped(self, origin: Origin | None) -> None: ...

    def on_stalled(self, worker: str, stalled: Stalled) -> None: ...
    def on_manifest(self, manifest: Manifest) -> None: ...
    def on_worker(self, worker: str, change: str) -> None: ...
    def on_capacity(self) -> None: ...


def work() -> None:
    """A worker that answers as fast as Python can."""
    sock = socket.socket(fileno=int(os.environ["MOTIA_WORKER_FD"]))
    sock.setblocking(True)
    decoder: FrameDecoder[EngineMessage] = FrameDecoder(EngineMessage)
    while data := sock.recv(262_144):
        out = []
        for message, _ in decoder.feed(data):
            if isinstance(message, Invoke):
                out.append(encode_frame(Result(invocation=message.invocation, value=message.payload)))
            elif isinstance(message, Hello):
                out.append(
                    encode_frame(WorkerHello(protocol=1, language="python", runtime="bench", pid=os.getpid()))
                )
            elif isinstance(message, Load):
                step = StepSpec(
                    id=StepId("a"), kind=StepKind.EVENT, language="python", source=Source(file="a.py")
                )
                out.append(encode_frame(LoadedManifest(steps=(step,))))
            elif isinstance(message, Ping):
                out.append(encode_frame(Pong(token=message.token)))
            elif isinstance(message, Drain):
                return
        if out:
            sock.sendall(b"".join(out))


async def measure(count: int, in_flight: int) -> None:
    async def refuse(origin: Origin, op: str, args: object) -> bytes:
        return b"null"

    supervisor = Supervisor(
        config=Config(root=Path(tempfile.gettempdir()), environment="production"),
        clock=SystemClock(),
        events=Events(),
        calls=refuse,
        launchers={"python": Launcher()},
        files={"python": ("a.py",)},
        engine_version="bench",
    )
    await supervisor.start()
    invocation = Invocation(
        step=StepId("a"),
        kind="event",
        trace=TraceId("0" * 32),
        span=SpanId("0" * 16),
        lane=Lane.BACKGROUND,
        timeout_ms=30_000,
        payload=b'{"orderId":"o-1","amount":12.5}',
    )
    left, done = count, asyncio.get_running_loop().create_future()

    def again(_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            done.set_result(None)
        elif left >= in_flight:
            supervisor.invoke(invocation).answer.add_done_callback(again)

    started, cpu = time.perf_counter(), time.process_time()
    for _ in range(in_flight):
        supervisor.invoke(invocation).answer.add_done_callback(again)
    await done
    cpu, took = time.process_time() - cpu, time.perf_counter() - started
    print(
        f"{in_flight:4d} in flight: {cpu / count * 1e6:6.1f} µs engine CPU, {took / count * 1e6:6.1f} µs a round trip, "
        f"{count / took:9,.0f}/s"
    )
    await supervisor.stop()


if __name__ == "__main__":
    if "--worker" in sys.argv:
        work()
    else:
        numbers = [int(arg) for arg in sys.argv[1:]]
        count = numbers[0] if numbers else 50_000
        for in_flight in numbers[1:] or (1, 16, 64):
            for _ in range(3):
                uvloop.run(measure(count if in_flight > 1 else count // 10, in_flight))
