"""Telemetry in memory under a frozen clock, and records to feed it with."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from motia.project import Config
from motia.runtime import FrozenClock
from motia.telemetry import Telemetry


class Say:
    """Makes records with defaults; every call may override any field."""

    def __init__(self, telemetry: Telemetry, clock: FrozenClock) -> None:
        self.telemetry = telemetry
        self.clock = clock

    def request(self, **given: Any) -> str:
        trace = given.get("trace") or self.telemetry.new_trace()
        fields = {
            "trace": trace,
            "span": self.telemetry.new_span(),
            "parent": None,
            "step": "get-user",
            "method": "GET",
            "path": "/users/1",
            "status": 200,
            "started_at": self.clock.now_ms(),
            "total_us": 900,
            "wait_us": 50,
            "handler_us": 500,
        }
        fields |= given
        if fields.pop("triggered", False):
            self.telemetry.edge_observed(fields["step"], "other", request=fields["span"])
        self.telemetry.request(**fields)
        return trace

    def attempt(self, **given: Any) -> str:
        trace = given.get("trace") or self.telemetry.new_trace()
        now = self.clock.now_ms()
        fields = {
            "trace": trace,
            "span": self.telemetry.new_span(),
            "parent": None,
            "run": "00000000000000a1",
            "step": "send-mail",
            "attempt": 1,
            "outcome": "completed",
            "created_at": now,
            "ready_at": now,
            "claimed_at": now + 3,
            "sent_at": now + 4,
            "answered_at": now + 14,
            "committed_at": now + 16,
            "wait_us": 1_000,
            "handler_us": 9_000,
        }
        self.telemetry.attempt(**{**fields, **given})
        return trace

    def failure(self, **given: Any) -> str:
        fields = {
            "outcome": "dead",
            "error_name": "ValueError",
            "error_message": "no such user",
            "error_stack": 'File "motia/steps/mail.py", line 12, in send',
        }
        return self.attempt(**{**fields, **given})

    def log(self, message: str = "hello", **given: Any) -> None:
        fields = {"level": "info", "message": message, "at": self.clock.now_ms(), "source": "logger"}
        self.telemetry.log(**{**fields, **given})


Make = Callable[..., Telemetry]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def make(clock: FrozenClock) -> Make:
    """Make telemetry; `path` None keeps it in memory, the rest is configuration."""

    def build(path: Path | None = None, **config: Any) -> Telemetry:
        settings = Config(root=Path("/nowhere"), **config)
        return Telemetry(path, clock=clock, random=random.Random(7), config=settings)

    return build


@pytest.fixture
async def telemetry(make: Make) -> AsyncIterator[Telemetry]:
    made = make()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def say(telemetry: Telemetry, clock: FrozenClock) -> Say:
    return Say(telemetry, clock)
