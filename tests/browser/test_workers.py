"""Workers: the processes of each language, and what becomes of runs when one is restarted."""

from __future__ import annotations

import os
import re
import signal

from playwright.async_api import Locator, Page, expect

from .conftest import Shop


def processes(page: Page) -> Locator:
    """The rows of the Python workers."""
    return page.get_by_role("table", name="Python workers").get_by_role("row").filter(has_text="pid")


async def busy_pid(page: Page) -> str:
    """The process that events run in; it has one in flight."""
    await expect(page.get_by_text("1 in flight")).to_be_visible()
    row = processes(page).filter(has_text="background").filter(has_text="ready")
    return re.findall(r"pid (\d+)", await row.inner_text())[0]


async def test_a_worker_that_is_restarted_finishes_what_it_has_and_another_takes_its_place(
    page: Page, shop: Shop
):
    number = shop.trigger("hold", {"name": "held over a restart"})
    await page.goto("/workers")
    pid = await busy_pid(page)
    old = processes(page).filter(has_text=f"pid {pid}")

    await old.get_by_role("button", name=re.compile("^Restart")).click()

    await expect(page.get_by_text("is being replaced by a new process.")).to_be_visible()
    await expect(old).to_contain_text("draining")
    await expect(processes(page).filter(has_text="background").filter(has_text="ready")).to_be_visible()
    assert shop.run(shop.finish("echo", {"text": "served", "times": 1}))["state"] == "completed"
    assert shop.run(number)["state"] == "running"
    shop.cancel_all("hold")
    await expect(old).to_be_hidden()


async def test_a_worker_that_is_killed_comes_back_and_its_run_runs_again(page: Page, shop: Shop):
    number = shop.trigger("hold", {"name": "held over a crash"})
    await page.goto("/workers")
    pid = await busy_pid(page)

    os.kill(int(pid), signal.SIGKILL)

    await expect(processes(page).filter(has_text=f"pid {pid}")).to_be_hidden()
    assert await busy_pid(page) != pid
    await expect(processes(page).filter(has_text="The one before: killed by SIGKILL")).to_have_count(1)
    await page.goto(f"/runs/{number}")
    await expect(page.get_by_role("article").get_by_text("running", exact=True)).to_be_visible()
    await expect(page.get_by_role("region", name=re.compile("^Attempts"))).to_contain_text("crash")
    shop.cancel_all("hold")


async def test_what_is_loaded_and_where_it_stands_is_listed(page: Page):
    await page.goto("/workers")
    await page.get_by_text(re.compile("^Loaded:")).click()

    await expect(page.get_by_text(re.compile(r"motia/steps/orders\.py:\d+")).first).to_be_visible()
    await page.get_by_role("link", name="charge-card").click()

    await page.wait_for_url("**/steps/charge-card")


async def test_a_file_that_does_not_load_is_told_with_its_line_and_forgotten_when_mended(
    page: Page, shop: Shop
):
    broken = shop.root / "motia" / "steps" / "broken.py"
    await page.goto("/workers")

    broken.write_text("from motia import event\n\n@event(id='half'\n")
    await expect(page.get_by_role("list", name="Faults")).to_contain_text("broken.py")
    broken.unlink()

    await expect(page.get_by_role("list", name="Faults")).to_be_hidden()
