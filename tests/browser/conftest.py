"""A real browser on the Workbench of a real engine. Needs Chromium, and the Workbench built (`make setup`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright
from tests.acceptance.conftest import MOTIA, Served, environment

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LIMIT_MS = 20_000

STEPS = """
from motia import HttpError, api, cron, event, logger, response, state, trigger


@api(
    id="place-order", method="POST", path="/orders", flows=["orders"], triggers=["charge-card"],
    description="Take an order",
    schema={"body": {"item": str, "cents": int}},
)
async def place_order(item: str, cents: int):
    receipt = await trigger("charge-card", {"item": item, "cents": cents})
    return response({"accepted": item, "run": receipt.run_id}, status=202)


@event(id="charge-card", flows=["orders"], triggers=["order.charged"], retries=0, schema={"item": str, "cents": int})
async def charge_card(item: str, cents: int):
    logger.info("charging", {"item": item})
    fee = cents // 0
    await trigger("order.charged", {"item": item})
    return {"charged": cents + fee}


@event(id="ship", flows=["orders"], topics=["order.charged"])
async def ship(item: str):
    await state.set("shipped", item, {"item": item})
    return {"shipped": item}


@cron(id="nightly", schedule="0 3 * * *", timezone="Europe/Berlin", flows=["reports"])
async def nightly():
    return {"orders": len(await state.list("shipped"))}


@event(id="chatter", schema={"lines": int})
async def chatter(lines: int):
    for number in range(lines):
        logger.info(f"line {number}", {"number": number})
"""
FIXED = ("fee = cents // 0", "fee = cents // 100")


class Shop(Served):
    """A running `motia dev` with its Workbench."""

    def fresh_address(self) -> str:
        """A one-time address of the Workbench."""
        done = subprocess.run(
            [*MOTIA, "workbench", "--json"],
            cwd=self.root,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return str(json.loads(done.stdout)["url"])

    def mend(self) -> None:
        """Correct the step that fails."""
        file = self.root / "motia" / "steps" / "orders.py"
        file.write_text(file.read_text().replace(*FIXED))


@contextmanager
def serving(root: Path, steps: str = STEPS) -> Iterator[Shop]:
    """An engine over these Python steps, in the empty folder `root`."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    (root / "motia" / "steps").mkdir(parents=True)
    (root / "motia" / "steps" / "orders.py").write_text(steps.lstrip())
    served = Shop(root, "dev", "--workbench-port", "0")
    try:
        served.wait_line("Workbench")
        yield served
    finally:
        served.end()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One engine for the tests of a module."""
    with serving(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield started
        finally:
            await started.close()


OpenPage = Callable[..., Any]


@pytest.fixture
async def page(shop: Shop) -> AsyncIterator[Page]:
    """A page that is logged in and complains about nothing: an error in its console fails the test."""
    errors: list[str] = []
    async with browser() as started:
        context = await started.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(LIMIT_MS)
        opened = await context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on(
            "console",
            lambda message: errors.append(message.text) if message.type == "error" else None,
        )
        await opened.goto(shop.fresh_address())
        await opened.get_by_role("heading", level=1).wait_for()
        yield opened
    # What the server refuses on purpose (422, 404) is told by the browser too; the page itself must not fail.
    assert [error for error in errors if "Failed to load resource" not in error] == []


def is_in_ci() -> bool:
    """Whether nothing may be skipped."""
    return bool(os.environ.get("CI"))
