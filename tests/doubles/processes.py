"""What the operating system knows of processes that tests have started."""

from __future__ import annotations

import os


def is_alive(pid: int) -> bool:
    """Whether a process of this id runs; one that waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
