"""A burst of 5,000 items a second on the live feed: the page stays bounded, honest and at hand.

Nothing here is a measure of time: `python -m benchmarks burst` measures tasks, memory and processor time.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from .conftest import CHROMIUM, PROJECT, Shop

PER_S, SECONDS = 5_000, 3
ROWS_MAX = 120
"""Rows that a list may have in the page at once, however many it holds."""
LINES_MAX = 10_000
LIMIT_S = 60.0
_numbers = itertools.count(1)


class BurstShop(Shop):
    """The shop on an engine whose feed can be driven: see `benchmarks.burst_engine`."""

    program = (sys.executable, "-m", "benchmarks.burst_engine")

    @property
    def order(self) -> Path:
        """The file that the engine takes orders from."""
        return self.root / "burst.json"

    def begin(self, seconds: float = SECONDS) -> int:
        """Begin a burst; its number."""
        number = next(_numbers)
        new = self.order.with_suffix(".tmp")
        new.write_text(json.dumps({"id": number, "per_s": PER_S, "seconds": seconds}))
        new.replace(self.order)
        return number

    async def end_of(self, number: int) -> dict[str, int]:
        """What was recorded, when the burst is over."""
        done = self.order.with_suffix(".done")
        async with asyncio.timeout(LIMIT_S):
            while not (done.exists() and json.loads(done.read_text())["id"] == number):
                await asyncio.sleep(0.05)
        return json.loads(done.read_text())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BurstShop]:
    """One engine for the tests of this module."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    root = tmp_path_factory.mktemp("burst") / "shop"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__"))
    repository = str(Path(__file__).resolve().parents[2])
    served = BurstShop(
        root,
        "dev",
        "--workbench-port",
        "0",
        BENCH_BURST=str(root / "burst.json"),
        PYTHONPATH=f"{repository}/src:{repository}",
    )
    try:
        served.wait_line("Workbench")
        yield served
    finally:
        served.end()


async def to(page: Page, screen: str) -> None:
    if page.url == "about:blank":
        await page.goto("/")
    await page.get_by_role("navigation").get_by_role("link", name=screen, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(screen)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


def number_in(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    return int(found.group().replace(",", "")) if found else 0


async def lost(page: Page) -> int:
    told = page.get_by_text("items not shown")
    return number_in(await told.inner_text()) if await told.count() else 0


async def test_the_tail_of_the_logs_is_bounded_and_what_is_not_shown_is_counted(page: Page, shop: BurstShop):
    await to(page, "Logs")
    held = page.get_by_text(re.compile(r"^[\d,]+ lines"))

    recorded = await shop.end_of(shop.begin())

    await expect(page.get_by_text(re.compile("charged order")).first).to_be_visible()
    shown = 0
    async with asyncio.timeout(LIMIT_S):
        while shown + await lost(page) < recorded["logs"]:  # the last batches are on their way
            await asyncio.sleep(0.05)
            shown = number_in(await held.inner_text())
    assert shown <= LINES_MAX
    assert await lost(page) > 0 or shown >= recorded["logs"]
    assert await page.get_by_role("table", name="Log lines").get_by_role("row").count() <= ROWS_MAX


async def test_a_reader_is_not_carried_away_and_told_how_much_came(page: Page, shop: BurstShop):
    await to(page, "Logs")
    await page.keyboard.press("p")
    bar = page.get_by_role("button", name=re.compile("^Paused"))
    await expect(bar).to_contain_text("nothing new")
    top = page.get_by_role("table", name="Log lines").get_by_role("row").first
    before = await top.inner_text() if await top.count() else ""

    number = shop.begin()
    await expect(bar).to_contain_text(re.compile(r"[\d,]+ new"))
    early = number_in(await bar.inner_text())
    recorded = await shop.end_of(number)

    async with asyncio.timeout(LIMIT_S):
        while number_in(await bar.inner_text()) + await lost(page) < recorded["logs"]:
            await asyncio.sleep(0.05)
    assert 0 < early <= number_in(await bar.inner_text())
    assert (await top.inner_text() if await top.count() else "") == before
    await bar.click()
    await expect(bar).to_have_count(0)


@pytest.mark.parametrize("screen", ["Overview", "Flow", "Runs", "Traces", "Logs", "Queues", "Workflows"])
async def test_every_live_screen_answers_a_click_in_the_middle_of_it(
    page: Page, shop: BurstShop, screen: str
):
    await to(page, screen)

    before = shop.control("GET", "/v1/status")["feed_id"]
    number = shop.begin(seconds=LIMIT_S)
    try:
        async with asyncio.timeout(LIMIT_S):
            while shop.control("GET", "/v1/status")["feed_id"] < before + PER_S:
                await asyncio.sleep(0.05)
        await to(page, "Config")
        await to(page, screen)
        rows = await page.get_by_role("row").count()
    finally:
        shop.order.unlink()
        await shop.end_of(number)

    assert rows <= ROWS_MAX
