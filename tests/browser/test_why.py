"""Why a run is not running: the answer on the run, with links to whoever it waits for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.async_api import Locator, Page, expect
from tests.acceptance.conftest import wait_until

from .conftest import HOUR_MS, PROJECT, Shop, rows, running_shop

RUBY_STEP = """
require "motia"

event id: "send-text" do |phone:|
  sleep 600
end
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, needs: Callable[..., None]) -> Iterator[Shop]:
    """An engine that has lost Ruby since the engine before it began to run a step in Ruby."""
    needs("ruby")
    root = tmp_path_factory.mktemp("why") / "shop"
    shutil.copytree(PROJECT, root)
    (root / "motia" / "steps" / "texting.rb").write_text(RUBY_STEP.lstrip())
    with running_shop(root) as before:
        before.trigger("send-text", {"phone": "110"})
        wait_until(
            lambda: before.control("GET", "/v1/runs/counts")["counts"], lambda counts: counts["running"]
        )
    with running_shop(root, MOTIA_RUBY=str(root / "no-ruby-here")) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_stays(shop: Shop) -> Iterator[None]:
    """What a test holds is let go."""
    yield
    for step in ("hold", "in-order", "echo"):
        shop.cancel_all(step)
    shop.control("POST", "/v1/steps/echo/resume")


def why(page: Page) -> Locator:
    """The answer."""
    return page.get_by_role("region", name="Why it is not running")


async def test_it_is_scheduled(page: Page, shop: Shop):
    number = shop.trigger("echo", {"text": "later", "times": 1}, delay_ms=HOUR_MS)

    await page.goto(f"/runs/{number}")

    await expect(why(page)).to_contain_text("scheduled")
    await expect(why(page).locator("time").first).to_have_attribute("title", re.compile(r"\d\d:\d\d"))


async def test_it_is_blocked_behind_another_run_of_its_key_until_that_one_ends(page: Page, shop: Shop):
    ahead = shop.trigger("in-order", {"customer": "ada"})
    behind = shop.trigger("in-order", {"customer": "ada"})
    await page.goto(f"/runs/{behind}")
    link = why(page).get_by_role("link", name=ahead)

    await expect(link).to_be_visible()
    shop.control("POST", f"/v1/runs/{ahead}/cancel", {})

    await expect(page.get_by_role("article").get_by_text("running", exact=True)).to_be_visible()


async def test_all_that_its_concurrency_allows_are_held_by_others(page: Page, shop: Shop):
    held = [shop.trigger("hold", {"name": name}) for name in ("one", "two")]
    waiting = shop.trigger("hold", {"name": "three"})

    await page.goto(f"/runs/{waiting}")

    await expect(why(page)).to_contain_text("2 of 2")
    for holder in held:
        await expect(why(page).get_by_role("link", name=holder)).to_be_visible()
    await why(page).get_by_role("link", name=held[0]).click()
    await page.wait_for_url(f"**/runs/{held[0]}*")
    await expect(page.get_by_role("article")).to_contain_text('"one"')


async def test_its_step_is_paused(page: Page, shop: Shop):
    shop.control("POST", "/v1/steps/echo/pause", {})
    number = shop.trigger("echo", {"text": "paused", "times": 1})
    await page.goto(f"/runs/{number}")
    await expect(why(page)).to_contain_text("paused")

    await why(page).get_by_role("link", name="echo").click()
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_text("echo goes on.")).to_be_visible()
    await page.go_back()

    await expect(page.get_by_role("article").get_by_text("completed", exact=True).first).to_be_visible()


async def test_no_step_handles_it(page: Page, shop: Shop):
    number = shop.trigger("ech", {"text": "mistyped"})

    await page.goto(f"/runs/{number}")

    await expect(why(page)).to_contain_text("no step")
    await expect(why(page)).to_contain_text("echo")


async def test_its_language_is_not_on_this_machine_any_more(page: Page):
    await page.goto("/runs?step=send-text")

    await rows(page, "Runs").first.click()

    await expect(why(page)).to_contain_text("step send-text is not loaded")
    await expect(why(page)).to_contain_text("Ruby")


async def test_no_step_handles_it_as_the_file_that_may_have_one_is_not_loaded(page: Page, shop: Shop):
    number = shop.trigger("send-letter", {"to": "ada"})

    await page.goto(f"/runs/{number}")

    await expect(why(page)).to_contain_text("no step has the id 'send-letter'")
    await expect(why(page)).to_contain_text("texting.rb")
