"""A tab that stays open over a restart of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, running_shop


class Again:
    """Ends an engine and starts it at the same port."""

    def __init__(self, first: Shop) -> None:
        self.engine = first
        self.port = urlsplit(first.workbench).port

    def end(self) -> None:
        self.engine.end()

    def start(self) -> None:
        self.engine = Shop(self.engine.root, "dev", "--workbench-port", str(self.port))
        self.engine.wait_line("Workbench")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An engine for each test: it does not survive."""
    with running_shop(tmp_path / "shop") as running:
        yield running


@pytest.fixture
def again(shop: Shop) -> Iterator[Again]:
    """The shop, to be ended and started."""
    made = Again(shop)
    yield made
    made.end()


async def test_the_tab_says_so_reconnects_and_stays_logged_in(page: Page, again: Again):
    await page.goto("/")
    nav = page.get_by_role("navigation", name="Screens")
    await nav.get_by_role("link", name="Runs", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Runs")
    await expect(nav.get_by_text("Live")).to_be_visible()

    again.end()
    await expect(nav.get_by_text("Reconnecting…")).to_be_visible()
    await expect(page.get_by_text("What you see is from before")).to_be_visible()
    again.start()
    await expect(nav.get_by_text("Live")).to_be_visible()
    await expect(page.get_by_text("What you see is from before")).to_be_hidden()

    again.engine.request("POST", "/orders", {"item": "after", "cents": 300})
    await expect(page.get_by_role("row").filter(has_text="charge-card").first).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Runs")
    await expect(nav.get_by_text("Live")).to_be_visible()


async def test_a_screen_first_opened_while_the_engine_is_away_comes_with_it(
    page: Page, again: Again, complaints: list[str]
):
    await page.goto("/runs")
    nav = page.get_by_role("navigation", name="Screens")
    await expect(nav.get_by_text("Live")).to_be_visible()

    again.end()
    await expect(nav.get_by_text("Reconnecting…")).to_be_visible()
    await nav.get_by_role("link", name="Cron", exact=True).click()
    await expect(page.get_by_text("The screen comes as soon as it does")).to_be_visible()
    again.start()

    await expect(page.get_by_role("heading", level=1, name="Cron")).to_be_visible()
    assert all("dynamically imported module" in complaint for complaint in complaints)
    complaints.clear()


async def test_a_session_that_ended_is_told(page: Page, again: Again):
    await page.goto("/runs?state=dead")
    nav = page.get_by_role("navigation", name="Screens")
    await expect(nav.get_by_text("Live")).to_be_visible()

    again.end()
    (again.engine.root / ".motia" / "sessions.json").unlink()
    again.start()

    await expect(page.get_by_role("alert").filter(has_text="You are logged out")).to_be_visible()
    await page.get_by_role("link", name="Log in").click()
    await expect(page.get_by_role("heading", name="Log in to the Workbench")).to_be_visible()
    await expect(page).to_have_url("/runs?state=dead")
