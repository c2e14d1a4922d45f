"""The data directory: one owner, private files, local disks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from motia.ledger import SqliteLedger
from motia.ledger.sqlite import owner
from motia.ledger.sqlite.owner import COMMAND_LINE, OwnerLock, file_system_of
from motia.model import StartError
from motia.runtime import FrozenClock

HOLD = """
import sys
from pathlib import Path
from motia.ledger.sqlite.owner import OwnerLock
lock = OwnerLock(Path(sys.argv[1]))
lock.acquire("other")
print("held", flush=True)
sys.stdin.read()
"""


async def test_a_second_engine_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    first = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock(), owner="first")
    await first.open()
    second = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock())

    with pytest.raises(StartError, match=rf"another engine \(`first`, pid {os.getpid()}\)") as refused:
        await second.open()
    assert "`motia workbench` opens the one that runs" in refused.value.hint
    assert f"`kill {os.getpid()}`" in refused.value.hint

    await first.close()
    await second.open()
    await second.close()


def test_a_command_that_has_the_lock_is_not_called_an_engine(tmp_path: Path) -> None:
    holder, other = OwnerLock(tmp_path), OwnerLock(tmp_path)
    holder.acquire(COMMAND_LINE)

    with pytest.raises(StartError, match="in use by a command") as refused:
        other.acquire("motia dev")

    assert "try again when it has ended" in refused.value.hint
    holder.release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        lock = OwnerLock(tmp_path)
        with pytest.raises(StartError, match=f"`other`, pid {holder.pid}"):
            lock.acquire()
        holder.kill()
        holder.wait(10)

    lock.acquire()
    lock.acquire()
    lock.release()
    lock.release()


async def test_files_are_private(tmp_path: Path) -> None:
    path = tmp_path / "project" / ".motia" / "motia.db"
    old = os.umask(0)
    try:
        ledger = SqliteLedger(path, clock=FrozenClock())
        await ledger.open()
    finally:
        os.umask(old)
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    directory_mode = path.parent.stat().st_mode & 0o777
    await ledger.close()

    assert directory_mode == 0o700
    assert modes == dict.fromkeys(["engine.lock", "motia.db", "motia.db-wal", "motia.db-shm"], 0o600)


async def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(owner, "MOUNTS", mounts)

    assert file_system_of(Path("/"), mounts=mounts) == "ext4"
    with pytest.raises(StartError, match="network file system"):
        await SqliteLedger(tmp_path / "data" / "motia.db", clock=FrozenClock()).open()


async def test_a_directory_that_cannot_be_made_is_an_error_of_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StartError, match="cannot be written"):
        await SqliteLedger(tmp_path / "file" / "motia.db", clock=FrozenClock()).open()
