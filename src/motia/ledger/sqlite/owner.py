"""The data directory and the one engine that owns it: an exclusive lock, private modes, a local disk."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from motia.model import StartError

LOCK_NAME = "engine.lock"
COMMAND_LINE = "motia command line"
"""The owner while a command works without an engine."""
MOUNTS = Path("/proc/self/mounts")
REMOTE_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs"}
)


class OwnerLock:
    """The exclusive right to a data directory, held until `release` or the death of the process."""

    def __init__(self, directory: Path) -> None:
        """Nothing is touched before `acquire`."""
        self._directory = directory
        self._fd: int | None = None

    def acquire(self, owner: str = "") -> None:
        """Create the directory (0700) and take its lock; `owner` is written beside the process id.

        Raises:
            StartError: Another engine has it (names its process), it is on a network file system,
                or it cannot be written.
        """
        if self._fd is not None:
            return
        try:
            _prepare(self._directory)
            fd = os.open(self._directory / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartError(
                f"the data directory {self._directory} cannot be written: {error.strerror}",
                hint="check its owner and its mode, or choose another database url",
            ) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid, _, name = os.pread(fd, 200, 0).decode(errors="replace").strip().partition(" ")
            os.close(fd)
            raise _in_use(self._directory, pid, name) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()} {owner}".strip().encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Give the lock up; does nothing when it is not held. The file stays: its removal would race."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _in_use(directory: Path, pid: str, name: str) -> StartError:
    who = f"`{name}`, pid {pid}" if name else f"pid {pid or 'unknown'}"
    end = f"Ctrl-C in its terminal, or `kill {pid}`" if pid.isdecimal() else "Ctrl-C in its terminal"
    if name == COMMAND_LINE:
        return StartError(
            f"the data directory {directory} is in use by a command ({who})",
            hint=f"try again when it has ended, or end it ({end})",
        )
    return StartError(
        f"the data directory {directory} is in use by another engine ({who})",
        hint=f"`motia workbench` opens the one that runs; to start this one, end that one first ({end}), "
        "or give this one another database url",
    )


def _prepare(directory: Path) -> None:
    is_new = not directory.exists()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A directory of the user's own choice that was there keeps its mode; the files are private anyway.
    if is_new or directory.name == ".motia":
        directory.chmod(0o700)
    kind = file_system_of(directory, mounts=MOUNTS)
    if kind in REMOTE_TYPES:
        raise StartError(
            f"the data directory {directory} is on a network file system ({kind}), which loses data",
            hint="keep the database on a local disk",
        )


def file_system_of(directory: Path, *, mounts: Path) -> str:
    """The type of the file system that `directory` is on; empty when the system does not tell."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    target = str(directory.resolve())
    best, kind = "", ""
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        is_above = target == point or target.startswith(point.rstrip("/") + "/")
        if is_above and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
