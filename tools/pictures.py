"""`make pictures`: the pictures of the README and the docs, taken anew of the example shop in a real browser."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import click
from playwright.async_api import Page, async_playwright

from tools.demo import PAUSE_S, SHOP, Demo, Traffic, wait_for_api

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--force-color-profile=srgb")
SIZE = {"width": 1280, "height": 800}
SETTLE_MS = 1_200
"""Charts and the graph draw after their data is there."""
ROUNDS = 40
"""Of traffic, `PAUSE_S / 3` apart, so that charts have something to show."""
LEFT_OUT = (".motia", "node_modules", "__pycache__")


class Picture(NamedTuple):
    """`name` without the ending; `show` brings the page to what is pictured, from the Overview."""

    name: str
    show: Callable[[Page], Awaitable[None]]
    theme: str = "Light"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a copy of the shop under traffic and take every picture, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", help="which; all when none is named")
    parser.add_argument("--into", type=Path, default=IMAGES, help="the folder they go to")
    options = parser.parse_args(arguments)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        click.echo("Chromium is not installed: apt-get install chromium", err=True)
        return 1
    wanted = [one for one in PICTURES if not options.names or one.name in options.names]
    with tempfile.TemporaryDirectory(prefix="motia-pictures-") as folder:
        project = Path(folder) / "shop"
        shutil.copytree(SHOP, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (project / "node_modules").symlink_to(SHOP / "node_modules")
        engine = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "motia",
                "dev",
                "--project",
                str(project),
                "--port",
                "0",
                "--workbench-port",
                "0",
            ],
            env={**os.environ, "SHOP_FAILURE_RATE": "0.08"},
            stdout=subprocess.DEVNULL,
        )
        try:
            demo = Demo(project, wait_for_api(engine, project))
            asyncio.run(_take(demo, wanted, chromium=chromium, into=options.into))
        finally:
            engine.send_signal(signal.SIGTERM)
            engine.wait()
    return 0


async def _take(demo: Demo, wanted: Sequence[Picture], *, chromium: str, into: Path) -> None:
    click.echo(f"Traffic for {ROUNDS * PAUSE_S / 3:.0f} s…")
    await _busy(demo)
    into.mkdir(parents=True, exist_ok=True)
    async with _opened(demo, chromium) as page:
        for picture in wanted:
            await _go(page, "Overview")
            await page.get_by_role("radio", name=picture.theme).click()
            await picture.show(page)
            await page.wait_for_timeout(SETTLE_MS)
            await page.screenshot(path=into / f"{picture.name}.png")
            click.echo(f"  {picture.name}.png")


async def _busy(demo: Demo) -> None:
    traffic = Traffic(demo, random.Random(7))
    for number in range(ROUNDS):
        await asyncio.to_thread(traffic.send, 1 + number % 3)
        if number == ROUNDS // 2:
            await asyncio.to_thread(demo.motia, "trigger", "reserve-stock", "--data", '{"orderId": "4711"}')
        await asyncio.sleep(PAUSE_S / 3)


@asynccontextmanager
async def _opened(demo: Demo, chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            page = await (await browser.new_context(viewport=SIZE, timezone_id="UTC")).new_page()  # type: ignore[arg-type]
            await page.goto(demo.workbench())
            await page.get_by_role("heading", level=1).wait_for()
            yield page
        finally:
            await browser.close()


async def _go(page: Page, screen: str) -> None:
    await page.get_by_role("navigation").get_by_role("link", name=screen, exact=True).click()
    await page.get_by_role("heading", level=1, name=screen).wait_for()


def screen(title: str) -> Callable[[Page], Awaitable[None]]:
    """Shows a screen as it opens."""

    async def show(page: Page) -> None:
        await _go(page, title)

    return show


async def dead_run(page: Page) -> None:
    """The run that failed for good, with its error and stack."""
    await _go(page, "Runs")
    await page.get_by_role("group", name="States").get_by_role("button", name="dead").click()
    row = page.get_by_role("row").filter(has_text="no order 4711").first
    await row.locator("a[href*='/runs/']").click()
    await page.get_by_role("article").get_by_text("Fatal").first.wait_for()


async def order_trace(page: Page) -> None:
    """The trace of an order: four languages on one time line."""
    await _go(page, "Traces")
    row = page.get_by_role("row").filter(has_text="POST /orders").first
    await row.locator("a[href*='/traces/']").first.click()
    await page.get_by_text("ship-order").first.wait_for()


async def answered_endpoint(page: Page) -> None:
    """A request that was sent, with its answer."""
    await _go(page, "Endpoints")
    await page.get_by_text("/imports", exact=True).first.click()
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_text("202").first.wait_for()


async def instance(page: Page) -> None:
    """One return of the workflow, its members painted by state."""
    await _go(page, "Workflows")
    await page.get_by_role("link", name="Instances").click()
    await page.locator("main a[href*='/workflows/instances/']").first.click()
    await page.get_by_text("notify-refund").first.wait_for()


async def queues(page: Page) -> None:
    """A paused step with what came meanwhile."""
    await _go(page, "Queues")
    row = page.get_by_role("row").filter(has_text="import-product")
    await row.get_by_role("button", name="Pause").click()
    await answered_endpoint(page)
    for _ in range(4):
        await page.get_by_role("button", name="Send", exact=True).click()
        await page.wait_for_timeout(SETTLE_MS / 4)
    await _go(page, "Queues")
    await row.get_by_role("button", name="Resume").wait_for()


async def palette(page: Page) -> None:
    """The command palette over the Overview."""
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox").fill("order")


PICTURES = (
    Picture("workbench-overview", screen("Overview")),
    Picture("workbench-overview-dark", screen("Overview"), "Dark"),
    Picture("workbench-flow", screen("Flow")),
    Picture("workbench-flow-dark", screen("Flow"), "Dark"),
    Picture("workbench-runs", screen("Runs")),
    Picture("workbench-run", dead_run),
    Picture("workbench-traces", order_trace),
    Picture("workbench-traces-dark", order_trace, "Dark"),
    Picture("workbench-logs", screen("Logs")),
    Picture("workbench-errors", screen("Errors")),
    Picture("workbench-endpoints", answered_endpoint),
    Picture("workbench-queues", queues),
    Picture("workbench-cron", screen("Cron")),
    Picture("workbench-workflows", instance),
    Picture("workbench-workers", screen("Workers")),
    Picture("workbench-palette", palette, "Dark"),
)

if __name__ == "__main__":
    sys.exit(main())
