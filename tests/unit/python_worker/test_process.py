"""What only a process of its own can show: captured output, the end, what is imported."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from motia.protocol import (
    Drain,
    FrameDecoder,
    Hello,
    Invoke,
    Load,
    Log,
    Result,
    WorkerMessage,
    encode_frame,
)

STEPS = """
    import asyncio, logging, os, subprocess, sys, threading
    from motia import event

    @event(id="prints")
    async def prints():
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, print, "from the executor")
        await asyncio.to_thread(print, "from a thread")
        await asyncio.create_task(later())
        print("to stderr", file=sys.stderr)
        logging.getLogger("lib").info("from a library")

    async def later():
        print("from a task")

    @event(id="stray")
    async def stray():
        async def end():
            sys.exit(7)
        asyncio.create_task(end())
        await asyncio.sleep(0.01)
        return "here"

    @event(id="child")
    def child():
        code = "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()

    @event(id="imported")
    async def imported():
        return [name for name in ("pydantic", "jsonschema_rs", "starlette", "apsw") if name in sys.modules]

    @event(id="socket")
    async def has_socket():
        return "MOTIA_WORKER_FD" in os.environ
"""


class Process:
    def __init__(self, root: Path) -> None:
        self.sock, theirs = socket.socketpair()
        self.sock.settimeout(20)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "motia.python_worker"],
            env={**os.environ, "MOTIA_WORKER_FD": str(theirs.fileno())},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        theirs.close()
        self._decoder: FrameDecoder[WorkerMessage] = FrameDecoder(WorkerMessage)
        self._messages: list[WorkerMessage] = []
        self.logs: list[Log] = []
        self.send(
            Hello(protocol=1, engine="e", worker="w"), Load(root=str(root), files=("motia/steps/a.py",))
        )
        self.next()
        assert self.next().faults == ()  # type: ignore[union-attr]  # the second message is the manifest

    def send(self, *messages) -> None:
        self.sock.sendall(b"".join(map(encode_frame, messages)))

    def next(self) -> WorkerMessage:
        while True:
            while not self._messages:
                data = self.sock.recv(1 << 20)
                assert data, "the worker closed the connection"
                self._messages += [message for message, _ in self._decoder.feed(data)]
            message = self._messages.pop(0)
            if not isinstance(message, Log):
                return message
            self.logs.append(message)

    def value(self, step: str) -> object:
        self.send(Invoke(invocation=3, step=step, kind="event", trace="a" * 32, span="b" * 16))
        answer = self.next()
        assert isinstance(answer, Result), answer
        return msgspec.json.decode(answer.value)


@pytest.fixture
def process(tmp_path):
    folder = tmp_path / "motia" / "steps"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text(textwrap.dedent(STEPS))
    held = Process(tmp_path)
    yield held
    held.sock.close()
    held.process.wait(20)
    held.process.stdout.close()


def test_whatever_a_handler_prints_is_a_line_of_its_run(process):
    process.value("prints")

    assert [(line.invocation, line.message, line.source, line.level) for line in process.logs] == [
        (3, "from the executor", "print", "info"),
        (3, "from a thread", "print", "info"),
        (3, "from a task", "print", "info"),
        (3, "to stderr", "stderr", "warn"),
        (3, "from a library", "logging", "info"),
    ]


def test_sys_exit_in_a_task_of_the_authors_does_not_end_the_worker(process):
    assert process.value("stray") == "here"
    assert process.value("stray") == "here"


def test_processes_that_a_handler_starts_take_signals_as_usual(process):
    assert process.value("child") == "True"


def test_a_worker_imports_no_library_that_its_steps_do_not(process):
    assert process.value("imported") == []


def test_the_socket_is_not_handed_on_to_what_a_handler_starts(process):
    assert process.value("socket") is False


def test_a_drained_worker_exits_with_0(process):
    process.send(Drain())

    assert process.process.wait(20) == 0


def test_without_a_socket_it_says_who_starts_it():
    env = {name: value for name, value in os.environ.items() if name != "MOTIA_WORKER_FD"}

    done = subprocess.run(
        [sys.executable, "-P", "-m", "motia.python_worker"],
        env=env,
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert done.returncode == 2
    assert "MOTIA_WORKER_FD" in done.stderr
