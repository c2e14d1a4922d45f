"""Every store does the same: random operations on all of them at once, answers and rows compared."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia.ledger import (
    Advance,
    CronFire,
    Ledger,
    MemberEvent,
    Memo,
    MemoryLedger,
    RequestEnd,
    Skip,
    SqliteLedger,
    StateOp,
)
from motia.model import (
    Cancelled,
    Concurrency,
    Dead,
    Delivery,
    Epoch,
    InstanceState,
    MotiaError,
    NewEvent,
    NodeId,
    Opening,
    RetryAt,
    RunError,
    RunFilter,
    RunId,
    RunState,
    Source,
    SpanId,
    StepId,
    TraceId,
    TriggerKind,
    WorkflowMember,
    WorkflowSpec,
)
from motia.runtime import FrozenClock

SEEDS = int(os.environ.get("MOTIA_TWIN_SEEDS", "12"))
OPERATIONS = 250
STEPS = [StepId(name) for name in ("a", "b", "c")]
ERROR = RunError(name="E", message="m")
SPAN = SpanId("c" * 16)
SPEC = msgspec.json.encode(
    WorkflowSpec(
        id="w",
        start=STEPS[0],
        members=(WorkflowMember(step=STEPS[1]), WorkflowMember(step=STEPS[2], after=(STEPS[1],))),
        source=Source(file="w.yaml"),
    )
)


class Driver:
    """Draws operations and carries each out on both stores."""

    def __init__(self, rng: random.Random, clock: FrozenClock, stores: list[Ledger]) -> None:
        self.rng = rng
        self.clock = clock
        self.stores = stores
        self.runs: list[RunId] = []
        self.claims: list[tuple[RunId, Epoch]] = []

    async def both(self, method: str, *args: Any, **options: Any) -> Any:
        answers = []
        for store in self.stores:
            try:
                answers.append(await getattr(store, method)(*args, **options))
            except MotiaError as error:
                answers.append((type(error), error.message))
        assert answers[0] == answers[1], f"{method} {args} {options}"
        return answers[0]

    def event(self) -> NewEvent:
        rng = self.rng
        key = rng.choice([None, None, "k", "l"])
        is_parked = rng.random() < 0.1
        deliveries = tuple(
            Delivery(
                step=step,
                key=key,
                lane=rng.choice([None, "x", "y"]),
                depth_max=rng.choice([None, None, 8]),
                parked=is_parked,
                blocks_on_dead=rng.random() < 0.3,
            )
            for step in rng.sample(STEPS, 1 if is_parked else rng.choice([1, 1, 1, 2]))
        )
        parent = rng.choice([None, *self.runs[-5:]])
        return NewEvent(
            target=rng.choice(["t", "u"]),
            kind=rng.choice(list(TriggerKind)),
            payload=rng.choice([b"1", b"2"]),
            trace=TraceId(rng.choice("ab") * 32),
            deliveries=deliveries,
            opens=self.openings(),
            parent_run=parent,
            due_at=rng.choice([None, None, None, self.clock.now_ms() + rng.randrange(3_000)]),
            priority=rng.choice([0, 0, 1, -1]),
            idempotency_key=rng.choice([None, None, None, "i", "j"]),
            idempotency_ttl_ms=2_000,
            fingerprint=None if parent is None else "f",
            occurrence=rng.randrange(3),
            is_reattempt=rng.random() < 0.5,
            replay_of=rng.choice([None, None, *self.runs[-20:]]),
        )

    def openings(self) -> tuple[Opening, ...]:
        """Now and then the start of a workflow whose steps are a, then b, then c; by a run or a request."""
        if self.rng.random() > 0.15:
            return ()
        request = self.rng.choice([{}, {}, {"request_span": SPAN, "node": NodeId("n")}])
        return (Opening(workflow="w", start=STEPS[0], spec=SPEC, timeout_ms=3_000, **request),)

    async def instance(self) -> None:
        """A random change of an open instance, now and then of an older version of it."""
        found = await self.both("open_instances")
        if not found:
            return
        rng = self.rng
        snapshot = await self.both("get_instance", rng.choice(found)[0])
        runs = [run.run for run in snapshot.runs]
        held = [run.run for run in snapshot.runs if run.is_held]
        version = snapshot.record.version - rng.choice([0, 0, 0, 0, 1])
        options: dict[str, Any] = {"memos": {StepId("b"): Memo(is_free=rng.random() < 0.5)}}
        match rng.randrange(6):
            case 0:
                options["frees"] = tuple(held)
            case 1:
                options["skips"] = tuple(Skip(run, "why") for run in held)
            case 2:
                options |= {"cancels": tuple(runs), "cancel_reason": "over"}
            case 3:
                event = msgspec.structs.replace(self.event(), idempotency_key=None, is_reattempt=False)
                error = rng.choice([None, ERROR])
                if error is not None:
                    plain = tuple(Delivery(step=one.step) for one in event.deliveries)
                    event = msgspec.structs.replace(event, deliveries=plain)
                options["events"] = (MemberEvent(event=event, error=error, reason="bad"),)
            case 4:
                options |= {"failure": msgspec.structs.replace(self.event(), idempotency_key=None)}
                options |= {"supersedes": tuple(runs[:1])}
            case _:
                state = rng.choice(list(InstanceState))
                is_over = state is not InstanceState.RUNNING and rng.random() < 0.7
                options |= {"state": state, "reason": "r", "closes": is_over}
        change = Advance(instance=snapshot.record.id, version=version, **options)
        advanced = await self.both("advance", change)
        self.runs.extend(run for accepted in advanced.accepted for run in accepted.runs)

    async def request(self) -> None:
        opens = tuple(one for one in self.openings() if one.request_span is not None)
        end = RequestEnd(
            trace=TraceId(self.rng.choice("ab") * 32),
            span=SPAN,
            is_success=self.rng.random() < 0.7,
            reason="r",
            payload=b"1",
            opens=opens,
        )
        await self.both("end_request", end)

    async def accept(self) -> None:
        claimant = self.rng.choice([None, NodeId("n")])
        accepted = await self.both("accept", self.event(), claimant=claimant)
        if not isinstance(accepted, tuple):
            self.runs.extend(accepted.runs)
            self.claims.extend((claim.run, claim.epoch) for claim in accepted.claims)

    async def claim(self) -> None:
        bound = self.rng.choice([None, Concurrency(limit=2), Concurrency(limit=1, key="x")])
        claims = await self.both(
            "claim",
            self.rng.choice(STEPS),
            limit=self.rng.randint(1, 4),
            node=self.rng.choice([NodeId("n"), NodeId("m")]),
            concurrency=bound,
        )
        self.claims.extend((claim.run, claim.epoch) for claim in claims)

    def a_claim(self) -> tuple[RunId, Epoch]:
        if not self.claims:
            return RunId("0" * 16), Epoch(1)
        place = self.rng.randrange(len(self.claims))
        return self.claims[place] if self.rng.random() < 0.1 else self.claims.pop(place)

    async def complete(self) -> None:
        await self.both("complete", *self.a_claim(), result=self.rng.choice([None, b"7"]))

    async def fail(self) -> None:
        outcome = self.rng.choice(
            [
                RetryAt(due_at=self.clock.now_ms() + self.rng.randrange(2_000)),
                Dead(reason="x"),
                Cancelled(reason="y"),
            ]
        )
        follow_up = self.rng.choice([None, self.event()])
        if follow_up is not None:
            follow_up = msgspec.structs.replace(follow_up, idempotency_key=None)
        run, epoch = self.a_claim()
        if follow_up is not None and self.rng.random() < 0.7:
            # Of an error step, as the engine makes it.
            found = await self.both("get", run)
            trace = follow_up.trace if found is None else found.trace
            error_step = (Delivery(step=StepId("mend")),)
            follow_up = msgspec.structs.replace(
                follow_up, parent_run=run, trace=trace, deliveries=error_step, opens=()
            )
        finished = await self.both("fail", run, epoch, error=ERROR, outcome=outcome, follow_up=follow_up)
        if finished.follow_up is not None:
            self.runs.extend(finished.follow_up.runs)

    async def release(self) -> None:
        options = {"crashed": self.rng.random() < 0.5, "suspect": self.rng.random() < 0.5}
        await self.both("release", *self.a_claim(), **options, reason=self.rng.choice(["", "why"]))

    async def cancel(self) -> None:
        run = self.rng.choice([*self.runs[-15:], RunId("0" * 16)])
        await self.both("cancel", run, reason="by_hand")

    async def tick(self) -> None:
        await self.clock.advance(self.rng.random())
        await self.both("promote")

    async def rest(self) -> None:
        rng = self.rng
        delivery = Delivery(step=rng.choice(STEPS), lane=rng.choice([None, "x"]))
        where = RunFilter(states=rng.choice([(), (RunState.DEAD,)]), step=rng.choice([None, STEPS[0]]))
        op = StateOp(op=rng.choice(["increment", "set"]), path="a", value=msgspec.Raw(b"2"))
        name, args, options = rng.choice(
            [
                ("deliver_parked", ("t", (delivery, Delivery(step=STEPS[2]))), {"limit": 2}),
                ("adopt", (NodeId("n"),), {}),
                ("pause", (rng.choice(STEPS),), {}),
                ("resume", (STEPS[0],), {}),
                ("resume", (STEPS[1],), {}),
                ("resume", (STEPS[2],), {}),
                ("purge", (where,), {"limit": 3}),
                (
                    "prune",
                    (),
                    {"finished_before": self.clock.now_ms() - 5_000, "size_bytes_max": None, "limit": 1_000},
                ),
                ("state_update", ("g", rng.choice("pq"), [op]), {}),
                (
                    "fire",
                    (
                        CronFire(step=STEPS[0], instant_at=rng.randrange(9), outcome="fired", fired_at=1),
                        self.event(),
                    ),
                    {},
                ),
            ]
        )
        await self.both(name, *args, **options)

    async def compare(self) -> None:
        await self.both("list_runs", RunFilter(), limit=1_000)
        await self.both("count_runs", RunFilter())
        await self.both("ready_steps")
        await self.both("parked_targets")
        depths = [sorted(await store.depths(), key=lambda depth: depth.step) for store in self.stores]
        assert depths[0] == depths[1]
        for run in self.rng.sample(self.runs, min(5, len(self.runs))):
            await self.both("get", run)
            await self.both("attempts", run)
            await self.both("children", run)
            await self.both("replays", run)
            await self.both("replays", run, limit=1)
            await self.both("key_holder", run)
            await self.both("instances_of_run", run)
        await self.both("list_instances", limit=1_000)
        await self.both("count_instances")
        await self.both("due_instances")
        for instance, _ in await self.both("open_instances"):
            await self.both("get_instance", instance)
        assert self.stores[0].stats().stale == self.stores[1].stats().stale
        await check_keys(self.stores[0])


async def check_keys(store: Ledger) -> None:
    """At most one run of a (step, key) is at the head; the rest are blocked."""
    heads: dict[Any, int] = {}
    for run in (await store.list_runs(RunFilter(), limit=1_000)).runs:
        if run.key is not None and run.state in ("running", "ready", "scheduled", "retrying"):
            heads[run.step, run.key] = heads.get((run.step, run.key), 0) + 1
    assert max(heads.values(), default=0) <= 1


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_random_operations_have_the_same_answers(seed: int, tmp_path: Path) -> None:
    rng, clock = random.Random(seed), FrozenClock()
    stores: list[Ledger] = [MemoryLedger(clock=clock), SqliteLedger(tmp_path / "motia.db", clock=clock)]
    for store in stores:
        await store.open()
    driver = Driver(rng, clock, stores)
    try:
        weights = [8, 6, 5, 3, 2, 2, 3, 2, 4, 1]
        for number in range(OPERATIONS):
            names = [
                *("accept", "claim", "complete", "fail", "release", "cancel", "tick", "rest"),
                *("instance", "request"),
            ]
            (name,) = rng.choices(names, weights)
            await getattr(driver, name)()
            if number % 25 == 24:
                await driver.compare()
            if number % 100 == 99:
                await stores[1].close()
                stale = stores[0].stats().stale
                stores[1] = SqliteLedger(tmp_path / "motia.db", clock=clock)
                await stores[1].open()
                driver.stores[0]._stale -= stale  # type: ignore[attr-defined]  # counted since open
    finally:
        for store in stores:
            await store.close()
