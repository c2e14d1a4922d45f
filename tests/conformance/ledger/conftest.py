"""The stores under test. A third store is one more entry of `STORES`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from motia.ledger import Ledger, MemoryLedger, SqliteLedger
from motia.model import (
    Accepted,
    Claim,
    Delivery,
    NewEvent,
    NodeId,
    RunError,
    StepId,
    TraceId,
    TriggerKind,
)
from motia.runtime import FrozenClock

STORES: dict[str, Callable[[Path, FrozenClock], Ledger]] = {
    "memory": lambda path, clock: MemoryLedger(clock=clock),
    "sqlite": lambda path, clock: SqliteLedger(path / ".motia" / "motia.db", clock=clock),
}

NODE = NodeId("node-1")
STEP = StepId("step-a")


class Harness:
    """A ledger with the few calls that most tests make."""

    def __init__(self, ledger: Ledger, clock: FrozenClock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.error = RunError(name="Boom", message="it broke")

    def event(self, step: str = STEP, *, payload: bytes = b'{"n":1}', **options: Any) -> NewEvent:
        of_delivery = {
            name: options.pop(name)
            for name in ("key", "lane", "depth_max", "parked", "blocks_on_dead")
            if name in options
        }
        values: dict[str, Any] = {
            "target": step,
            "kind": TriggerKind.EVENT,
            "payload": payload,
            "trace": TraceId("a" * 32),
            "deliveries": (Delivery(step=StepId(step), **of_delivery),),
        }
        return NewEvent(**(values | options))

    async def accept(self, step: str = STEP, **options: Any) -> Accepted:
        return await self.ledger.accept(self.event(step, **options))

    async def claim(self, step: str = STEP, *, limit: int = 100, concurrency: Any = None) -> list[Claim]:
        return await self.ledger.claim(StepId(step), limit=limit, node=NODE, concurrency=concurrency)

    async def start(self, step: str = STEP, **options: Any) -> Claim:
        """Accept an event and claim its run at once."""
        accepted = await self.ledger.accept(self.event(step, **options), claimant=NODE)
        return accepted.claims[0]

    async def state(self, run: str) -> str:
        found = await self.ledger.get(run)  # type: ignore[arg-type]
        assert found is not None
        return str(found.state)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(params=sorted(STORES))
async def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Ledger]:
    store = STORES[request.param](tmp_path, clock)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def h(ledger: Ledger, clock: FrozenClock) -> Harness:
    return Harness(ledger, clock)


@pytest.fixture
def reopen(ledger: Ledger) -> Callable[[], Awaitable[None]]:
    """Close and open the ledger, as a restart of the engine does."""

    async def restart() -> None:
        await ledger.close()
        await ledger.open()

    return restart
