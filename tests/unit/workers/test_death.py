"""Which ends of a process may have come from outside."""

from __future__ import annotations

import signal

import pytest

from motia.workers.death import may_be_from_outside


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_what_others_send_may_be_from_outside(sent: signal.Signals) -> None:
    assert may_be_from_outside(-sent)


@pytest.mark.parametrize("exit_code", [0, 1, 137, -signal.SIGSEGV, -signal.SIGABRT, None])
def test_an_exit_and_a_crash_are_the_process_s_own(exit_code: int | None) -> None:
    assert not may_be_from_outside(exit_code)
