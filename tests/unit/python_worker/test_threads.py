from __future__ import annotations

import contextvars
import threading

from motia.python_worker.threads import ContextExecutor

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


def test_work_runs_in_the_context_of_whoever_handed_it_in() -> None:
    with ContextExecutor(1) as threads:
        seen = []
        for name in ("a", "b"):
            token = WHO.set(name)
            seen.append(threads.submit(WHO.get).result(10))
            WHO.reset(token)

        assert seen == ["a", "b"]
        assert threads.submit(WHO.get).result(10) == "nobody"


def test_what_work_sets_stays_in_its_own_context() -> None:
    with ContextExecutor(1) as threads:
        threads.submit(WHO.set, "thread").result(10)

        assert threads.submit(WHO.get).result(10) == "nobody"
        assert WHO.get() == "nobody"


def test_work_that_waits_for_a_run_lends_its_thread_to_other_work() -> None:
    with ContextExecutor(1) as threads:
        gate = threading.Event()
        waits = threads.submit(gate.wait, 10)
        other = threads.submit(gate.set)
        assert not other.done()

        threads.lend()

        assert waits.result(10)
        threads.take_back()
