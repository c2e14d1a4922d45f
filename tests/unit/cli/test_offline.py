"""The control API over the project's files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from motia.cli.client import connect
from motia.cli.errors import CommandError, ControlError
from motia.ledger import SqliteLedger
from motia.model import StartError
from motia.runtime import SystemClock


def test_without_an_engine_the_files_answer(project):
    with connect(project.root) as control:
        status = control.request("GET", "/v1/status")

    assert not control.is_online
    assert not status["is_online"]
    assert status["runs"]["dead"] == 1


def test_the_files_are_given_back(project):
    for _ in range(2):
        with connect(project.root) as control:
            assert control.request("GET", "/v1/steps")["steps"]


def test_files_that_another_process_owns_are_refused(project):
    async def hold() -> None:
        ledger = SqliteLedger(project.root / ".motia" / "motia.db", clock=SystemClock(), owner="a test")
        await ledger.open()
        try:
            await asyncio.to_thread(_try_connect, project.root)
        finally:
            await ledger.close()

    with pytest.raises(StartError):
        asyncio.run(hold())


def _try_connect(root: Path) -> None:
    with connect(root):
        pass


def test_a_refusal_looks_as_the_engines_own(project):
    with connect(project.root) as control, pytest.raises(ControlError) as refused:
        control.request("GET", "/v1/runs/zz")

    assert refused.value.http_status == 404


def test_nothing_can_be_followed(project):
    with connect(project.root) as control, pytest.raises(CommandError):
        control.follow("/v1/feed")


def test_a_project_that_never_ran_is_loaded_once(empty_project: Path):
    with connect(empty_project) as control:
        assert control.request("GET", "/v1/steps")["steps"] == []
