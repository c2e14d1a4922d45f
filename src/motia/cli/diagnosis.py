"""What `motia doctor` looks at: one function a check, each of which only looks."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from motia.cli.finding import FAIL, OK, WARN, Finding
from motia.cli.languages import diagnose_languages

MIB = 1024 * 1024
DISK_WARN_BYTES = 1024 * MIB
DISK_FAIL_BYTES = 100 * MIB
PYTHON_MIN = (3, 11)
SQLITE_MIN = (3, 51, 3)
EARLIEST_SANE_S = 1_735_689_600
"""2025-01-01: a clock before it was never set."""
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph"})


def diagnose(root: Path | None) -> list[Finding]:
    """Every check; those of the project only when there is one."""
    checks: list[Callable[[], Iterator[Finding]]] = [_python, _sqlite, _clock]
    findings = [finding for check in checks for finding in check()]
    findings.extend(diagnose_languages(root))
    if root is None:
        return [*findings, Finding("project", WARN, "none here", "make one with `motia create`")]
    for look in (_data_directory, _file_system, _disk_space, _socket_path, _engine, _port):
        findings.extend(look(root))
    return findings


def _python() -> Iterator[Finding]:
    version = sys.version_info
    found = f"{version.major}.{version.minor}.{version.micro} at {sys.executable}"
    status = OK if version[:2] >= PYTHON_MIN else FAIL
    yield Finding("python", status, found, "Motia needs Python 3.11 or newer")


def _sqlite() -> Iterator[Finding]:
    import apsw

    version = apsw.sqlite_lib_version()
    parts = tuple(int(part) for part in version.split("."))
    yield Finding(
        "sqlite",
        OK if parts >= SQLITE_MIN else FAIL,
        f"{version} (in apsw {apsw.apsw_version()})",
        "older ones can corrupt a database: pip install --upgrade apsw",
    )


def _clock() -> Iterator[Finding]:
    now = time.time()
    status = OK if now >= EARLIEST_SANE_S else FAIL
    found = time.strftime("%Y-%m-%dT%H:%M:%S%z (%Z)", time.localtime(now))
    yield Finding("clock", status, found, "set the machine's clock: schedules and retention lean on it")


def data_directory(root: Path) -> Path:
    """Where the engine keeps its files."""
    return root / ".motia"


def _data_directory(root: Path) -> Iterator[Finding]:
    folder = data_directory(root)
    if not folder.exists():
        writable = os.access(root, os.W_OK)
        status = OK if writable else FAIL
        yield Finding(
            "data directory", status, f"{folder} (not made yet)", f"{root} cannot be written: chmod u+w"
        )
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding(
            "data directory", FAIL, f"{folder}: {error.strerror}", f"make it writable: chmod u+rwx {folder}"
        )
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    status = OK if mode & 0o077 == 0 else WARN
    yield Finding(
        "data directory", status, f"{folder} (mode {mode:04o})", f"others can read it: chmod 700 {folder}"
    )


def _file_system(root: Path) -> Iterator[Finding]:
    import psutil

    place = str(root.resolve())
    mounts = [part for part in psutil.disk_partitions(all=True) if _is_below(place, part.mountpoint)]
    if not mounts:
        return
    kind = max(mounts, key=lambda part: len(part.mountpoint)).fstype
    status = FAIL if kind in NETWORK_FILE_SYSTEMS else OK
    yield Finding(
        "file system", status, kind, "SQLite needs a local disk: move the project, or use PostgreSQL"
    )


def _is_below(place: str, mount: str) -> bool:
    return place == mount or place.startswith(mount.rstrip("/") + "/")


def _disk_space(root: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(root).free
    status = FAIL if free < DISK_FAIL_BYTES else WARN if free < DISK_WARN_BYTES else OK
    yield Finding(
        "disk space", status, f"{free // MIB:,} MiB free", "with no space left the engine refuses new work"
    )


def _socket_path(root: Path) -> Iterator[Finding]:
    from motia.cli.client import read_record

    record = read_record(root)
    if record is not None and not Path(record.control).exists():
        yield Finding(
            "control socket", WARN, f"{record.control} is missing", "left by an engine that was killed"
        )


def _engine(root: Path) -> Iterator[Finding]:
    from motia.cli.client import read_record, running_engine

    record = running_engine(root)
    if record is not None:
        yield Finding(
            "engine", OK, f"version {record.version} runs as process {record.pid}, API {record.api}"
        )
    elif read_record(root) is not None:
        hint = "it was killed or hangs; the next start cleans up and resumes its runs"
        yield Finding("engine", WARN, "a record of an engine that does not answer", hint)
    else:
        yield Finding("engine", OK, "not running")


def _port(root: Path) -> Iterator[Finding]:
    from motia.cli.client import running_engine
    from motia.cli.ports import is_free, owner_hint
    from motia.cli.settings import load_settings
    from motia.model import MotiaError

    try:
        config = load_settings(root, mode="dev").config
    except MotiaError as error:
        yield Finding("configuration", FAIL, error.message, error.hint)
        return
    if running_engine(root) is not None:  # where it listens is told of the engine
        yield Finding("configuration", OK, config.environment)
        return
    yield Finding("configuration", OK, f"{config.environment}, {config.host}:{config.port}")
    if is_free(config.host, config.port):
        yield Finding("port", OK, f"{config.port} is free")
    else:
        yield Finding(
            "port",
            WARN,
            f"{config.port} is taken",
            f"{owner_hint(config.port)}; `motia dev` takes the next free one",
        )
