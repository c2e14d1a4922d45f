"""The engine dies around every commit of a workflow's life: nothing twice, nothing stuck, nothing lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from dispatch_world import READS, World
from scripted_workers import Call, Fails
from simulation import SETTLE_TURNS

from motia.model import FINAL_STATES, Backoff, InstanceState, RunFilter, RunState, StepId

QUIET = frozenset({"renew", "register", "unregister", "promote", "adopt", "prune", "claim"})
"""Commits that a workflow has no part in, or (claim) that the recovery of runs is about."""
STEPS = ("place", "reserve", "charge", "label", "mail", "release")


class Play:
    """One workflow from its trigger to its end, with one death of the engine on the way."""

    def __init__(self, *, dies: str | None, is_mended: bool = False) -> None:
        self.world = World()
        self.world.clock.SETTLE_TURNS = SETTLE_TURNS
        self.dies = dies
        self.is_mended = is_mended
        self.commits = 0
        self.kill_at: tuple[int, str] | None = None
        options: dict[str, Any] = {"retries": 2, "backoff": Backoff(initial_ms=100, cap_ms=100)}
        for step in STEPS:
            self.world.step(step, self.handle, **options, on_error=StepId("mend") if is_mended else None)
        if is_mended:
            self.world.step("mend", self.mend, **options)
        self.world.workflow(
            "order",
            "place",
            {"reserve": [], "charge": ["reserve"], "mail": ["reserve"], "label": ["charge", "mail"]},
            on_failure=StepId("release"),
            timeout_ms=60_000,
        )

    async def handle(self, call: Call) -> Any:
        step = str(call.invocation.step)
        if step == "place":
            # Held until `reserve` has completed; the others are triggered by the engine.
            await call.trigger("charge", {"mine": True})
        await call.sleep(0.2)
        if step == self.dies and not call.payload.get("mended"):
            raise Fails(kind="fatal")
        return {"by": step}

    async def mend(self, call: Call) -> None:
        await call.sleep(0.1)
        await call.trigger(call.payload["stepId"], {**call.payload["context"], "mended": True})

    async def boot(self) -> None:
        await self.world.boot()
        self.world.ledger.before = self._before
        self.world.ledger.after = self._after

    async def _before(self, name: str) -> None:
        if name in READS or name in QUIET:
            return
        self.commits += 1
        if self.kill_at == (self.commits, "before"):
            self.world.ledger.is_cut = True

    def _after(self, name: str) -> None:
        if name not in READS and name not in QUIET and self.kill_at == (self.commits, "after"):
            self.world.ledger.is_cut = True

    async def play(self) -> None:
        """Trigger once and let it run; after a death another engine starts, and the client asks again."""
        await self.boot()
        asking = asyncio.ensure_future(self.world.trigger("place", {"n": 1}, idempotency_key="once"))
        for _ in range(60):
            await self.world.advance(0.5)
            if asking.done() and await self._is_over():
                break
            if self.world.ledger.is_cut:
                await self._reboot()
                if not asking.done():
                    asking.cancel()
                    await self.world.trigger("place", {"n": 1}, idempotency_key="once")
        await asyncio.wait([asking])

    async def _is_over(self) -> bool:
        runs = (await self.world.store.list_runs(RunFilter(), limit=100)).runs
        is_quiet = (
            all(run.state in FINAL_STATES for run in runs) and not await self.world.store.open_instances()
        )
        return is_quiet and not self.world.ledger.is_cut

    async def _reboot(self) -> None:
        self.kill_at = None
        current = asyncio.current_task()
        ended = {
            task
            for task in asyncio.all_tasks()
            if task is not current and (task.get_name().startswith("motia-") or "look" in repr(task))
        }
        self.world.crash(ended)
        await asyncio.gather(*ended, return_exceptions=True)
        await self.boot()

    async def check(self) -> None:
        """Every promise of the engine to a workflow."""
        store = self.world.store
        (summary,) = (await store.list_instances(limit=10)).instances
        runs = (await store.list_runs(RunFilter(), limit=100)).runs
        by_step = {step: [run for run in runs if run.step == step] for step in STEPS}
        if self.is_mended:
            # A dead run, its error step's, and the one that takes its place; from then on all is well.
            (dead,) = [run for run in runs if run.step == self.dies and run.state is RunState.DEAD]
            (mend,) = [run for run in runs if run.step == "mend"]
            assert (mend.parent_run, mend.state) == (dead.id, RunState.COMPLETED)
            by_step[str(self.dies)].remove(dead)
            self.dies = None
        assert [run for run in runs if run.state not in FINAL_STATES] == []
        assert await store.open_instances() == []
        wanted = {
            None: dict.fromkeys(STEPS[:-1], RunState.COMPLETED),
            "place": {"place": RunState.DEAD, "charge": RunState.SKIPPED, "release": RunState.COMPLETED},
            "reserve": {
                "place": RunState.COMPLETED,
                "reserve": RunState.DEAD,
                "charge": RunState.SKIPPED,
                "release": RunState.COMPLETED,
            },
            "charge": {
                "place": RunState.COMPLETED,
                "reserve": RunState.COMPLETED,
                "charge": RunState.DEAD,
                "mail": RunState.COMPLETED,
                "release": RunState.COMPLETED,
            },
        }[self.dies]
        assert {step: found[0].state for step, found in by_step.items() if found} == wanted
        assert {step: len(found) for step, found in by_step.items() if found} == Counter(
            dict.fromkeys(wanted, 1)
        )
        assert summary.state is (InstanceState.COMPLETED if self.dies is None else InstanceState.FAILED)
        finished = {run.step: run.finished_at or 0 for run in runs}
        started = {run.step: run.started_at or 0 for run in runs if run.state is not RunState.SKIPPED}
        for step, before in (
            ("reserve", "place"),
            ("charge", "reserve"),
            ("label", "mail"),
            ("label", "charge"),
        ):
            if step in started and self.dies != before:
                assert started[step] >= finished[before]


async def played(dies: str | None, kill_at: tuple[int, str] | None, *, is_mended: bool = False) -> Play:
    play = Play(dies=dies, is_mended=is_mended)
    play.kill_at = kill_at
    try:
        await play.play()
        await play.check()
    finally:
        await play.world.close()
    return play


@pytest.mark.parametrize(
    ("dies", "is_mended"),
    [(None, False), ("place", False), ("reserve", False), ("charge", False), ("charge", True)],
)
async def test_the_engine_may_die_around_every_commit_of_a_workflow(
    dies: str | None, is_mended: bool
) -> None:
    commits = (await played(dies, None, is_mended=is_mended)).commits

    assert commits >= 5
    for number in range(1, commits + 1):
        for when in ("before", "after"):
            try:
                await played(dies, (number, when), is_mended=is_mended)
            except AssertionError as error:
                raise AssertionError(f"killed {when} commit {number}, {dies} dies: {error}") from error
