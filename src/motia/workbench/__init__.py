"""The control API of a node (JSON over a Unix socket, or in-process) and the Workbench: the same behind a
log-in, with its screens.
"""

from motia.workbench.app import ENDPOINTS, ControlApi, ControlRoute
from motia.workbench.deps import (
    ControlCron,
    ControlDeps,
    ControlDispatcher,
    ControlWorkers,
    ExplanationLike,
    FindingLike,
    NotRunning,
)
from motia.workbench.endpoint import Endpoint, Permission
from motia.workbench.front import Front
from motia.workbench.openapi import describe
from motia.workbench.server import ControlServer, bind_control_socket

__all__ = [
    "ENDPOINTS",
    "ControlApi",
    "ControlCron",
    "ControlDeps",
    "ControlDispatcher",
    "ControlRoute",
    "ControlServer",
    "ControlWorkers",
    "Endpoint",
    "ExplanationLike",
    "FindingLike",
    "Front",
    "NotRunning",
    "Permission",
    "bind_control_socket",
    "describe",
]
