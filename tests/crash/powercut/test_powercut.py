"""Power cuts: whatever was acknowledged is there afterwards, and nothing is there by half.

A virtual file system records every write and flush of a workload. A cut is a place in that record:
what was flushed before it is on the disk, of the rest each write is there, missing or torn at a
sector, as the seed draws it. The ledger opens the disk that is left.
"""

from __future__ import annotations

import asyncio
import os
import random
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import msgspec
import pytest

from motia.ledger import SqliteLedger
from motia.ledger.sqlite import writer
from motia.model import Dead, Delivery, NewEvent, NodeId, RunError, RunFilter, StepId, TraceId, TriggerKind
from motia.runtime import FrozenClock

CUTS = int(os.environ.get("MOTIA_CUTS", "40"))
SEED = int(os.environ.get("MOTIA_SEED", "20261122"))
OPERATIONS = 160
NODE = NodeId("n")


class Note(NamedTuple):
    """One line of the record. `kind`: write, sync, truncate, delete, ack."""

    kind: str
    name: str = ""
    offset: int = 0
    data: bytes = b""


class RecordedFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], record: list[Note]) -> None:
        super().__init__("", name, flags)
        self._role = "wal" if flags[0] & apsw.SQLITE_OPEN_WAL else "db"
        self._record = record

    def xWrite(self, data: Any, offset: int) -> None:
        self._record.append(Note("write", self._role, offset, bytes(data)))
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._record.append(Note("sync", self._role))

    def xTruncate(self, newsize: int) -> None:
        self._record.append(Note("truncate", self._role, newsize))
        super().xTruncate(newsize)


class RecordingVfs(apsw.VFS):
    """Passes everything to the real file system and keeps a record of it."""

    def __init__(self) -> None:
        self.name = f"record-{uuid.uuid4().hex}"
        self.record: list[Note] = []
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        if flags[0] & (apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_WAL):
            return RecordedFile(name, flags, self.record)
        return apsw.VFSFile("", name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        if filename.endswith("-wal"):
            self.record.append(Note("delete", "wal"))
        super().xDelete(filename, syncdir)


class Disk:
    """What a disk holds: flushed bytes, and writes on their way."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}
        self.pending: dict[str, list[Note]] = {}

    def apply(self, note: Note) -> None:
        if note.kind in ("write", "truncate"):
            self.pending.setdefault(note.name, []).append(note)
        elif note.kind == "sync":
            content = self.files.setdefault(note.name, bytearray())
            for change in self.pending.pop(note.name, []):
                change_file(content, change)
        elif note.kind == "delete":
            self.files.pop(note.name, None)
            self.pending.pop(note.name, None)

    def after_cut(self, rng: random.Random) -> dict[str, bytearray]:
        left = {name: bytearray(content) for name, content in self.files.items()}
        survival = rng.choice([0.0, 0.5, 0.9, 1.0])
        for name, changes in self.pending.items():
            content = left.setdefault(name, bytearray())
            for change in changes:
                if rng.random() < survival:
                    change_file(content, change)
                elif change.kind == "write" and rng.random() < 0.5:
                    tear(content, change, rng)
        return left


def change_file(content: bytearray, change: Note) -> None:
    if change.kind == "truncate":
        del content[change.offset :]
        return
    end = change.offset + len(change.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[change.offset : end] = change.data


def tear(content: bytearray, change: Note, rng: random.Random) -> None:
    sector = rng.choice([512, 4_096])
    for start in range(0, len(change.data), sector):
        if rng.random() < 0.5:
            part = change.data[start : start + sector]
            change_file(content, Note("write", change.name, change.offset + start, part))


async def work(ledger: SqliteLedger, record: list[Note], rng: random.Random) -> None:
    """Accept, complete and fail from eight sides at once; each answer becomes an `ack` in the record."""

    def ack(*facts: Any) -> None:
        record.append(Note("ack", data=msgspec.json.encode(facts)))

    async def lane(number: int) -> None:
        for turn in range(OPERATIONS // 8):
            count = rng.choice([1, 1, 3])
            key = rng.choice([None, "k"])
            event = NewEvent(
                target="t",
                kind=TriggerKind.EVENT,
                payload=b'{"runs":%d,"fill":"%s"}' % (count, b"x" * rng.choice([10, 3_000, 20_000])),
                trace=TraceId(f"{number:032x}"),
                deliveries=tuple(Delivery(step=StepId(f"s{number}-{n}"), key=key) for n in range(count)),
                idempotency_key=f"{number}-{turn}",
            )
            accepted = await ledger.accept(event, claimant=NODE)
            ack("accept", accepted.run, len(accepted.runs))
            claims = accepted.claims or await ledger.claim(
                StepId(f"s{number}-0"), limit=2, node=NODE, concurrency=None
            )
            for claim in claims:
                if rng.random() < 0.7:
                    done = await ledger.complete(claim.run, claim.epoch, result=b"[7]")
                    assert done.is_current
                    ack("completed", claim.run)
                else:
                    error = RunError(name="E", message="m")
                    await ledger.fail(claim.run, claim.epoch, error=error, outcome=Dead(reason="x"))
                    ack("dead", claim.run)

    await asyncio.gather(*(lane(number) for number in range(8)))


async def record_of(path: Path, *, synchronous: str, seed: int) -> list[Note]:
    vfs = RecordingVfs()
    ledger = SqliteLedger(path, clock=FrozenClock(), _vfs=vfs.name, _synchronous=synchronous)
    await ledger.open()
    await work(ledger, vfs.record, random.Random(seed))
    record = list(vfs.record)
    await ledger.close()
    vfs.unregister()
    return record


def write_files(directory: Path, files: dict[str, bytearray]) -> None:
    directory.mkdir()
    for name, content in files.items():
        (directory / ("motia.db" if name == "db" else "motia.db-wal")).write_bytes(content)


async def lost_after(disk: Disk, acks: list[Any], directory: Path, rng: random.Random) -> list[Any]:
    """Open what is left of the disk; the acknowledged facts that are not there. Half things are errors."""
    write_files(directory, disk.after_cut(rng))
    ledger = SqliteLedger(directory / "motia.db", clock=FrozenClock())
    await ledger.open()
    try:
        conn = apsw.Connection(str(directory / "motia.db"), flags=apsw.SQLITE_OPEN_READONLY)
        assert conn.execute("PRAGMA integrity_check").get == "ok"
        conn.close()
        runs = {}
        cursor = None
        while True:
            page = await ledger.list_runs(RunFilter(), limit=1_000, cursor=cursor)
            runs.update({str(run.id): run for run in page.runs})
            cursor = page.cursor
            if cursor is None:
                break
        of_event: dict[str, int] = {}
        for run in runs.values():
            of_event[run.event] = of_event.get(run.event, 0) + 1
        for run in runs.values():
            expected = msgspec.json.decode(run.payload)["runs"]
            assert of_event[run.event] == expected, "an event is there by half"
            if run.state == "dead":
                assert len(await ledger.attempts(run.id)) == 1, "a failure is there by half"
            if run.state == "completed":
                assert run.result == b"[7]"
        lost = []
        for fact in acks:
            run = runs.get(fact[1])
            if run is None or (fact[0] != "accept" and run.state != fact[0]):
                lost.append(fact)
        return lost
    finally:
        await ledger.close()


async def cut(record: list[Note], directory: Path, *, cuts: int, seed: int) -> list[list[Any]]:
    """What each of `cuts` power cuts lost. Cuts before the schema was there are not drawn."""
    rng = random.Random(seed)
    first_ack = next(place for place, note in enumerate(record) if note.kind == "ack")
    places = sorted(rng.randint(first_ack, len(record)) for _ in range(cuts))
    disk, acks, done = Disk(), [], 0
    lost = []
    for number, place in enumerate(places):
        for note in record[done:place]:
            if note.kind == "ack":
                acks.append(msgspec.json.decode(note.data))
            disk.apply(note)
        done = place
        lost.append(await lost_after(disk, acks, directory / f"cut{number}", rng))
    return lost


@pytest.fixture(autouse=True)
def _early_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the small workload go through many checkpoints."""
    monkeypatch.setattr(writer, "CHECKPOINT_PAGES", 60)
    monkeypatch.setattr(writer, "CHECKPOINT_PAGES_MAX", 120)


@pytest.mark.parametrize("part", range(4))
async def test_a_power_cut_loses_nothing_acknowledged(part: int, tmp_path: Path) -> None:
    seed = SEED + part
    record = await record_of(tmp_path / "live" / "motia.db", synchronous="FULL", seed=seed)
    assert sum(note.kind == "sync" and note.name == "db" for note in record) > 2, "no checkpoint was cut"

    lost = await cut(record, tmp_path, cuts=max(CUTS // 4, 1), seed=seed)

    assert [facts for facts in lost if facts] == [], f"seed {seed}"


async def test_without_a_flush_at_commit_the_simulation_loses_events(tmp_path: Path) -> None:
    """The simulation can tell: with synchronous=NORMAL it must find losses."""
    record = await record_of(tmp_path / "live" / "motia.db", synchronous="NORMAL", seed=SEED)

    lost = await cut(record, tmp_path, cuts=15, seed=SEED)

    assert any(lost)
