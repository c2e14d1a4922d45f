"""The acts of the palette, by keys alone; what each did is asked of the engine, not of the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.acceptance.conftest import wait_until

from .conftest import Shop


@pytest.fixture(autouse=True)
def as_found(shop: Shop) -> Iterator[None]:
    """Every step goes on, and nothing is held."""
    yield
    for step in ("echo", "nightly"):
        shop.control("POST", f"/v1/steps/{step}/resume", {})
    shop.cancel_all("hold")


async def open_palette(page: Page) -> None:
    """By its key, and the focus is in its field."""
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Screen, step, run or trace")).to_be_focused()


async def do(page: Page, typed: str, title: str, about: str | None = None) -> None:
    """Find an act by what is typed, walk to it and do it."""
    await open_palette(page)
    await page.keyboard.type(typed)
    wanted = page.get_by_role("option", name=f"{title} {about}" if about else re.compile(f"^{title}"))
    await expect(wanted).to_have_count(1)
    for _ in range(int(str(await wanted.get_attribute("id")).removeprefix("found-"))):
        await page.keyboard.press("ArrowDown")
    await expect(wanted).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Go to")).to_be_hidden()


async def arrive(page: Page, path: str) -> None:
    """Open a screen, and wait until it hears keys."""
    await page.goto(path)
    await page.get_by_role("heading", level=1).wait_for()


def is_paused(shop: Shop, step: str) -> bool:
    return bool(shop.control("GET", f"/v1/steps/{step}")["step"]["is_paused"])


def state(shop: Shop, run: str) -> str:
    return str(shop.run(run)["state"])


async def test_a_step_is_paused_by_its_name_and_goes_on_again(page: Page, shop: Shop):
    await arrive(page, "/cron")

    await do(page, "pause echo", "Pause echo", "Act")
    await expect(page.get_by_role("status").get_by_text("echo is paused: its runs wait.")).to_be_visible()
    assert is_paused(shop, "echo")
    waiting = shop.trigger("echo", {"text": "patient", "times": 1})
    assert shop.run(waiting)["why"]["code"] == "paused"

    await do(page, "resume echo", "Resume echo", "Act")
    await expect(page.get_by_role("status").get_by_text("echo goes on.")).to_be_visible()
    shop.settle(waiting)
    assert (is_paused(shop, "echo"), state(shop, waiting)) == (False, "completed")


async def test_the_step_that_is_open_is_paused_and_goes_on_again(page: Page, shop: Shop):
    await arrive(page, "/steps/echo")

    await do(page, "pause this", "Pause this step", "echo")
    wait_until(lambda: is_paused(shop, "echo"), lambda paused: paused)

    await expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
    await do(page, "resume this", "Resume this step", "echo")
    wait_until(lambda: is_paused(shop, "echo"), lambda paused: not paused)


async def test_a_finished_run_is_replayed_and_the_new_one_is_opened(page: Page, shop: Shop):
    first = shop.finish("echo", {"text": "twice", "times": 2})
    await arrive(page, f"/runs/{first}")

    await do(page, "replay", "Replay this run", first)
    await page.wait_for_url(lambda url: "/runs/" in url and first not in url)

    made = page.url.rpartition("/")[2]
    shop.settle(made)
    replayed: Any = shop.run(made)
    assert (replayed["replay_of"], replayed["state"], replayed["result"]) == (
        first,
        "completed",
        {"said": "twicetwice"},
    )
    await expect(page.get_by_role("article", name=f"Run {made}")).to_contain_text("completed")


async def test_a_run_that_is_not_over_is_not_replayed_but_cancelled(page: Page, shop: Shop):
    held = shop.trigger("hold", {"name": "palette"})
    wait_until(lambda: state(shop, held), lambda found: found == "running")
    await arrive(page, f"/runs/{held}")

    await do(page, "replay", "Replay this run", held)
    await expect(page.get_by_role("status").get_by_text("only a finished one is replayed")).to_be_visible()
    assert shop.run(held)["replays"] == []

    await do(page, "cancel", "Cancel this run", held)
    told = re.compile(r"The run (was asked to stop|is cancelled)\.")
    await expect(page.get_by_role("status").get_by_text(told)).to_be_visible()
    shop.settle(held)
    assert state(shop, held) == "cancelled"


async def test_a_cron_step_is_run_now_and_its_run_is_opened_from_what_is_told(page: Page, shop: Shop):
    def fired() -> list[Any]:
        return shop.control("GET", "/v1/runs?step=nightly&kind=manual")["runs"]

    before = len(fired())
    await arrive(page, "/runs")

    await do(page, "run nightly", "Run nightly now", "Act")
    wait_until(lambda: len(fired()), lambda count: count == before + 1)
    newest = fired()[0]["id"]
    shop.settle(newest)
    assert state(shop, newest) == "completed"
    await expect(page.get_by_role("link", name="Open the run")).to_have_attribute("href", f"/runs/{newest}")

    await arrive(page, "/steps/nightly")
    await do(page, "run this", "Run this step now", "nightly")
    wait_until(lambda: len(fired()), lambda count: count == before + 2)


async def test_a_theme_is_chosen_and_kept(page: Page):
    await page.emulate_media(color_scheme="light")
    await arrive(page, "/runs")
    html = page.locator("html")

    await do(page, "dark", "Dark colours", "Theme")
    await expect(html).to_have_attribute("data-theme", "dark")
    await page.reload()
    await expect(html).to_have_attribute("data-theme", "dark")

    await do(page, "light", "Light colours", "Theme")
    await expect(html).to_have_attribute("data-theme", "light")
    await do(page, "colours as", "Colours as the system", "Theme")
    await page.emulate_media(color_scheme="dark")
    await expect(html).to_have_attribute("data-theme", "dark")


async def test_an_id_that_is_pasted_leads_to_its_run_and_its_trace(page: Page, shop: Shop):
    number = shop.finish("echo", {"text": "pasted", "times": 1})
    trace = shop.run(number)["trace"]
    await arrive(page, "/cron")

    for pasted, address in ((number, f"**/runs/{number}"), (trace, f"**/traces/{trace}")):
        await page.evaluate("text => navigator.clipboard.writeText(text)", f" {pasted} ")
        await open_palette(page)
        await page.keyboard.press("Control+v")
        await expect(page.get_by_role("option").first).to_have_text(re.compile(pasted))
        await page.keyboard.press("Enter")
        await page.wait_for_url(address)
        await expect(page.get_by_role("main")).to_contain_text(pasted)


async def test_the_keys_are_listed(page: Page):
    await arrive(page, "/runs")

    await do(page, "keys", "Keys", "Help")

    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
