"""A worker that speaks the protocol and misbehaves on command; run as a process by the tests.

A step file is JSON: `{"steps": [StepSpec…], "on_load": "die" | "killed" | "hang", "times": n}`; what is
not JSON is a fault. `times`: how often it does so, counted in a file beside it; always when it is missing.
With SCRIPT_TELLS it says which file it loads.
What an invocation does is named by `do` in its payload.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import msgspec

from motia.model import LoadFault, Source, StepKind, StepSpec
from motia.protocol import (
    Call,
    Cancel,
    Chunk,
    Drain,
    EngineMessage,
    Failure,
    FrameDecoder,
    Hello,
    Invoke,
    Load,
    LoadedManifest,
    Loading,
    Log,
    Ping,
    Pong,
    Pull,
    Reply,
    Result,
    Span,
    Stalled,
    WorkerHello,
    WorkerMessage,
    encode_frame,
)


class Scripted:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.cancels: dict[int, asyncio.Future[str]] = {}
        self.replies: dict[int, asyncio.Future[Reply]] = {}
        self.pulls: dict[int, asyncio.Queue[int]] = {}
        self.calls = 0
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.is_draining = False
        self.is_deaf = False
        self.loaded_at = ""

    def send(self, message: WorkerMessage, blob: bytes = b"") -> None:
        self.raw(encode_frame(message, blob))

    def raw(self, data: bytes) -> None:
        self.sock.setblocking(True)
        self.sock.sendall(data)
        self.sock.setblocking(False)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        decoder: FrameDecoder[EngineMessage] = FrameDecoder(EngineMessage)
        while data := await loop.sock_recv(self.sock, 262_144):
            for message, blob in decoder.feed(data):
                self.on(message, blob)
            if self.is_draining and not self.tasks:
                break
        if self.is_deaf:
            await asyncio.Event().wait()
        self.leave()

    def leave(self) -> None:
        if os.environ.get("SCRIPT_STOP") == "hang":
            time.sleep(1_000)
        self.sock.close()
        os._exit(0)

    def on(self, message: EngineMessage, blob: bytes) -> None:
        match message:
            case Hello():
                self.hello()
            case Load():
                self.load(message)
            case Invoke():
                self.cancels[message.invocation] = asyncio.get_running_loop().create_future()
                task = asyncio.ensure_future(self.invoke(message, blob))
                self.tasks[message.invocation] = task
            case Cancel() if message.invocation in self.cancels:
                if not self.cancels[message.invocation].done():
                    self.cancels[message.invocation].set_result(message.reason)
            case Reply() if message.call in self.replies:
                self.replies.pop(message.call).set_result(message)
            case Pull() if message.invocation in self.pulls:
                self.pulls[message.invocation].put_nowait(message.bytes)
            case Ping():
                self.send(Pong(token=message.token))
            case Drain():
                self.is_draining = True
            case _:
                pass

    def hello(self) -> None:
        how = os.environ.get("SCRIPT_HELLO", "")
        if how == "exit":
            print("cannot start", file=sys.stderr, flush=True)
            os._exit(7)
        if how != "none":
            self.send(
                WorkerHello(
                    protocol=99 if how == "bad-protocol" else 1,
                    language="cobol"
                    if how == "bad-language"
                    else os.environ.get("SCRIPT_LANGUAGE", "python"),
                    runtime="scripted",
                    pid=os.getpid(),
                )
            )

    def load(self, load: Load) -> None:
        steps: list[StepSpec] = []
        faults: list[LoadFault] = []
        file_modules: dict[str, tuple[str, ...]] = {}
        tells = load.tells and "SCRIPT_TELLS" in os.environ
        for file in load.files:
            if tells:
                self.send(Loading(file=file))
            try:
                script = json.loads(Path(load.root, file).read_text())
                for imported in script.get("imports", ()):
                    try:
                        json.loads(Path(load.root, imported).read_text())
                    except ValueError as error:
                        faults.append(LoadFault(code="syntax-error", file=imported, message=str(error)))
                        raise KeyError from error
                file_modules[file] = tuple(script.get("imports", ()))
                steps += [
                    StepSpec(**{"kind": StepKind.EVENT, **spec}, language="python", source=Source(file=file))
                    for spec in script["steps"]
                ]
                on_load = script.get("on_load")
            except ValueError as error:
                faults.append(LoadFault(code="syntax-error", file=file, line=1, message=str(error)))
                continue
            except KeyError:
                continue
            if on_load and self.is_time(Path(load.root, file), script.get("times")):
                self.end(on_load)
            self.loaded_at = script.get("version", "")
        self.send(
            LoadedManifest(
                steps=tuple(steps), faults=tuple(faults), modules=load.files, file_modules=file_modules
            )
        )

    def is_time(self, file: Path, times: int | None) -> bool:
        if times is None:
            return True
        marks = file.with_suffix(".marks")
        with marks.open("a+") as seen:
            seen.write("x")
        return len(marks.read_text()) <= times

    def end(self, how: str) -> None:
        if how == "die":
            os._exit(9)
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(1_000)

    async def invoke(self, its: Invoke, body: bytes) -> None:
        payload: dict[str, Any] = json.loads(bytes(its.payload)) or {}
        try:
            await getattr(self, "do_" + payload.get("do", "echo"))(its, payload, body)
        except Exception:
            traceback.print_exc()
        finally:
            self.tasks.pop(its.invocation, None)
            if self.is_draining and not self.tasks:
                self.leave()

    def result(self, its: Invoke, value: object) -> None:
        self.send(
            Result(invocation=its.invocation, value=msgspec.Raw(msgspec.json.encode(value)), handler_us=7)
        )

    async def do_echo(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        if its.kind == "api":
            status = payload.get("status", 201)
            self.send(
                Result(invocation=its.invocation, status=status, headers=(("x-a", "b"),)), body or b"hello"
            )
        else:
            self.result(its, payload)

    async def do_version(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.result(its, [self.loaded_at, os.getpid()])

    async def do_fail(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.send(Failure(invocation=its.invocation, name="ValueError", message="no"))

    async def do_exit(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        os._exit(payload["code"])

    async def do_signal(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        os.kill(os.getpid(), signal.Signals[payload["signal"]])

    async def do_answer_and_exit(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.result(its, "last words")
        os._exit(0)

    async def do_hang(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        reason = await self.cancels[its.invocation]
        self.send(Failure(invocation=its.invocation, name="CancelledError", message=reason, kind="cancelled"))

    async def do_ignore_cancel(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        await asyncio.Event().wait()

    async def do_return_late(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.result(its, await self.cancels[its.invocation])

    async def do_block(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.send(Log(level="info", message="blocking", invocation=its.invocation))
        time.sleep(1_000)  # noqa: ASYNC251  # the loop is to stand still

    async def do_garbage(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.raw(b"\xff" * 100)

    async def do_wrong_state(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.send(LoadedManifest())

    async def do_close(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.is_deaf = True
        self.sock.shutdown(socket.SHUT_RDWR)
        await asyncio.Event().wait()

    async def do_twice(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.result(its, 1)
        self.result(its, 2)
        self.send(Failure(invocation=its.invocation, name="E", message="third"))
        self.send(
            Span(invocation=its.invocation, name="s", span="a", parent="b", started_at=1, duration_us=1)
        )
        self.send(Log(level="info", message="afterwards", invocation=its.invocation))

    async def do_log(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.send(Log(level="warn", message="careful", invocation=its.invocation))
        self.send(
            Span(invocation=its.invocation, name="s", span="a", parent="b", started_at=1, duration_us=1)
        )
        self.send(Stalled(invocation=its.invocation, step=its.step, ms=5, stack="here"))
        self.result(its, None)

    async def do_print(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        for _ in range(payload.get("times", 1)):
            os.write(1, payload["text"].encode())
        os.write(2, b"to stderr\n")
        self.result(its, None)

    async def do_fork(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        child = subprocess.Popen(["sleep", "1000"])  # noqa: ASYNC220
        self.result(its, child.pid)

    async def do_call(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        replies = [self.call(its, payload["op"], payload["args"]) for _ in range(payload.get("times", 1))]
        self.send(Log(level="info", message="called"))
        got = await asyncio.gather(*replies)
        self.result(its, [json.loads(msgspec.json.encode(reply)) for reply in got])

    async def do_call_afterwards(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        self.result(its, None)
        reply = await self.call(its, "trigger", {})
        code = reply.error.code if reply.error else ""
        self.send(Log(level="info", message=f"refused: {code}"))

    def call(self, its: Invoke, op: str, args: object) -> asyncio.Future[Reply]:
        self.calls += 1
        reply = self.replies[self.calls] = asyncio.get_running_loop().create_future()
        raw = msgspec.Raw(msgspec.json.encode(args))
        self.send(Call(call=self.calls, invocation=its.invocation, op=op, args=raw))
        return reply

    async def do_stream(self, its: Invoke, payload: dict[str, Any], body: bytes) -> None:
        credit = 256 * 1024
        pulls = self.pulls[its.invocation] = asyncio.Queue()
        cancelled = self.cancels[its.invocation]
        self.send(Result(invocation=its.invocation, status=200, stream=True))
        piece = b"x" * payload["size"]
        for number in range(payload["pieces"]):
            while credit <= 0 and not payload.get("rude"):
                pulled = asyncio.ensure_future(pulls.get())
                await asyncio.wait((pulled, cancelled), return_when=asyncio.FIRST_COMPLETED)
                if cancelled.done():
                    pulled.cancel()
                    self.send(Chunk(invocation=its.invocation, error="cancelled"))
                    return
                credit += pulled.result()
            credit -= len(piece)
            self.send(Chunk(invocation=its.invocation), piece)
            if payload.get("die_at") == number:
                os._exit(3)
            await asyncio.sleep(0)
        self.send(Chunk(invocation=its.invocation, last=True, error=payload.get("error", "")))


if __name__ == "__main__":
    own = socket.socket(fileno=int(os.environ["MOTIA_WORKER_FD"]))
    own.setblocking(False)
    asyncio.run(Scripted(own).run())
