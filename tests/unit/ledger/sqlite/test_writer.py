"""The writer when the disk fails, and when our own code does."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from motia.ledger import SqliteLedger
from motia.ledger.sqlite import writer
from motia.model import (
    Accepted,
    Delivery,
    InternalError,
    LedgerUnavailable,
    NewEvent,
    NodeId,
    RunFilter,
    StepId,
    TraceId,
    TriggerKind,
)
from motia.runtime import FrozenClock

NODE = NodeId("n")
WAIT_S = 10.0


class FailingFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], vfs: FailingVfs) -> None:
        super().__init__("", name, flags)
        self._vfs = vfs
        self._is_database = bool(flags[0] & apsw.SQLITE_OPEN_MAIN_DB)

    def xWrite(self, data: Any, offset: int) -> None:
        if self._vfs.is_damaged:
            raise apsw.CorruptError("the image is malformed")
        if self._vfs.is_full or (self._vfs.database_is_full and self._is_database):
            raise apsw.FullError("no space is left")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if self._vfs.flush_fails:
            self._vfs.failed_flushes += 1
            error = apsw.IOError("the flush failed")
            error.extendedresult = apsw.SQLITE_IOERR_FSYNC
            raise error
        super().xSync(flags)


class FailingVfs(apsw.VFS):
    """A disk that can be full, or whose flush can fail."""

    def __init__(self) -> None:
        self.name = f"failing-{uuid.uuid4().hex}"
        self.is_full = False
        self.is_damaged = False
        self.database_is_full = False
        self.flush_fails = False
        self.failed_flushes = 0
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return FailingFile(name, flags, self)


def event(step: str = "s", **options: Any) -> NewEvent:
    return NewEvent(
        target=step,
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=TraceId("a" * 32),
        deliveries=(Delivery(step=StepId(step), **options),),
    )


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FailingVfs:
    monkeypatch.setattr(writer, "PROBE_S", 0.02)
    return FailingVfs()


@pytest.fixture
async def ledger(tmp_path: Path, disk: FailingVfs) -> AsyncIterator[SqliteLedger]:
    store = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock(), _vfs=disk.name)
    await store.open()
    yield store
    disk.is_full = disk.is_damaged = disk.flush_fails = False
    await store.close()


async def until_available(ledger: SqliteLedger) -> None:
    async with asyncio.timeout(WAIT_S):
        while not ledger.stats().is_available:
            await asyncio.sleep(0)


@pytest.mark.parametrize("fault", ["is_full", "flush_fails"])
async def test_a_failed_commit_accepts_nothing_and_the_ledger_comes_back(
    ledger: SqliteLedger, disk: FailingVfs, fault: str, tmp_path: Path
) -> None:
    before = await ledger.accept(event(), claimant=NODE)
    setattr(disk, fault, True)

    answers = await asyncio.gather(*(ledger.accept(event()) for _ in range(5)), return_exceptions=True)

    assert {type(answer) for answer in answers} == {LedgerUnavailable}
    stats = ledger.stats()
    assert (stats.is_available, stats.failed_commits) == (False, 1)
    with pytest.raises(LedgerUnavailable, match="cannot commit"):
        await ledger.claim(StepId("s"), limit=1, node=NODE, concurrency=None)
    assert (await ledger.get(before.run)) is not None, "reads go on"

    setattr(disk, fault, False)
    await until_available(ledger)
    after = await ledger.accept(event())
    done = await ledger.complete(before.run, before.claims[0].epoch, result=None)

    assert done.is_current
    shown = await ledger.list_runs(RunFilter(), limit=10)
    assert [run.id for run in shown.runs] == [after.run, before.run]
    await ledger.close()
    again = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock())
    await again.open()
    shown = await again.list_runs(RunFilter(), limit=10)
    assert [run.id for run in shown.runs] == [after.run, before.run]
    await again.close()


@pytest.mark.parametrize(
    ("fault", "advice"), [("is_full", "make room or mend the disk"), ("is_damaged", "restore a backup")]
)
async def test_a_refusal_tells_what_to_do_about_a_full_disk_and_about_a_damaged_file(
    ledger: SqliteLedger, disk: FailingVfs, fault: str, advice: str
) -> None:
    setattr(disk, fault, True)

    with pytest.raises(LedgerUnavailable) as first:
        await ledger.accept(event())
    with pytest.raises(LedgerUnavailable) as later:
        await ledger.accept(event())

    assert advice in first.value.hint
    assert advice in later.value.hint


async def test_a_failed_flush_is_not_tried_again(ledger: SqliteLedger, disk: FailingVfs) -> None:
    disk.flush_fails = True
    with pytest.raises(LedgerUnavailable):
        await ledger.accept(event())
    flushes = disk.failed_flushes
    assert flushes >= 1

    disk.flush_fails = False
    await until_available(ledger)

    assert (await ledger.list_runs(RunFilter(), limit=10)).runs == ()
    assert await ledger.ready_steps() == frozenset()


async def test_a_checkpoint_that_fails_loses_nothing(
    ledger: SqliteLedger, disk: FailingVfs, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = [await ledger.accept(event()) for _ in range(3)]
    monkeypatch.setattr(writer, "CHECKPOINT_PAGES", 1)
    disk.database_is_full = True
    accepted.append(await ledger.accept(event()))
    async with asyncio.timeout(WAIT_S):
        while ledger.stats().failed_commits == 0:
            await asyncio.sleep(0)
    disk.database_is_full = False
    await until_available(ledger)

    shown = await ledger.list_runs(RunFilter(), limit=10)
    assert [run.id for run in reversed(shown.runs)] == [one.run for one in accepted]


async def test_an_operation_that_breaks_spoils_no_neighbour(ledger: SqliteLedger) -> None:
    def broken(store: Any) -> None:
        store.write("INSERT INTO paused_steps (step) VALUES ('half')")
        raise ZeroDivisionError("a fault of ours")

    tries = [
        ledger.accept(event()),
        ledger._writer.submit("broken", broken),
        ledger.accept(event()),
    ]
    answers = await asyncio.gather(*tries, return_exceptions=True)

    assert [type(answer) for answer in answers] == [Accepted, InternalError, Accepted]
    assert await ledger.paused() == frozenset()
    assert len(await ledger.claim(StepId("s"), limit=9, node=NODE, concurrency=None)) == 2
    assert ledger.stats().is_available


async def test_what_waits_is_committed_together(ledger: SqliteLedger) -> None:
    commits = ledger.stats().commits

    await asyncio.gather(*(ledger.accept(event()) for _ in range(200)))

    assert ledger.stats().commits - commits <= 2


async def test_more_than_may_wait_is_refused(ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger._writer, "_pending_max", 10)

    answers = await asyncio.gather(*(ledger.accept(event()) for _ in range(15)), return_exceptions=True)

    assert sum(isinstance(answer, LedgerUnavailable) for answer in answers) == 5
    await ledger.accept(event())


async def test_a_cancelled_call_leaves_the_ledger_working(ledger: SqliteLedger) -> None:
    task = asyncio.ensure_future(ledger.accept(event()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await ledger.accept(event())

    assert 1 <= len((await ledger.list_runs(RunFilter(), limit=10)).runs) <= 2


async def test_closing_carries_out_what_was_handed_in(tmp_path: Path) -> None:
    path = tmp_path / "motia.db"
    ledger = SqliteLedger(path, clock=FrozenClock())
    await ledger.open()
    tasks = [asyncio.ensure_future(ledger.accept(event())) for _ in range(10)]
    await asyncio.sleep(0)

    await ledger.close()
    await ledger.close()

    accepted = await asyncio.gather(*tasks)
    with pytest.raises(LedgerUnavailable):
        await ledger.accept(event())
    await ledger.open()
    assert len((await ledger.list_runs(RunFilter(), limit=100)).runs) == len(accepted) == 10
    await ledger.close()


async def test_commit_points_are_passed_before_and_after_the_commit(tmp_path: Path) -> None:
    points: list[str] = []
    ledger = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock(), on_commit_point=points.append)
    await ledger.open()

    accepted = await ledger.accept(event(), claimant=NODE)
    await ledger.complete(accepted.run, accepted.claims[0].epoch, result=None)
    await ledger.close()

    assert points == [
        "accept:before-commit",
        "accept:after-commit",
        "complete:before-commit",
        "complete:after-commit",
    ]


async def test_the_log_is_checkpointed_at_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "CHECKPOINT_PAGES", 20)
    # On a busy machine the next event waits already whenever the writer looks.
    monkeypatch.setattr(writer, "CHECKPOINT_PAGES_MAX", 40)
    path = tmp_path / "motia.db"
    ledger = SqliteLedger(path, clock=FrozenClock())
    await ledger.open()
    for _ in range(300):
        await ledger.accept(event())
    log_bytes = path.with_name("motia.db-wal").stat().st_size
    await ledger.close()

    assert log_bytes < 100 * 4_200
