"""Workers as people see them."""

from __future__ import annotations

from typing import Final

from motia.protocol import Stalled
from motia.workers.keeper import Keeper
from motia.workers.seam import WorkerInfo
from motia.workers.worker import Worker, WorkerState

_ADVICE: Final = {
    "python": "use await, or a plain def, for what takes long",
    "node": "use await, or a worker thread, for what takes long",
    "ruby": "call what lets other threads run, or another process, for what takes long",
}


def stall_text(worker: str, stalled: Stalled) -> str:
    """What stands still, since when, and what to do, in the words of the worker's language."""
    advice = _ADVICE.get(worker.partition("-")[0], _ADVICE["python"])
    text = f"step {stalled.step!r} has held the loop of {worker} for {stalled.ms} ms: {advice}"
    if stalled.stack:
        return f"{text}\n{stalled.stack}"
    return f"{text} (where it is cannot be told: it may be in native code, or stopped from outside)"


def info_of_worker(worker: Worker) -> WorkerInfo:
    """One live process."""
    return WorkerInfo(
        name=worker.name,
        language=worker.language,
        runtime=worker.runtime,
        pid=worker.pid,
        lane=worker.lane,
        state=_state(worker),
        in_flight=len(worker.session.in_flight),
        restarts=worker.restarts,
        started_at=worker.started_at,
        rss_bytes=_rss_bytes(worker.pid),
        steps=len(worker.steps),
        last_error=worker.last_error,
        follows_death=worker.follows_death,
    )


def _state(worker: Worker) -> str:
    # One that was replaced finishes what it has; to whoever looks at it, that is not ready.
    is_left = worker.state is WorkerState.READY and not worker.is_open
    return (WorkerState.DRAINING if is_left else worker.state).value


def info_of_keeper(keeper: Keeper) -> WorkerInfo:
    """A seat whose worker died and is not back yet."""
    worker = keeper.worker
    return WorkerInfo(
        name=worker.name if worker is not None else keeper.language,
        language=keeper.language,
        runtime=worker.runtime if worker is not None else "",
        pid=0,
        lane=keeper.lane,
        state="dead",
        in_flight=0,
        restarts=keeper.restarts,
        started_at=worker.started_at if worker is not None else 0,
        rss_bytes=0,
        steps=0,
        last_error=keeper.last_error,
    )


def _rss_bytes(pid: int) -> int:
    import psutil  # only who asks for figures pays for the import

    try:
        return int(psutil.Process(pid).memory_info().rss) if pid else 0
    except psutil.Error:
        return 0
