"""Worker processes: supervisor, pools, transport; entered through the seam."""

from motia.workers.seam import (
    Answer,
    CallHandler,
    Died,
    Failed,
    Invocation,
    Lane,
    NoWorker,
    Origin,
    Responded,
    ResponseStream,
    Returned,
    StreamBroken,
    Ticket,
    WorkerEvents,
    WorkerInfo,
    Workers,
)

__all__ = [
    "Answer",
    "CallHandler",
    "Died",
    "Failed",
    "Invocation",
    "Lane",
    "NoWorker",
    "Origin",
    "Responded",
    "ResponseStream",
    "Returned",
    "StreamBroken",
    "Ticket",
    "WorkerEvents",
    "WorkerInfo",
    "Workers",
]
