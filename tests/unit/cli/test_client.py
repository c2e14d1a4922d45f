"""Talking to an engine over its socket, and finding that there is none."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

import pytest

from motia.cli.client import ControlClient, EngineGone, decode, event_data, running_engine, segment, url_of
from motia.cli.errors import CommandError, ControlError
from motia.workbench.endpoint import name_in

Answer = Callable[[str, str, Any], tuple[int, bytes]]


class Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    answer: Answer


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        status, content = self.server.answer(self.command, self.path, body)
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # a client that has read enough leaves
            self.wfile.write(content)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_: Any) -> None:
        pass

    def address_string(self) -> str:
        return "local"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Answer], ControlClient]]:
    servers: list[Server] = []

    def start(answer: Answer) -> ControlClient:
        server = Server(str(tmp_path / "c.sock"), Handler)
        server.answer = answer
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return ControlClient(str(tmp_path / "c.sock"))

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def record(root: Path, *, pid: int, control: str) -> None:
    (root / ".motia").mkdir(exist_ok=True)
    content = {"pid": pid, "started_at": 1, "version": "1", "api": "http://127.0.0.1:1", "control": control}
    (root / ".motia" / "engine.json").write_text(json.dumps(content))


def test_a_request_carries_method_query_and_body(serve):
    control = serve(lambda *asked: (200, json.dumps(asked).encode()))

    answer = control.request("POST", "/v1/x", query={"state": ["dead", "ready"], "step": None}, body={"a": 1})

    assert answer == ["POST", "/v1/x?state=dead&state=ready", {"a": 1}]


def test_an_answer_without_content_is_none(serve):
    assert serve(lambda *_: (204, b"")).request("DELETE", "/v1/x") is None


def test_a_refusal_is_raised_with_its_code_and_hint(serve):
    error = {"error": {"code": "run-not-found", "message": "no run 7", "hint": "look again", "details": [1]}}
    control = serve(lambda *_: (404, json.dumps(error).encode()))

    with pytest.raises(ControlError) as refused:
        control.request("GET", "/v1/runs/7")

    told = refused.value
    assert (told.refusal, told.http_status, told.message) == ("run-not-found", 404, "no run 7")
    assert (told.hint, told.details) == ("look again", [1])


def test_an_answer_that_is_not_ours_is_said(serve):
    with pytest.raises(ControlError, match="502"):
        serve(lambda *_: (502, b"<html>")).request("GET", "/v1/x")


def test_an_engine_that_is_gone_is_said(tmp_path: Path):
    with pytest.raises(EngineGone) as gone:
        ControlClient(str(tmp_path / "none.sock")).request("GET", "/v1/x")

    assert "motia doctor" in gone.value.hint


def test_an_engine_that_says_nothing_is_not_waited_for(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "c.sock"))
        silent.listen()

        with pytest.raises(EngineGone):
            ControlClient(str(tmp_path / "c.sock")).request("GET", "/v1/x", limit_s=0.05)


def test_followed_events_come_one_by_one(serve):
    content = b': hello\n\nid: 1\nevent: log\ndata: {"n": 1}\n\ndata: {"n":\ndata: 2}\n\ndata: {"cut": 1}\n'
    control = serve(lambda *_: (200, content))

    assert list(control.follow("/v1/feed")) == [{"n": 1}, {"n": 2}]


def test_an_engine_that_answers_is_found(tmp_path: Path, serve):
    serve(lambda *_: (200, b"{}"))
    record(tmp_path, pid=os.getpid(), control=str(tmp_path / "c.sock"))

    found = running_engine(tmp_path)

    assert found is not None
    assert found.pid == os.getpid()


def test_a_record_of_a_dead_process_is_no_engine(tmp_path: Path, serve):
    serve(lambda *_: (200, b"{}"))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    record(tmp_path, pid=ended.pid, control=str(tmp_path / "c.sock"))

    assert running_engine(tmp_path) is None


def test_a_socket_that_refuses_is_no_engine(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "c.sock"))
    record(tmp_path, pid=os.getpid(), control=str(tmp_path / "c.sock"))

    assert running_engine(tmp_path) is None


@pytest.mark.parametrize("content", [None, "", "{}", "[1", '{"pid": "x"}'])
def test_a_record_that_cannot_be_read_is_no_engine(tmp_path: Path, content: str | None):
    (tmp_path / ".motia").mkdir()
    if content is not None:
        (tmp_path / ".motia" / "engine.json").write_text(content)

    assert running_engine(tmp_path) is None


def test_a_name_with_a_slash_is_one_segment():
    assert segment("a/b c") == "a%2Fb%20c"


@pytest.mark.parametrize("name", [".", "..", "~.", "~..", "~~.", "~", "...", "~a", ".env"])
def test_a_name_of_dots_is_read_as_it_was_written(name: str):
    written = segment(name)

    assert name_in(written) == name
    assert written not in (".", "..")


def test_an_empty_name_is_refused_before_it_names_something_else():
    with pytest.raises(CommandError, match="empty"):
        segment("")
    assert url_of("/v1/x", {"a": True, "b": None}) == "/v1/x?a=true"


def test_events_are_split_at_empty_lines():
    assert list(event_data(iter([b"data: a\r\n", b"\r\n", b"data:b\n", b"\n"]))) == ["a", "b"]


def test_an_error_without_our_shape_is_still_an_error():
    with pytest.raises(ControlError, match="500"):
        decode(500, b'{"detail": "x"}')
