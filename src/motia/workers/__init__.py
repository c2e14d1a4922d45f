"""Worker processes: supervisor, pools, transport; entered through the seam."""

from motia.workers.launch import Launcher, NodeLauncher, PythonLauncher, RubyLauncher
from motia.workers.launching import WORKER_FILES, Launching, launchers_for
from motia.workers.process import FD_VARIABLE, WorkerProcess
from motia.workers.records import WorkerRecords
from motia.workers.report import stall_text
from motia.workers.seam import (
    Answer,
    CallHandler,
    Died,
    Failed,
    Invocation,
    Lane,
    NoWorker,
    Origin,
    Pending,
    Responded,
    ResponseStream,
    Returned,
    StreamBroken,
    Ticket,
    WorkerEvents,
    WorkerInfo,
    Workers,
)
from motia.workers.supervisor import Supervisor, UnknownWorker, WorkerLost

__all__ = [
    "FD_VARIABLE",
    "WORKER_FILES",
    "Answer",
    "CallHandler",
    "Died",
    "Failed",
    "Invocation",
    "Lane",
    "Launcher",
    "Launching",
    "NoWorker",
    "NodeLauncher",
    "Origin",
    "Pending",
    "PythonLauncher",
    "Responded",
    "ResponseStream",
    "Returned",
    "RubyLauncher",
    "StreamBroken",
    "Supervisor",
    "Ticket",
    "UnknownWorker",
    "WorkerEvents",
    "WorkerInfo",
    "WorkerLost",
    "WorkerProcess",
    "WorkerRecords",
    "Workers",
    "launchers_for",
    "stall_text",
]
