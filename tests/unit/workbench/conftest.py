"""A control API over real telemetry in memory and small stand-ins for the rooms behind it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from tests.doubles.browser import Browser

from motia.ledger import CronFire, LedgerStats, QueueDepth, StateEntry
from motia.model import (
    Accepted,
    InstancePage,
    LoadFault,
    PayloadInvalid,
    Problem,
    Run,
    RunConflict,
    RunError,
    RunFilter,
    RunPage,
    RunState,
    RunTally,
    Source,
    StepKind,
    StepSpec,
    TopicSpec,
    TriggerKind,
    run_id_of,
)
from motia.project import Catalog, Config, flow_graph
from motia.runtime import FrozenClock
from motia.telemetry import Telemetry
from motia.workbench import ControlApi, ControlDeps
from motia.workbench.audit import Audit
from motia.workers import WorkerInfo

START = FrozenClock().now_ms()


def a_run(number: int, **given: Any) -> Run:
    fields: dict[str, Any] = {
        "id": run_id_of(number),
        "event": run_id_of(number),
        "step": "send-mail",
        "target": "send-mail",
        "kind": TriggerKind.EVENT,
        "state": RunState.COMPLETED,
        "trace": f"{number:032x}",
        "parent_run": None,
        "parent_span": None,
        "payload": b'{"to": "ada", "password": "hunter2"}',
        "result": b"true",
        "error": None,
        "reason": None,
        "attempt": 1,
        "crashes": 0,
        "epoch": 1,
        "node": "n1",
        "key": None,
        "lane": None,
        "priority": 0,
        "retry_count": 0,
        "replay_of": None,
        "created_at": START + number,
        "due_at": START + number,
        "started_at": START + number + 1,
        "finished_at": START + number + 2,
    }
    return Run(**{**fields, **given})


class ListLedger:
    """The part of a ledger that the control API reads and writes, over plain lists."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.runs: list[Run] = []
        self.state: dict[tuple[str, str], StateEntry] = {}
        self.paused_steps: set[str] = set()
        self.parked: dict[str, int] = {}

    def now(self) -> int:
        return self.clock.now_ms()

    def stats(self) -> LedgerStats:
        return LedgerStats(
            commits=1, operations=2, stale=0, failed_commits=0, is_available=True, size_bytes=9
        )

    async def get(self, run: str) -> Run | None:
        return next((found for found in self.runs if found.id == run), None)

    async def attempts(self, run: str) -> list[Any]:
        return []

    async def instances_of_run(self, run: str) -> dict[str, bool]:
        return {}

    async def list_instances(self, **where: Any) -> InstancePage:
        return InstancePage(instances=())

    async def children(self, run: str, *, limit: int = 1_000) -> list[Run]:
        return [found for found in self.runs if found.parent_run == run][:limit]

    async def replays(self, run: str, *, limit: int = 1_000) -> list[Run]:
        return [found for found in reversed(self.runs) if found.replay_of == run][:limit]

    def _fitting(self, where: RunFilter) -> list[Run]:
        return [
            run
            for run in sorted(self.runs, key=lambda run: run.id, reverse=True)
            if (not where.ids or run.id in where.ids)
            and where.step in (None, run.step)
            and (not where.states or run.state in where.states)
            and where.trace in (None, run.trace)
            and where.kind in (None, run.kind)
            and (where.created_from is None or run.created_at >= where.created_from)
            and (where.created_until is None or run.created_at < where.created_until)
            and (where.text is None or where.text.encode() in run.payload)
        ]

    searched_from_at: int | None = None
    """What `search_ms` came to: set by a test, told by every list and tally."""

    async def tally_runs(self, where: RunFilter, *, search_ms: int | None = None) -> RunTally:
        return RunTally(by_state=await self.count_runs(where), searched_from_at=self.searched_from_at)

    async def list_runs(
        self, where: RunFilter, *, limit: int, cursor: str | None = None, search_ms: int | None = None
    ) -> RunPage:
        fitting = [run for run in self._fitting(where) if cursor is None or run.id < cursor]
        page = tuple(fitting[:limit])
        return RunPage(runs=page, cursor=page[-1].id if len(fitting) > limit else None)

    async def count_runs(self, where: RunFilter) -> dict[RunState, int]:
        counts: dict[RunState, int] = {}
        for run in self._fitting(where):
            counts[run.state] = counts.get(run.state, 0) + 1
        return counts

    async def purge(self, where: RunFilter, *, limit: int = 1_000) -> int:
        gone = self._fitting(where)[:limit]
        self.runs = [run for run in self.runs if run not in gone]
        return len(gone)

    async def depths(self) -> list[QueueDepth]:
        return [
            QueueDepth(step="send-mail", by_state={RunState.READY: 3}, oldest_ready_at=self.now() - 5_000)
        ]

    async def paused(self) -> frozenset[str]:
        return frozenset(self.paused_steps)

    async def parked_targets(self) -> dict[str, int]:
        return self.parked

    async def cron_fires(self, step: str, *, limit: int = 20) -> list[CronFire]:
        return [CronFire(step=step, instant_at=START, outcome="fired", fired_at=START)]

    async def state_groups(self, *, limit: int = 10_000) -> dict[str, int]:
        groups: dict[str, int] = {}
        for group, _ in self.state:
            groups[group] = groups.get(group, 0) + 1
        return groups

    async def state_list(self, group: str, *, limit: int = 10_000, after: str = "") -> list[StateEntry]:
        found = [entry for (g, k), entry in sorted(self.state.items()) if g == group and k > after]
        return found[:limit]

    async def state_get(self, group: str, key: str) -> StateEntry | None:
        return self.state.get((group, key))

    async def state_set(self, group: str, key: str, value: bytes) -> StateEntry:
        before = self.state.get((group, key))
        entry = StateEntry(
            group=group,
            key=key,
            value=value,
            version=before.version + 1 if before else 1,
            updated_at=self.now(),
        )
        self.state[group, key] = entry
        return entry

    async def state_delete(self, group: str, key: str) -> bool:
        return self.state.pop((group, key), None) is not None

    async def state_clear(self, group: str) -> int:
        keys = [pair for pair in self.state if pair[0] == group]
        for pair in keys:
            del self.state[pair]
        return len(keys)

    async def state_compare_and_set(
        self, group: str, key: str, *, version: int, value: bytes | None
    ) -> tuple[bool, StateEntry | None]:
        entry = self.state.get((group, key))
        if (entry.version if entry else 0) != version:
            return False, entry
        return True, await self.state_set(group, key, value or b"null")


class Explained(msgspec.Struct, frozen=True):
    code: str
    text: str
    details: Any = None


class Options(msgspec.Struct, frozen=True, kw_only=True):
    delay_ms: int | None = None
    at: int | None = None
    key: str | None = None
    idempotency_key: str | None = None
    priority: int = 0


class ListDispatcher:
    """Does to the list what dispatch does to a ledger, and remembers what it was asked."""

    def __init__(self, ledger: ListLedger) -> None:
        self.ledger = ledger
        self.asked: list[tuple[Any, ...]] = []

    async def trigger(self, target: str, payload: bytes, **given: Any) -> Accepted:
        self.asked.append(("trigger", target, payload, given))
        if payload == b'{"bad": true}':
            raise PayloadInvalid("it does not fit", (Problem(path="/bad", message="no"),))
        return self._add(payload, TriggerKind.MANUAL)

    async def wait(self, run: str, timeout_s: float) -> Run:
        self.asked.append(("wait", run, timeout_s))
        found = await self.ledger.get(run)
        assert found is not None
        return msgspec.structs.replace(found, state=RunState.COMPLETED, result=b'{"sent": 1}')

    async def cancel(self, run: str) -> None:
        found = await self.ledger.get(run)
        assert found is not None
        if found.finished_at is not None:
            raise RunConflict(f"run {run} is finished")
        self._swap(msgspec.structs.replace(found, state=RunState.CANCELLED, finished_at=START))

    async def replay(self, run: str, payload: bytes | None = None) -> Accepted:
        self.asked.append(("replay", run, payload))
        found = await self.ledger.get(run)
        assert found is not None
        if found.key == "stubborn":
            raise RunConflict("this one does not replay")
        return self._add(payload or found.payload, TriggerKind.REPLAY)

    async def complete_by_hand(self, run: str, result: bytes = b"null") -> Run:
        self.asked.append(("complete", run, result))
        found = await self.ledger.get(run)
        assert found is not None
        return msgspec.structs.replace(found, state=RunState.COMPLETED, result=result)

    async def explain(self, run: str) -> Explained:
        return Explained("blocked", "blocked behind run 7", {"holder": "7"})

    async def pause(self, step: str) -> None:
        self.ledger.paused_steps.add(step)

    async def resume(self, step: str) -> None:
        self.ledger.paused_steps.discard(step)

    def _add(self, payload: bytes, kind: TriggerKind) -> Accepted:
        run = a_run(
            1_000 + len(self.ledger.runs),
            payload=payload,
            kind=kind,
            state=RunState.READY,
            result=None,
            finished_at=None,
        )
        self.ledger.runs.append(run)
        return Accepted(run=run.id, runs=(run.id,), trace=run.trace, states=(RunState.READY,))

    def _swap(self, run: Run) -> None:
        self.ledger.runs = [run if found.id == run.id else found for found in self.ledger.runs]


class CronEntry(msgspec.Struct, frozen=True, kw_only=True):
    step: str
    expression: str = "0 3 * * *"
    words: str = "at 03:00 every day"
    timezone: str = "UTC"
    catch_up: str = "latest"
    overlap: str = "skip"
    next_at: tuple[int, ...] = (START + 1_000, START + 2_000)
    fires: tuple[CronFire, ...] = ()
    paused: bool = False
    error: str = ""


class OneCron:
    def __init__(self, dispatcher: ListDispatcher) -> None:
        self.dispatcher = dispatcher

    async def run_now(self, step: str) -> Accepted:
        return await self.dispatcher.trigger(step, b"null")

    async def overview(self) -> Sequence[CronEntry]:
        return [CronEntry(step="nightly")]


class OneWorker:
    def __init__(self) -> None:
        self.restarted: list[str] = []

    def info(self) -> list[WorkerInfo]:
        return [
            WorkerInfo(
                name="python-1",
                language="python",
                runtime="CPython 3.11",
                pid=7,
                lane="background",
                state="ready",
                in_flight=0,
                restarts=0,
                started_at=START,
                rss_bytes=1,
                steps=2,
            )
        ]

    async def restart(self, worker_name: str) -> None:
        self.restarted.append(worker_name)


SOURCE = Source(file="motia/steps/mail.py", line=3)
STEPS = (
    StepSpec(id="send-mail", kind=StepKind.EVENT, language="python", source=SOURCE, topics=("mail",)),
    StepSpec(id="nightly", kind=StepKind.CRON, language="python", source=SOURCE, schedule="0 3 * * *"),
    StepSpec(id="get-user", kind=StepKind.API, language="python", source=SOURCE, method="GET", path="/u"),
)
TOPIC = TopicSpec(
    name="mail",
    description="To be sent.",
    schema=msgspec.Raw(b'{"type":"object"}'),
    source=Source(file="motia/events/mail.json"),
)
FAULT = LoadFault(code="syntax-error", file="motia/steps/bad.py", line=2, message="no")


class Finding(NamedTuple):
    check: str
    status: str
    found: str
    hint: str


class World:
    """Everything behind the API, and a client of it."""

    def __init__(self, clock: FrozenClock, telemetry: Telemetry, root: Path) -> None:
        self.clock = clock
        self.telemetry = telemetry
        self.root = root
        self.ledger = ListLedger(clock)
        self.dispatcher = ListDispatcher(self.ledger)
        self.workers = OneWorker()
        self.stops = 0
        self.told: list[str] = []
        self.deps = ControlDeps(
            ledger=self.ledger,  # type: ignore[arg-type]  # the part that is used
            telemetry=telemetry,
            dispatcher=self.dispatcher,
            trigger_options=Options,
            catalog=lambda: Catalog(STEPS, [FAULT], [TOPIC]),
            config=Config(root=root),
            origins=lambda: {"port": (3001, "default"), "workbench.token": ("abc", "environment")},
            flow_graph=lambda observed, parked: flow_graph(
                Catalog(STEPS, [FAULT], [TOPIC]), observed=observed, parked=parked
            ),
            version="0.1.0",
            clock=clock,
            pid=42,
            started_at=START - 5_000,
            addresses=lambda: {"api": "http://127.0.0.1:3001"},
            cron=OneCron(self.dispatcher),
            workers=self.workers,
            api_document=lambda: {"openapi": "3.1.0", "info": {"title": "app"}},
            stop=self._stop,
            audit=Audit(root / ".motia" / "audit.jsonl", clock=clock, tell=self.told.append),
            invite=lambda: "http://localhost:3000/?code=abc",
            diagnose=lambda: [Finding("python", "ok", "3.11", "get a newer one")],
        )
        self.api = ControlApi(self.deps)

    def client(self, **changes: Any) -> httpx.AsyncClient:
        api = ControlApi(msgspec.structs.replace(self.deps, **changes)) if changes else self.api
        transport = httpx.ASGITransport(app=api, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://control")

    def _stop(self) -> None:
        self.stops += 1


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = FrozenClock()
    (tmp_path / ".motia").mkdir()
    config = Config(root=tmp_path)
    telemetry = Telemetry(None, clock=clock, random=random.Random(1), config=config)
    await telemetry.start()
    yield World(clock, telemetry, tmp_path)
    await telemetry.stop()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.client() as made:
        yield made


@pytest.fixture(name="a_run")
def a_run_fixture() -> Callable[..., Run]:
    return a_run


@pytest.fixture
def failed() -> RunError:
    return RunError(name="ValueError", message="token=abc", stack="at a", kind="error")


@pytest.fixture(params=["development", "production"])
def browser(world, request):
    folder = world.root / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<base href="/"><p>the screens</p>')
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "a-1.js").write_text("// script\n" * 500)
    return Browser(world, request.param)
