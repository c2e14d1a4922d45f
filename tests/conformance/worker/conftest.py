"""Starts workers of each language as real processes and speaks to them over the socket pair.

A new language is one more entry in `LANGUAGES`: how its worker is started, where its step fixtures
are, and in which order they are loaded. The step ids and what they do are the same in each.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from motia.protocol import (
    Call,
    Drain,
    EngineMessage,
    Failure,
    FrameDecoder,
    Hello,
    Invoke,
    Load,
    LoadedManifest,
    Log,
    Reply,
    Request,
    Result,
    Stalled,
    WorkerHello,
    WorkerMessage,
    encode_frame,
)

HERE = Path(__file__).parent
SDK = HERE.parents[2] / "sdk"
NODE = SDK / "node"
LIMIT_S = 20.0
BYTECODE = os.path.join(tempfile.gettempdir(), f"motia-test-bytecode-{os.getuid()}")
TRACE, SPAN, RUN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00000000000000a1"


class Language(msgspec.Struct, frozen=True):
    """One kind of worker under test."""

    name: str
    argv: tuple[str, ...]
    root: str
    files: tuple[str, ...]
    broken: tuple[str, ...]
    """Files that do not load: a syntax error first, then a missing library."""
    own_frames: str
    """Text that must not be in an author's stack: it would be of the worker itself."""
    are_big_integers_exact: bool
    """Whether integers beyond 2^53 pass unchanged; else they are refused."""
    has_stalls: bool = True
    """Whether one handler can keep all others from running."""


LANGUAGES = [
    Language(
        "python",
        (sys.executable, "-P", "-m", "motia.python_worker"),
        str(HERE / "steps" / "python"),
        ("motia/steps/events.py", "motia/steps/http.py", "motia/steps/states.py"),
        ("motia/steps/inner/broken.py", "motia/steps/inner/missing.py"),
        own_frames="python_worker",
        are_big_integers_exact=True,
    ),
    Language(
        "node",
        (
            "node",
            "--enable-source-maps",
            "--disable-warning=ExperimentalWarning",
            str(NODE / "dist/worker.mjs"),
        ),
        str(HERE / "steps" / "node"),
        ("motia/steps/events.ts", "motia/steps/http.js", "motia/steps/states.cjs"),
        ("motia/steps/inner/broken.ts", "motia/steps/inner/missing.js"),
        own_frames="worker.mjs",
        are_big_integers_exact=False,
    ),
    Language(
        "ruby",
        ("ruby", f"-I{SDK}/ruby/lib", f"{SDK}/ruby/lib/motia/worker/main.rb"),
        str(HERE / "steps" / "ruby"),
        ("motia/steps/events.rb", "motia/steps/http.rb", "motia/steps/states.rb"),
        ("motia/steps/inner/broken.rb", "motia/steps/inner/missing.rb"),
        own_frames="lib/motia/",
        are_big_integers_exact=True,
        has_stalls=False,
    ),
]


class WorkerProcess:
    """The engine's end of a worker: sends messages, receives messages, each with a limit."""

    def __init__(self, language: Language, **hello: int) -> None:
        self.language = language
        self._hello = hello
        engine, worker = socket.socketpair()
        # Compiled once for all: an environment without bytecode makes every start a compilation.
        env = {**os.environ, "MOTIA_WORKER_FD": str(worker.fileno()), "PYTHONPYCACHEPREFIX": BYTECODE}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process = subprocess.Popen(
            language.argv,
            env=env,
            cwd=language.root,
            pass_fds=[worker.fileno()],
            process_group=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        worker.close()
        self.sock = engine
        self.sock.settimeout(LIMIT_S)
        self._decoder: FrameDecoder[WorkerMessage] = FrameDecoder(WorkerMessage)
        self._frames: list[tuple[WorkerMessage, bytes]] = []
        self.blob = b""
        self.logs: list[Log] = []

    def send(self, *messages: EngineMessage) -> None:
        self.sock.sendall(b"".join(encode_frame(message) for message in messages))

    def send_bytes(self, data: bytes) -> None:
        self.sock.sendall(data)

    def receive(self) -> WorkerMessage:
        """The next message, log lines too; `blob` holds its blob."""
        while not self._frames:
            data = self.sock.recv(1 << 20)
            if not data:
                raise EOFError("the worker closed the connection")
            self._frames.extend(self._decoder.feed(data))
        message, self.blob = self._frames.pop(0)
        return message

    def next(self) -> WorkerMessage:
        """The next message that no machine may put in between: log lines go to `logs`, stalls are passed over."""
        while isinstance(message := self.receive(), Log | Stalled):
            if isinstance(message, Log):
                self.logs.append(message)
        return message

    def stall(self, invocation: int) -> Stalled:
        """The next report that `invocation` holds the loop up."""
        while not isinstance(message := self.receive(), Stalled) or message.invocation != invocation:
            assert isinstance(message, Log | Stalled), message
        return message

    def answer(self) -> Result | Failure:
        message = self.next()
        assert isinstance(message, Result | Failure), message
        return message

    def value(self) -> object:
        answer = self.answer()
        assert isinstance(answer, Result), answer
        return msgspec.json.decode(answer.value)

    def call(self) -> tuple[Call, dict[str, object]]:
        message = self.next()
        assert isinstance(message, Call), message
        return message, msgspec.json.decode(message.args)

    def reply(self, call: Call, value: object = None) -> None:
        self.send(Reply(call=call.call, value=msgspec.Raw(msgspec.json.encode(value))))

    def until_log(self, text: str) -> Log:
        while True:
            message = self.receive()
            assert isinstance(message, Log | Stalled), message
            if isinstance(message, Log) and text in message.message:
                return message

    def greet(self) -> WorkerHello:
        self.send(Hello(protocol=1, engine="test", worker=f"{self.language.name}-1", **self._hello))
        hello = self.next()
        assert isinstance(hello, WorkerHello), hello
        return hello

    def load(self, *files: str) -> LoadedManifest:
        self.send(Load(root=self.language.root, files=files or self.language.files))
        manifest = self.next()
        assert isinstance(manifest, LoadedManifest), manifest
        return manifest

    def invoke(
        self, step: str, payload: object = None, *, number: int = 1, kind: str = "event", **more: object
    ) -> None:
        raw = msgspec.Raw(msgspec.json.encode({} if payload is None else payload))
        self.send(
            Invoke(
                invocation=number, step=step, kind=kind, trace=TRACE, span=SPAN, run=RUN, payload=raw, **more
            )
        )

    def request(
        self,
        step: str,
        method: str = "GET",
        path: str = "/",
        *,
        body: bytes = b"",
        number: int = 1,
        headers: tuple[tuple[str, str], ...] = (),
        media: str = "none",
        **more: object,
    ) -> None:
        request = Request(method=method, url=path, path=path, headers=headers, media=media, **more)
        message = Invoke(invocation=number, step=step, kind="api", trace=TRACE, span=SPAN, request=request)
        self.sock.sendall(encode_frame(message, body))

    def ends(self) -> bool:
        """Read to the end of file; log lines on the way are kept."""
        try:
            while True:
                message = self.receive()
                if isinstance(message, Log):
                    self.logs.append(message)
        except (EOFError, ConnectionResetError):
            return True

    def drain(self) -> int:
        self.send(Drain())
        assert self.ends()
        return self.process.wait(LIMIT_S)

    def output(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.read().decode()

    def close(self) -> None:
        self.sock.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(LIMIT_S)
        if self.process.stdout is not None:
            self.process.stdout.close()


StartWorker = Callable[..., WorkerProcess]


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.name)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    if shutil.which(found.argv[0]) is None:
        pytest.skip(f"{found.argv[0]} is not installed")
    if found.name == "node":
        _link_packages()
    return found


def _link_packages() -> None:
    """Let the fixtures find zod where the SDK keeps it; `npm ci && npm run build` in sdk/node comes first."""
    link = HERE / "steps" / "node" / "node_modules"
    if not link.is_symlink():
        with contextlib.suppress(FileExistsError):  # another test process was faster
            link.symlink_to(NODE / "node_modules", target_is_directory=True)


@pytest.fixture
def start(language: Language) -> Iterator[StartWorker]:
    """Start a worker and say nothing yet."""
    started: list[WorkerProcess] = []

    def begin(**hello: int) -> WorkerProcess:
        started.append(WorkerProcess(language, **hello))
        return started[-1]

    yield begin
    for worker in started:
        worker.close()


@pytest.fixture
def worker(start: StartWorker) -> WorkerProcess:
    """A worker that has loaded the fixtures."""
    process = start()
    process.greet()
    process.load()
    return process


@pytest.fixture
def ended_within() -> Callable[[WorkerProcess, float], bool]:
    """Whether a worker's process ends within so many seconds."""

    def wait(process: WorkerProcess, limit_s: float) -> bool:
        until = time.monotonic() + limit_s
        try:
            process.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return False
        return time.monotonic() <= until + limit_s

    return wait
