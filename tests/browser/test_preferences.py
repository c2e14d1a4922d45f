"""What a reader asked of the system: that nothing moves, or that its colours are used instead of ours."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect
from tests.acceptance.conftest import wait_until

from .conftest import Shop, rows

SCREENS = (
    "/",
    "/flow?step=hold",
    "/runs",
    "/runs/{held}",
    "/traces",
    "/traces/{trace}",
    "/logs",
    "/errors",
    "/endpoints",
    "/queues",
    "/cron",
    "/workflows",
    "/state",
    "/workers",
    "/config",
)
FRAMES = 10
MOVING = """async (frames) => {
  const moving = new Set();
  for (let frame = 0; frame < frames; frame++) {
    await new Promise(requestAnimationFrame);
    for (const one of document.getAnimations()) moving.add(`${one.animationName ?? one.transitionProperty} of `
      + one.effect.target.outerHTML.slice(0, 80));
  }
  return [...moving];
}"""
AT_REST = """async () => {
  const place = () => document.querySelector('.react-flow__viewport')?.style.transform;
  for (let same = 0, last; same < 20; same++) {
    if (place() !== last || last === undefined) same = 0;
    last = place();
    await new Promise(requestAnimationFrame);
  }
}"""
PLACES_UNTIL_REST = """async () => {
  const place = () => document.querySelector('.react-flow__viewport').style.transform;
  const seen = [place()];
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'f' }));
  for (let same = 0; same < 20; same++) {
    await new Promise(requestAnimationFrame);
    if (place() !== seen.at(-1)) { seen.push(place()); same = 0; }
  }
  return seen;
}"""


@pytest.fixture(scope="module", autouse=True)
def held(shop: Shop) -> dict[str, str]:
    """A run that goes on, and its trace; others that are over."""
    run = shop.trigger("hold", {"name": "on and on"})
    wait_until(lambda: shop.run(run)["state"], lambda state: state == "running")
    for item in ("told tea", "told milk"):
        shop.fail(item)
    shop.finish("keep", {"group": "seen", "key": "key", "value": {"price": 1}})
    return {"held": run, "trace": shop.run(run)["trace"]}


async def arrive(page: Page, path: str) -> None:
    await page.goto(path)
    await page.get_by_role("heading", level=1).wait_for()


async def style(place: Locator, *names: str) -> list[str]:
    """Computed style."""
    return await place.evaluate("(at, names) => names.map((name) => getComputedStyle(at)[name])", list(names))


# no motion


async def test_nothing_moves_on_any_screen_while_much_happens(page: Page, shop: Shop, held: dict[str, str]):
    await page.emulate_media(reduced_motion="reduce")
    moving = {}
    for path in SCREENS:
        for _ in range(5):
            shop.trigger("chatter", {"lines": 50})
        await arrive(page, path.format(**held))
        moving[path] = await page.evaluate(MOVING, FRAMES)

    assert {path: found for path, found in moving.items() if found} == {}


async def test_without_that_wish_what_runs_turns(page: Page, held: dict[str, str]):
    await page.emulate_media(reduced_motion="no-preference")
    await arrive(page, "/flow?step=hold")
    await expect(page.locator(".flow-node .animate-spin").first).to_be_visible()

    assert "spin" in " ".join(await page.evaluate(MOVING, FRAMES))


async def test_the_flow_is_where_it_shall_be_at_once(page: Page):
    await page.emulate_media(reduced_motion="reduce")
    await arrive(page, "/flow")
    await expect(page.locator(".flow-node").first).to_be_visible()
    await page.evaluate(AT_REST)
    await page.get_by_role("button", name="Zoom in").click()
    await page.evaluate(AT_REST)

    places = await page.evaluate(PLACES_UNTIL_REST)

    assert len(places) == 2, places


# colours of the system


async def test_what_is_chosen_is_told_by_an_outline_and_states_by_words(page: Page):
    await page.emulate_media(forced_colors="active", color_scheme="dark")
    await arrive(page, "/runs?step=charge-card")
    table = rows(page, "Runs")
    await expect(table).to_have_count(2)
    await expect(table.nth(1).get_by_text("dead", exact=True)).to_be_visible()

    await page.keyboard.press("j")
    await expect(table.first).to_have_attribute("aria-selected", "true")

    assert await style(table.first, "outlineStyle", "outlineWidth") == ["solid", "2px"]
    assert await style(table.nth(1), "outlineStyle") == ["none"]
    chosen = page.get_by_role("navigation", name="Screens").get_by_role("link", name="Runs", exact=True)
    assert await style(chosen, "outlineStyle", "outlineWidth") == ["solid", "2px"]
    await arrive(page, "/state?group=seen&key=key")
    group = page.get_by_role("navigation", name="Groups").get_by_role("button", name="seen")
    assert await style(group, "outlineStyle", "outlineWidth") == ["solid", "2px"]


async def test_the_focus_is_seen_wherever_it_goes(page: Page):
    await page.emulate_media(forced_colors="active", color_scheme="light")
    for path in ("/runs", "/flow", "/endpoints/place-order"):
        await arrive(page, path)
        unseen = []
        for _ in range(25):
            await page.keyboard.press("Tab")
            focused = page.locator(":focus")
            if await focused.count() == 0:
                break
            line, width = await style(focused, "outlineStyle", "outlineWidth")
            if line == "none" or float(width.removesuffix("px")) < 1:
                unseen.append(await focused.evaluate("(at) => at.outerHTML.slice(0, 100)"))

        assert unseen == [], path


async def test_steps_and_boxes_have_borders_and_what_is_elsewhere_is_legible(page: Page, shop: Shop):
    await page.emulate_media(forced_colors="active", color_scheme="dark")
    await arrive(page, "/flow?step=charge-card")
    node = page.locator(".flow-node")
    chosen, beside = node.filter(has_text="charge-card"), node.filter(has_text="chatter")
    await expect(chosen).to_be_visible()

    assert await style(chosen, "outlineStyle", "outlineWidth") == ["solid", "3px"]
    assert await style(beside, "outlineStyle", "borderTopStyle") == ["none", "solid"]
    assert float((await style(beside, "opacity"))[0]) >= 0.6
    waiting = shop.trigger("echo", {"text": "later", "times": 1}, delay_ms=3_600_000)
    await arrive(page, f"/runs/{waiting}")
    why = page.get_by_role("region", name="Why it is not running")
    assert await style(why, "borderTopStyle", "borderTopWidth") == ["solid", "1px"]


async def test_what_is_drawn_stands_on_the_background_of_the_system(page: Page):
    """A chosen theme would draw light lines on its white."""
    await page.emulate_media(forced_colors="active", color_scheme="light")
    await arrive(page, "/")
    await page.evaluate("localStorage.setItem('motia.theme', 'dark')")
    await page.reload()
    icon = page.get_by_role("navigation", name="Screens").get_by_role("link", name="Runs").locator("svg")
    await expect(icon).to_be_visible()

    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert await style(icon, "color") == await style(icon.locator(".."), "color")
    await page.emulate_media(color_scheme="dark", forced_colors="active")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.emulate_media(color_scheme="light", forced_colors="none")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.evaluate("localStorage.clear()")
