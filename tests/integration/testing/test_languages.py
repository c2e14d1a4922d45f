"""`app()` with steps of several languages: Python's on the test's loop, the others in processes, one frozen clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from motia.model import StartError
from motia.testing import app

PYTHON = """
from motia import event, trigger

@event(id="first")
async def first(n: int):
    await trigger("second", {"n": n + 1})
"""
JAVASCRIPT = """
import { event } from '@motia/core';

export default event({ id: 'second' }, async ({ n }) => {
  await motia.trigger('third', { n: n + 1 }, { delay: '1h' });
});
"""
RUBY = """
require "motia"

event(id: "third", retries: 1, backoff: 60) do |n:, ctx:|
  raise "not yet" if ctx.attempt == 1
  state.set("seen", "n", n + 1)
end
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    steps = tmp_path / "motia" / "steps"
    steps.mkdir(parents=True)
    (steps / "a.py").write_text(PYTHON)
    (steps / "b.js").write_text(JAVASCRIPT)
    (steps / "c.rb").write_text(RUBY)
    return tmp_path


async def test_a_flow_through_three_languages_follows_the_tests_clock(project: Path, needs):
    needs("node", "ruby")

    async with app(project) as client:
        await client.trigger("first", {"n": 1})
        await client.wait_idle()
        assert [run.state for run in await client.runs(step="third")] == ["scheduled"]

        await client.advance(hours=1, seconds=1)
        await client.wait_idle()
        (third,) = await client.runs(step="third")
        assert (third.state, third.error) == ("retrying", "not yet")
        await client.advance(minutes=2)
        await client.wait_idle()

        assert await client.state("seen") == {"n": 4}
        runs = await client.runs()
        assert [run.state for run in runs] == ["completed"] * 3
        assert len({run.trace for run in runs}) == 1


async def test_a_runtime_that_is_missing_is_told_by_the_start(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MOTIA_RUBY", "/nonexistent/ruby")
    (project / "motia" / "steps" / "b.js").unlink()

    with pytest.raises(StartError, match="Ruby steps cannot run: MOTIA_RUBY is /nonexistent/ruby"):
        async with app(project):
            pass
    async with app(project, strict=False) as client:
        assert list(client.steps) == ["first"]
        assert [fault.code for fault in client.faults if fault.severity == "error"] == ["no-runtime"]
