"""The Python worker: runs an author's steps in a process of its own, or inside another one for tests."""

from motia.python_worker.process import serve
from motia.python_worker.transport import SocketTransport
from motia.python_worker.worker import PythonWorker

__all__ = ["PythonWorker", "SocketTransport", "serve"]
