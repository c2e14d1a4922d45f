"""A streamed answer in the endpoint tester: shown as it comes, ended when the reader leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from tests.acceptance.conftest import wait_until

from .conftest import Shop, serving

STEPS = """
import asyncio
from pathlib import Path

from motia import api, response


@api(id="ticks", method="GET", path="/ticks")
async def ticks():
    async def body():
        try:
            for number in range(1_000):
                yield f"data: tick {number}\\n\\n"
                if number == 2:
                    await asyncio.sleep(600)
        finally:
            Path("left.txt").write_text("the reader left")

    return response(body(), headers={"content-type": "text/event-stream"})
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with serving(tmp_path_factory.mktemp("ticks") / "project", STEPS) as shop:
        yield shop


@pytest.mark.parametrize("way", ["stop", "leave"])
async def test_a_stream_is_shown_as_it_comes_and_ends_with_its_reader(page: Page, shop: Shop, way: str):
    left = Path(shop.root, "left.txt")
    left.unlink(missing_ok=True)
    await page.goto("/")
    nav = page.get_by_role("navigation", name="Screens")
    await nav.get_by_role("link", name="Endpoints", exact=True).click()

    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("data: tick 2")).to_be_visible()
    await expect(page.get_by_text("200 OK")).to_be_visible()
    await expect(page.get_by_text("More is to come.")).to_be_visible()
    assert not left.exists()
    if way == "stop":
        await page.get_by_role("button", name="Stop").click()
        await expect(page.get_by_text("You stopped it here.")).to_be_visible()
    else:
        await nav.get_by_role("link", name="Runs", exact=True).click()

    wait_until(left.exists, bool)
