"""A project on disk whose ledger holds a few steps and runs, as an engine that ran would leave it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

from motia.ledger import Advance, Memo, SqliteLedger
from motia.model import (
    Dead,
    Delivery,
    InstanceState,
    LoadFault,
    Manifest,
    NewEvent,
    NodeId,
    Opening,
    RetryAt,
    RunError,
    RunId,
    RunState,
    Source,
    StepId,
    StepKind,
    StepSpec,
    TraceId,
    TriggerKind,
    WorkflowMember,
    WorkflowSpec,
)
from motia.runtime import SystemClock

SCHEMA = msgspec.Raw(b'{"type":"object","properties":{"to":{"type":"string"}},"required":["to"]}')
STEPS = (
    StepSpec(
        id=StepId("create-user"),
        kind=StepKind.API,
        language="python",
        source=Source(file="motia/steps/users.py", line=7),
        method="POST",
        path="/users/:id",
    ),
    StepSpec(
        id=StepId("send-email"),
        kind=StepKind.EVENT,
        language="python",
        source=Source(file="motia/steps/email.py", line=3),
        schema=SCHEMA,
        topics=("user.created",),
    ),
    StepSpec(
        id=StepId("nightly"),
        kind=StepKind.CRON,
        language="python",
        source=Source(file="motia/steps/nightly.py", line=1),
        schedule="0 3 * * *",
        timezone="Europe/Berlin",
    ),
)


class Project(NamedTuple):
    """The project's folder, and how to run a command on it."""

    root: Path
    dead: RunId
    open: RunId

    def run(self, command: click.Command, *arguments: str) -> Result:
        """Run a command; an error that it does not tell of is raised."""
        return CliRunner(catch_exceptions=False).invoke(command, [*arguments, "--project", str(self.root)])

    def json(self, command: click.Command, *arguments: str) -> Any:
        """What a command that succeeds prints."""
        done = self.run(command, *arguments)
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    def forget_steps(self) -> None:
        """Leave what is stored, and no step: as if every file were gone."""
        asyncio.run(_forget(self.root))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with three steps, a dead run and one that is ready."""
    for name in ("MOTIA_ENV", "NODE_ENV", "MOTIA_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    (tmp_path / ".motia").mkdir(mode=0o700)
    dead, waiting = asyncio.run(_fill(tmp_path))
    return Project(tmp_path, dead, waiting)


@pytest.fixture
def node_sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built Node library, as small as one can be."""
    folder = tmp_path_factory.mktemp("sdk")
    manifest = {
        "name": "@motia/core",
        "version": "1.2.3",
        "bin": {"motia": "./bin/motia.mjs"},
        "scripts": {"build": "x"},
        "dependencies": {"esbuild": "^0.28.2"},
        "devDependencies": {"zod": "^4"},
    }
    (folder / "package.json").write_text(json.dumps(manifest))
    for name in ("bin/motia.mjs", "dist/index.mjs", "dist/schemas/reader.d.ts", "src/index.ts"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("// nothing\n")
    return folder


@pytest.fixture
def empty_project(tmp_path: Path) -> Path:
    """A project that never ran and has no step."""
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def flow(project: Project) -> str:
    """A workflow of the project, `welcome`, with an instance whose first member is dead; its id."""
    return asyncio.run(_fill_flow(project.root))


async def _fill_flow(root: Path) -> str:
    spec = WorkflowSpec(
        id="welcome",
        start=StepId("nightly"),
        members=(
            WorkflowMember(step=StepId("send-email")),
            WorkflowMember(step=StepId("count"), after=(StepId("send-email"),)),
        ),
        source=Source(file="motia/workflows/welcome.yaml", line=1),
    )
    opening = Opening(workflow="welcome", start=spec.start, spec=msgspec.json.encode(spec))
    ledger = SqliteLedger(root / ".motia" / "motia.db", clock=SystemClock())
    await ledger.open()
    try:
        fault = LoadFault(code="bad-yaml", file="motia/workflows/bad.yaml", message="not read", line=2)
        manifest = Manifest(steps=STEPS, faults=(fault,), workflows=(spec,))
        await ledger.save_manifest(msgspec.json.encode(manifest))
        trace = TraceId("f" * 32)
        plain = {"kind": TriggerKind.EVENT, "trace": trace, "payload": b"{}"}
        start = NewEvent(target="nightly", deliveries=(Delivery(step=spec.start),), opens=(opening,), **plain)
        accepted = await ledger.accept(start, claimant=NodeId("n1"))
        (instance,) = accepted.instances
        await ledger.complete(accepted.run, accepted.claims[0].epoch, result=None)
        await _advance(ledger, instance, memos={StepId("send-email"): Memo(is_free=True)})
        first = await ledger.accept(_event(b'{"to":"eve"}', trace=trace))
        claims = await ledger.claim(StepId("send-email"), limit=9, node=NodeId("n1"), concurrency=None)
        for claim in claims:
            error = RunError(name="ValueError", message="no such address", stack="")
            outcome = Dead("fatal") if claim.run == first.run else RetryAt(due_at=0)
            await ledger.fail(claim.run, claim.epoch, error=error, outcome=outcome)
        memos = {
            spec.start: Memo(state=RunState.COMPLETED, run=accepted.run),
            StepId("send-email"): Memo(state=RunState.DEAD, run=first.run),
            StepId("count"): Memo(state=RunState.SKIPPED, reason="predecessor send-email is dead"),
        }
        await _advance(
            ledger,
            instance,
            memos=memos,
            state=InstanceState.FAILED,
            reason="send-email is dead",
            closes=True,
        )
        return instance
    finally:
        await ledger.close()


async def _advance(ledger: SqliteLedger, instance: str, **options: Any) -> None:
    snapshot = await ledger.get_instance(instance)
    assert snapshot is not None
    await ledger.advance(Advance(instance=instance, version=snapshot.record.version, **options))


async def _fill(root: Path) -> tuple[RunId, RunId]:
    ledger = SqliteLedger(root / ".motia" / "motia.db", clock=SystemClock())
    await ledger.open()
    try:
        fault = LoadFault(code="syntax-error", file="motia/steps/broken.py", message="bad", line=1)
        await ledger.save_manifest(msgspec.json.encode(Manifest(steps=STEPS, faults=(fault,))))
        dead = await ledger.accept(_event(b'{"to":"ada","password":"hunter2"}'))
        (claim,) = await ledger.claim(StepId("send-email"), limit=1, node=NodeId("n1"), concurrency=None)
        error = RunError(name="ValueError", message="no such address", stack="ValueError: no such address")
        await ledger.fail(claim.run, claim.epoch, error=error, outcome=Dead("retries_used"))
        waiting = await ledger.accept(_event(b'{"to":"bob"}'))
        await ledger.state_set("users", "a/b", b'{"name":"Ada","token":"t0p"}')
        return dead.run, waiting.run
    finally:
        await ledger.close()


async def _forget(root: Path) -> None:
    ledger = SqliteLedger(root / ".motia" / "motia.db", clock=SystemClock())
    await ledger.open()
    try:
        await ledger.save_manifest(msgspec.json.encode(Manifest(steps=())))
    finally:
        await ledger.close()


def _event(payload: bytes, *, trace: str = "0" * 31 + "1") -> NewEvent:
    return NewEvent(
        target="send-email",
        kind=TriggerKind.EVENT,
        payload=payload,
        trace=TraceId(trace),
        deliveries=(Delivery(step=StepId("send-email")),),
    )
