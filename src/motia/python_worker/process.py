"""A worker as a process of its own: `serve(sock)` runs until the engine drains it or goes away."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import site
import socket
import sys
import traceback

from motia.python_worker.guards import StallWatch, die_with_parent, end_at_eof, ignore_signals
from motia.python_worker.transport import SocketTransport
from motia.python_worker.worker import PythonWorker


def serve(sock: socket.socket) -> None:
    """Speak the worker protocol over `sock` until the end. Call it on the main thread.

    The caller should end the process afterwards with `end_process`: threads of plain handlers may
    still be running.
    """
    loop = _new_loop()
    asyncio.set_event_loop(loop)
    loop.call_soon(_start, sock, loop)
    while True:
        try:
            loop.run_forever()
            break
        except (SystemExit, KeyboardInterrupt) as error:
            # From a task of the author's own: it ends that task, not the worker.
            sys.stderr.write(f"{type(error).__name__} in a task outside a handler was ignored\n")


def end_process() -> None:
    """Run what libraries registered for the exit, flush, and end, whatever threads still do."""
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


def main() -> None:
    """`python -m motia.python_worker`: take the socket from MOTIA_WORKER_FD."""
    value = os.environ.pop("MOTIA_WORKER_FD", "")
    if not value.isdigit():
        sys.stderr.write(
            "MOTIA_WORKER_FD names no file descriptor: this process is started by the Motia engine\n"
        )
        os._exit(2)
    site_packages = os.environ.pop("MOTIA_PYTHON_SITE", "")
    if site_packages:
        # Behind our own: the project's copy of a package that the worker uses must not replace it.
        site.addsitedir(site_packages)
    die_with_parent()
    ignore_signals()
    os.set_inheritable(int(value), False)
    sock = socket.socket(fileno=int(value))
    end_at_eof(sock.fileno())
    try:
        serve(sock)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        os._exit(1)
    end_process()


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # a platform without it
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _start(sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
    def on_close() -> None:
        transport.close()
        loop.stop()

    worker: PythonWorker
    transport = SocketTransport(sock, lambda data: worker.feed(data), lambda: worker.eof())
    worker = PythonWorker(transport.write, on_close, backlog_bytes=lambda: transport.unsent_bytes)
    StallWatch(worker, loop)
