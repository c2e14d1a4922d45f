"""Flow: steps found, filtered, opened, dragged and walked on the graph."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from .conftest import Shop, flow_at_rest


def node(page: Page, step: str) -> Locator:
    """A step on the canvas."""
    return page.locator(f".react-flow__node[data-id='{step}']")


def panel(page: Page, step: str) -> Locator:
    """What stands beside the graph for the chosen step."""
    return page.get_by_role("complementary", name=f"Step {step}")


async def test_a_step_is_found_by_a_part_of_its_name(page: Page):
    await page.goto("/flow")
    await expect(node(page, "echo")).to_be_visible()

    await page.keyboard.press("/")
    await page.keyboard.type("charge")

    await expect(page.get_by_role("status").filter(has_text="found")).to_contain_text("1 of")
    await page.wait_for_url("**q=charge")


async def test_one_flow_shows_its_steps_and_no_others(page: Page):
    await page.goto("/flow")
    await expect(node(page, "echo")).to_be_visible()

    await page.get_by_label("Flow", exact=True).select_option("reports")

    await expect(node(page, "nightly")).to_be_visible()
    await expect(node(page, "echo")).to_be_hidden()
    await page.reload()
    await expect(node(page, "nightly")).to_be_visible()
    await expect(node(page, "echo")).to_be_hidden()


async def test_a_step_opens_its_source_at_its_line(page: Page):
    await page.goto("/flow")
    await flow_at_rest(page)
    await node(page, "ship").click()

    await panel(page, "ship").get_by_role("link", name="Source").click()

    await page.wait_for_url("**/steps/ship?*line=*")
    await expect(page.locator(".cm-marked")).to_be_visible()
    await expect(page.get_by_role("textbox").or_(page.locator(".cm-content"))).to_contain_text(
        "async def ship"
    )


async def test_what_happens_is_painted_on_the_graph(page: Page, shop: Shop):
    await page.goto("/flow")
    await expect(node(page, "charge-card")).to_be_visible()

    shop.fail("flow tea")

    await expect(node(page, "charge-card")).to_contain_text("1")
    await flow_at_rest(page)
    await node(page, "charge-card").click()
    await expect(panel(page, "charge-card")).to_contain_text("1 failed in 15 min")
    await expect(panel(page, "charge-card").get_by_role("region", name="Recent runs")).to_contain_text(
        "ZeroDivisionError"
    )


async def test_a_step_stays_where_it_was_dragged_to_until_positions_are_reset(page: Page):
    await page.goto("/flow?group=off")
    await expect(node(page, "nightly")).to_be_visible()
    await flow_at_rest(page)
    before = await place(page, "nightly")
    box = await node(page, "nightly").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    async with page.expect_response(lambda response: "positions" in response.url):
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + 60, y + 90, steps=5)
        await page.mouse.up()
    dragged = await place(page, "nightly")
    assert dragged != before

    await page.reload()

    await expect(page.get_by_role("button", name="Reset positions")).to_be_visible()
    assert await place(page, "nightly") == dragged
    await page.get_by_role("button", name="Reset positions").click()
    await expect(page.get_by_role("button", name="Reset positions")).to_be_hidden()
    assert await place(page, "nightly") == before


WIRE = ".react-flow__edge[data-id*='place-order'][data-id*='charge-card'] .flow-line"
RUNS_OVER = """(wire, node) => {
  const box = document.querySelector(`.react-flow__node[data-id='${node}']`).getBoundingClientRect();
  const toPage = wire.getScreenCTM();
  const length = wire.getTotalLength();
  for (let at = 0; at <= length; at += 4) {
    const { x, y } = wire.getPointAtLength(at).matrixTransform(toPage);
    if (x > box.left && x < box.right && y > box.top && y < box.bottom) return true;
  }
  return false;
}"""


async def test_the_wires_of_a_step_that_was_dragged_lead_around_the_others(page: Page, shop: Shop):
    row = {"place-order": 0, "ship": 300, "charge-card": 600, "approve": 900}
    positions = {step: {"x": x, "y": -300} for step, x in row.items()}
    shop.control("PUT", "/v1/graph/positions", {"positions": positions})
    await page.goto("/flow?group=off")
    wire = page.locator(WIRE).first
    await expect(node(page, "charge-card")).to_be_visible()
    await expect(wire).to_be_attached()

    assert not await wire.evaluate(RUNS_OVER, "ship")
    await expect(wire).to_have_attribute("d", re.compile("Q"))

    # What was in its way is taken out of it: the wire is straight.
    await flow_at_rest(page)
    box = await node(page, "ship").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + 90, steps=5)
    await page.mouse.up()
    await expect(wire).not_to_have_attribute("d", re.compile("Q"))
    await page.get_by_role("button", name="Reset positions").click()
    await expect(page.get_by_role("button", name="Reset positions")).to_be_hidden()


async def place(page: Page, step: str) -> str:
    """Where a step is on the canvas, however the canvas is zoomed."""
    return str(await node(page, step).evaluate("node => node.style.transform"))


async def test_arrow_keys_walk_along_the_edges(page: Page):
    await page.goto("/flow?step=place-order")
    await expect(panel(page, "place-order")).to_be_visible()

    await page.keyboard.press("ArrowRight")
    await expect(panel(page, "charge-card")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(panel(page, "ship")).to_be_visible()
    await page.keyboard.press("ArrowLeft")
    await expect(panel(page, "charge-card")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(panel(page, "charge-card")).to_be_hidden()


async def test_escape_closes_a_dialog_and_not_what_is_behind_it(page: Page):
    await page.goto("/flow?step=echo")
    await panel(page, "echo").get_by_role("button", name="Trigger").click()
    await expect(page.get_by_role("dialog")).to_be_visible()

    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(panel(page, "echo")).to_be_visible()
    await expect(panel(page, "echo").get_by_role("button", name="Trigger")).to_be_focused()


async def test_a_step_is_triggered_from_the_graph(page: Page):
    await page.goto("/flow?step=echo")
    await panel(page, "echo").get_by_role("button", name="Trigger").click()
    dialog = page.get_by_role("dialog", name="Trigger echo")
    await dialog.get_by_role("button", name="Trigger").click()

    made = page.get_by_role("dialog", name="echo was triggered")
    await expect(made).to_contain_text("completed")
