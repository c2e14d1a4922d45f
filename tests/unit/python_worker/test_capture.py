"""print, stderr and logging, inside and outside handlers."""

from __future__ import annotations

import asyncio
import io
import logging
import sys

import msgspec
import pytest

from motia.authoring import current
from motia.python_worker.capture import Capture, RunHandler, RunStream, flush_printed
from motia.python_worker.running import Running
from motia.python_worker.threads import ContextExecutor


class Lines:
    def __init__(self) -> None:
        self.all: list[tuple[object, str, str, object, str]] = []

    def __call__(self, running, level, message, fields, source) -> None:
        self.all.append((running, level, message, msgspec.json.decode(fields) if fields else None, source))


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def running() -> Running:
    from motia.protocol import Invoke

    message = Invoke(invocation=5, step="x", kind="event", trace="a" * 32, span="b" * 16)
    return Running(message, None, None, 0)  # type: ignore[arg-type]  # what is printed needs neither


def stream_of(lines: Lines) -> RunStream:
    return RunStream(lines, source="print", level="info", original=io.TextIOWrapper(io.BytesIO()))


def test_each_finished_line_is_a_log_line_of_the_run(lines, running):
    stream = stream_of(lines)
    token = current.set(running)

    print("one", "two", file=stream)
    print("half", end="", file=stream)
    print("\nlast\n\n", end="", file=stream)
    current.reset(token)

    assert [(line[0], line[2], line[4]) for line in lines.all] == [
        (running, "one two", "print"),
        (running, "half", "print"),
        (running, "last", "print"),
    ]


def test_what_has_no_line_end_is_logged_when_the_run_is_answered(lines, running):
    stream = stream_of(lines)
    token = current.set(running)
    print("tail", end="", file=stream)
    current.reset(token)

    flush_printed(running, lines)

    assert [line[2] for line in lines.all] == ["tail"]


def test_outside_a_handler_lines_are_the_workers_own(lines):
    print("alone", file=stream_of(lines))

    assert lines.all == [(None, "info", "alone", None, "print")]


def test_two_runs_do_not_mix_their_halves(lines, running):
    stream = stream_of(lines)
    print("own ", end="", file=stream)
    token = current.set(running)
    print("theirs", file=stream)
    current.reset(token)
    print("line", file=stream)

    assert [line[2] for line in lines.all] == ["theirs", "own line"]


def test_an_endless_line_is_cut_into_pieces(lines):
    stream = stream_of(lines)

    stream.write("x" * 70_000)

    assert len(lines.all) == 1


def test_a_record_of_any_library_becomes_a_line(lines, running):
    log = logging.getLogger("a.library.of.the.test")
    log.propagate = False
    log.addHandler(RunHandler(lines))
    token = current.set(running)
    try:
        raise ValueError("inner")
    except ValueError:
        log.warning("it %s", "failed", exc_info=True, extra={"user": 7})
    log.error("wrong %d", "format")
    current.reset(token)

    first, second = lines.all
    assert (first[0], first[1], first[2], first[4]) == (running, "warn", "it failed", "logging")
    assert first[3]["logger"] == log.name
    assert first[3]["user"] == 7
    assert "ValueError: inner" in first[3]["exception"]
    assert second[2] == "wrong %d ('format',)"


async def test_threads_of_the_loops_pool_keep_the_invocation(lines, running):
    loop = asyncio.get_running_loop()
    pool = ContextExecutor(2)
    token = current.set(running)

    seen = await loop.run_in_executor(pool, current.get)

    current.reset(token)
    pool.shutdown()
    assert seen is running


def test_the_streams_come_back(lines):
    before = (sys.stdout, sys.stderr)

    capture = Capture(lines)
    print("caught")
    capture.close()

    assert (sys.stdout, sys.stderr) == before
    assert lines.all[0][2] == "caught"
