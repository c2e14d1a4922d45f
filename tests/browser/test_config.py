"""Config: values with their origin, the doctor, and what people did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, rows, running_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """An engine that is told something by its environment."""
    root: Path = tmp_path_factory.mktemp("config") / "shop"
    with running_shop(root, MOTIA_LIMITS_QUEUE_DEPTH="777") as running:
        yield running


async def test_a_value_says_where_it_came_from(page: Page):
    await page.goto("/config?show=set")

    await expect(rows(page, "Configured values").filter(has_text="limits.queue_depth")).to_contain_text("777")
    await expect(rows(page, "Configured values").filter(has_text="limits.queue_depth")).to_contain_text(
        "MOTIA_LIMITS_QUEUE_DEPTH"
    )
    await page.get_by_label("Which values").select_option("")
    await page.get_by_label("Key, value or origin").fill("retention")
    await expect(rows(page, "Configured values").first).to_contain_text("default")


async def test_the_engine_says_its_version_and_addresses(page: Page, shop: Shop):
    await page.goto("/config/engine")

    await expect(page.get_by_role("region", name="Addresses and runtimes")).to_contain_text(shop.api)
    await expect(page.get_by_role("region", name="Ledger")).to_contain_text("available")


async def test_the_doctor_says_what_it_checked(page: Page):
    await page.goto("/config/doctor")

    await expect(page.get_by_role("listitem").filter(has_text="python").first).to_be_visible()
    await page.get_by_role("button", name="Check again").click()
    await expect(page.get_by_role("button", name="Check again")).to_be_enabled()


async def test_the_audit_log_shows_what_was_just_done_and_by_whom(page: Page):
    await page.goto("/queues")
    await page.get_by_role("button", name="Pause echo").click()
    await expect(page.get_by_text("echo is paused.")).to_be_visible()
    await page.get_by_role("button", name="Resume echo").click()
    await expect(page.get_by_text("echo goes on.")).to_be_visible()

    await page.get_by_role("navigation", name="Screens").get_by_role("link", name="Config").click()
    await page.get_by_role("link", name="Audit").click()

    resumed, paused = rows(page, "Audit log").nth(0), rows(page, "Audit log").nth(1)
    await expect(resumed).to_contain_text("/resume")
    await expect(paused).to_contain_text("/pause")
    for row in (resumed, paused):
        await expect(row).to_contain_text("link opened at 127.0.0.1")
        await expect(row).to_contain_text("echo")
        await expect(row).to_contain_text("ok")
