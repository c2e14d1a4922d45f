"""The line between a test in another language and its engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from motia.testing import serve_remote
from motia.testing.remote import LOG_BACKLOG_BYTES, Remote


class Lines:
    """A sink that keeps what was told; `backlog` is what its reader has not taken."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.backlog = 0

    def write(self, data: bytes, /) -> None:
        self.told += [json.loads(line) for line in data.splitlines()]

    def get_write_buffer_size(self) -> int:
        return self.backlog

    def of(self, kind: str) -> list[Any]:
        return [line[kind] for line in self.told if kind in line]


async def carry_out(root: Path, *orders: tuple[str, dict[str, Any]], **how: Any) -> tuple[Lines, list[Any]]:
    """Give the orders, then end; everything that was told, and the answers."""
    reader, lines = asyncio.StreamReader(), Lines()
    for number, (op, args) in enumerate(orders, start=1):
        reader.feed_data(json.dumps({"id": number, "op": op, "args": args}).encode() + b"\n")
    reader.feed_eof()
    code = await asyncio.wait_for(serve_remote(root, reader, lines, **how), 50)
    answers = sorted((line for line in lines.told if "id" in line), key=lambda line: line["id"])
    assert code == (1 if lines.of("failed") else 0)
    return lines, [answer.get("value", answer.get("error")) for answer in answers]


async def test_orders_are_carried_out_one_after_another(project: Callable[..., Path]):
    lines, answers = await carry_out(
        project(),
        ("trigger", {"target": "greeted", "payload": {"name": "Ada"}}),
        ("wait_idle", {}),
        ("runs", {"step": "greeted", "state": "completed"}),
        ("now", {}),
    )

    (ready,) = lines.of("ready")
    assert ready["api"].startswith("http://127.0.0.1:")
    accepted, _, (run,), now = answers
    assert (run["id"], run["trace"], run["payload"]) == (
        accepted["runId"],
        accepted["traceId"],
        {"name": "Ada"},
    )
    assert now.startswith("2026-01-01T00:00:00")


async def test_the_clock_is_turned_and_retries_happen(project: Callable[..., Path]):
    _, (accepted, before, _, after) = await carry_out(
        project(),
        ("trigger", {"target": "hopeless", "delay": 30}),
        ("runs", {"state": "scheduled"}),
        ("advance", {"seconds": 600}),
        ("runs", {"step": "hopeless"}),
    )

    assert [run["id"] for run in before] == [accepted["runId"]]
    assert [run["state"] for run in after] == ["dead"]


async def test_a_refusal_has_the_engines_words_and_the_line_goes_on(project: Callable[..., Path]):
    _, (refused, unknown, missing, fired) = await carry_out(
        project(),
        ("trigger", {"target": "greeted", "payload": {}}),
        ("dance", {}),
        ("run", {"run": "0000000000000001"}),
        ("fire", {"step": "nightly"}),
    )

    assert refused["code"] == "payload-invalid"
    assert refused["details"][0]["path"] == "/name"
    assert (unknown["code"], missing["message"]) == ("test-order", "there is no run 0000000000000001")
    assert fired["runId"]


async def test_a_faulty_project_is_told_with_every_place(project: Callable[..., Path]):
    root = project("from motia import event\n@event(id='a', retries=-1)\nasync def a(): ...\n")

    lines, _ = await carry_out(root)
    lenient, (runs,) = await carry_out(root, ("runs", {}), strict=False)

    (failed,) = lines.of("failed")
    assert "motia/steps/" in failed["message"]
    assert lenient.of("ready")
    assert runs == []


async def test_log_lines_come_as_text_for_people(project: Callable[..., Path]):
    lines, _ = await carry_out(project(), ("trigger", {"target": "hopeless"}), ("advance", {"seconds": 600}))

    logs = lines.of("log")
    assert {"error"} <= {log["level"] for log in logs}
    assert all(log["text"] for log in logs)


def test_log_lines_that_nobody_reads_are_counted():
    lines = Lines()
    remote = Remote(lines, format_log=lambda line: line["message"])

    lines.backlog = LOG_BACKLOG_BYTES + 1
    remote.log({"level": "info", "message": "lost"})
    remote.log({"level": "info", "message": "lost too"})
    lines.backlog = 0
    remote.log({"level": "info", "message": "seen"})

    assert lines.of("log") == [{"level": "info", "message": "seen", "lost": 2, "text": "seen"}]
