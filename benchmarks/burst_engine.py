"""An engine whose recorder can be driven at a rate that its workers could not reach: for benchmarks and tests only.

    python -m benchmarks.burst_engine dev --project … (the command line of `motia`, unchanged)

Product code has no such switch. This program hangs itself on the start of `Telemetry` and then looks at the
file named by `BENCH_BURST` twenty times a second: `{"id": 1, "per_s": 5000, "seconds": 20}` records so many
feed items a second through the recorder's own methods, as dispatch and the edge would: of ten items six are
changes of two runs, two are log lines and two are requests. When it is over, what was recorded is written
beside it (`….done`). Deleting the file ends it early.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from pathlib import Path

import msgspec

from motia.cli.main import main
from motia.model import RunId, RunState, StepId, run_id_of
from motia.telemetry import Telemetry

STEPS = tuple(StepId(name) for name in ("charge-card", "ship-order", "send-mail", "count-stock"))
API_STEP = StepId("place-order")
ITEMS_PER_ROUND = 10
TURN_S = 0.01
LOOK_S = 0.05


class Burst(msgspec.Struct, frozen=True):
    """What to record."""

    id: int
    per_s: int
    seconds: float


class Recorded(msgspec.Struct):
    """What was recorded, in items of the feed."""

    id: int
    runs: int = 0
    logs: int = 0
    requests: int = 0


async def watch(telemetry: Telemetry, order: Path) -> None:
    """Carry out each order once."""
    last = 0
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            burst = msgspec.json.decode(order.read_bytes(), type=Burst)
        except (OSError, msgspec.DecodeError):
            continue
        if burst.id != last:
            last = burst.id
            recorded = await carry_out(telemetry, burst, order)
            done = order.with_suffix(".new")
            done.write_bytes(msgspec.json.encode(recorded))
            done.replace(order.with_suffix(".done"))


async def carry_out(telemetry: Telemetry, burst: Burst, order: Path) -> Recorded:
    """Record at the rate asked for; what a slow turn missed is made up for in the next."""
    recorded = Recorded(burst.id)
    numbers = itertools.count(time.time_ns() // 1_000)
    began = time.monotonic()
    rounds = 0
    while (elapsed := time.monotonic() - began) < burst.seconds and order.exists():
        due = int(elapsed * burst.per_s / ITEMS_PER_ROUND)
        while rounds < due:
            rounds += 1
            record_round(telemetry, recorded, next(numbers))
        await asyncio.sleep(TURN_S)
    return recorded


def record_round(telemetry: Telemetry, recorded: Recorded, number: int) -> None:
    """Ten items: a request, the two runs behind it from ready to completed, a line of each."""
    now = int(time.time() * 1_000)
    trace = telemetry.new_trace()
    for turn in range(2):
        run = run_id_of(number * 2 + turn)
        step = STEPS[(number + turn) % len(STEPS)]
        for state in (RunState.READY, RunState.RUNNING, RunState.COMPLETED):
            telemetry.run_changed(run, step, state, trace, int(state is not RunState.READY))
        _log(telemetry, run, step, number, now)
        telemetry.request(
            trace=telemetry.new_trace(), span=telemetry.new_span(), parent=None, step=API_STEP, method="POST",
            path=f"/orders/{number}", status=202, started_at=now, total_us=900, wait_us=50, handler_us=500,
        )  # fmt: skip
    recorded.runs += 6
    recorded.logs += 2
    recorded.requests += 2


def _log(telemetry: Telemetry, run: RunId, step: StepId, number: int, now: int) -> None:
    telemetry.log(
        level=("info", "debug", "warn", "error")[number % 4],
        message=f"charged order {number} at the bank",
        at=now,
        step=step,
        run=run,
        attempt=1,
        fields=b'{"cents":1250,"attempt":1}',
    )


def hang_on(order: Path) -> None:
    """Watch for orders from the start of the engine's telemetry on."""
    start = Telemetry._start
    tasks: set[asyncio.Task[None]] = set()

    async def started(self: Telemetry) -> None:
        await start(self)
        tasks.add(asyncio.create_task(watch(self, order), name="bench-burst"))

    Telemetry._start = started  # type: ignore[method-assign]


if __name__ == "__main__":
    hang_on(Path(os.environ["BENCH_BURST"]))
    sys.exit(main())
