from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

STEPS = """
    import asyncio

    from motia import api, cron, event, logger, trigger

    @api(id="greet", method="POST", path="/greet/:name", schema={"body": {"count": int}})
    async def greet(name: str, count: int):
        await trigger("greeted", {"name": name})
        return {"hello": name, "count": count}

    @api(id="ticks", method="GET", path="/ticks")
    async def ticks():
        for n in range(3):
            yield {"n": n}

    @event(id="greeted", schema={"name": str})
    async def greeted(name: str):
        logger.info("greeted", {"name": name})
        return name.upper()

    @event(id="flaky", retries=2, backoff={"initial": 60, "factor": 1, "jitter": False})
    async def flaky(ctx):
        if ctx.attempt < 3:
            raise ValueError(f"attempt {ctx.attempt}")
        return ctx.attempt

    @event(id="hopeless", retries=0)
    async def hopeless():
        raise ValueError("no")

    @cron(id="nightly", schedule="0 3 * * *")
    async def nightly():
        return "slept"
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Path]:
    """Write a project with one step file."""

    def write(text: str = STEPS) -> Path:
        steps = tmp_path / "project" / "motia" / "steps"
        steps.mkdir(parents=True, exist_ok=True)
        (steps / "all.py").write_text(textwrap.dedent(text))
        return tmp_path / "project"

    return write
