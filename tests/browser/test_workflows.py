"""A workflow on the screen: an instance runs, a member dies, is replayed with another payload, and completes, live."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from .conftest import Shop, serving

STEPS = """
from motia import Fatal, api, event, noop


@api(id="place-order", method="POST", path="/orders", schema={"body": {"item": str, "card": str}})
async def place_order(item: str, card: str):
    return {"item": item}


@event(id="reserve-stock")
async def reserve_stock(item: str):
    return {"shelf": 7}


@event(id="charge-card")
async def charge_card(payload):
    if payload["card"] == "bad":
        raise Fatal("the card was refused")
    return {"cents": 250}


@event(id="send-letter")
async def send_letter(payload):
    return "sent"


@event(id="claim")
async def claim(payload):
    return payload


@event(id="sign-up")
async def sign_up(payload):
    return payload


@event(id="archive")
async def archive(payload):
    return "kept"


noop(id="approve")
noop(id="sign")
"""
ORDER = """\
id: order
start: place-order
steps:
  reserve-stock: {}
  charge-card: { after: [reserve-stock] }
  send-letter: { after: [charge-card] }
"""
REPORT = "id: report\nstart: sign-up\nsteps: { sign: {}, archive: { after: [sign] } }\n"
CLAIM = "id: claim\nstart: claim\nsteps: { approve: {} }\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("flow")
    for name, text in (("order", ORDER), ("claim", CLAIM), ("report", REPORT)):
        file = root / "motia" / "workflows" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    with serving(root, STEPS) as served:
        yield served


def member(page: Page, step: str):
    """The row of a member."""
    rows = page.get_by_role("table", name="Members")
    return rows.get_by_role("row", name=re.compile(rf"^[a-z ]+ {step}\b"))


async def serious(page: Page) -> list[str]:
    """Faults of accessibility."""
    found = await Axe().run(page)
    return [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]


async def test_a_member_that_died_is_replayed_with_another_payload_and_its_instance_completes(
    page: Page, shop: Shop
):
    await page.goto("/workflows")
    rows = page.get_by_role("table", name="Workflows").get_by_role("row")
    await expect(rows.filter(has_text="place-order")).to_contain_text("none yet")

    assert shop.request("POST", "/orders", {"item": "tea", "card": "bad"})[0] == 200
    # Without a reload: the list is live.
    await rows.filter(has_text="place-order").get_by_role("link", name="failed").click()
    await expect(page).to_have_url(re.compile(r"workflow=order&state=failed"))
    await page.get_by_role("table", name="Instances").get_by_role("link").last.click()

    await expect(member(page, "charge-card")).to_contain_text("Fatal: the card was refused")
    await expect(member(page, "send-letter")).to_contain_text("skipped")
    graph = page.get_by_role("region", name="Graph of the members")
    await expect(graph.get_by_role("button")).to_have_count(4)
    assert await serious(page) == []
    await graph.get_by_role("button", name="charge-card").click()
    await expect(page).to_have_url(re.compile("member=charge-card"))

    await member(page, "charge-card").get_by_role("button", name="Edit").click()
    editor = page.get_by_role("dialog").get_by_role("textbox")
    await expect(editor).to_contain_text("bad")
    await editor.fill('{"item": "tea", "card": "good"}')
    await page.get_by_role("dialog").get_by_role("button", name="Replay").click()

    await expect(member(page, "send-letter")).to_contain_text("completed")
    await expect(page.get_by_text("4 of 4 completed")).to_be_visible()
    await expect(graph.get_by_role("button", name="send-letter")).to_contain_text("completed")
    await member(page, "send-letter").get_by_role("link").last.click()
    await expect(page).to_have_url(re.compile("/runs/"))


async def test_a_running_instance_says_what_it_waits_for_and_is_cancelled(page: Page, shop: Shop):
    await page.goto("/workflows")
    await (
        page.get_by_role("navigation", name="Parts of Workflows")
        .get_by_role("link", name="Instances")
        .click()
    )
    shop.control("POST", "/v1/trigger", {"target": "claim", "payload": {}})
    row = page.get_by_role("table", name="Instances").get_by_role("row").filter(has_text="running")
    await row.get_by_role("link").last.click()
    await expect(member(page, "approve")).to_contain_text("outside")

    await page.get_by_role("button", name="Cancel", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the instance").click()

    await expect(member(page, "approve")).to_contain_text("cancelled")
    await expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)


async def test_a_run_that_is_held_leads_to_its_instance_and_so_does_its_trace(page: Page, shop: Shop):
    begun = shop.control("POST", "/v1/trigger", {"target": "sign-up", "payload": {}})
    trace = begun["traceId"]
    (instance,) = shop.control("GET", f"/v1/instances?trace={trace}")["instances"]
    held = shop.trigger("archive", {}, trace=trace)
    await page.goto(f"/runs/{held}")
    why = page.get_by_role("region", name="Why it is not running")

    await expect(why.get_by_role("link", name=instance["id"], exact=True)).to_have_attribute(
        "href", f"/workflows/instances/{instance['id']}"
    )
    about = page.get_by_role("article").get_by_role("list", name="Workflow instances")
    await about.get_by_role("link", name="report", exact=True).click()
    await expect(page).to_have_url(re.compile(f"/workflows/instances/{instance['id']}$"))
    await expect(member(page, "archive")).to_contain_text("blocked")

    # And back: from the instance to the trace, which names it with its state, live.
    await page.get_by_role("main").get_by_role("link", name=f"…{trace[-8:]}").click()
    named = page.get_by_role("list", name="Workflow instances").first
    await expect(named.get_by_role("link", name="report", exact=True)).to_be_visible()
    await expect(named).to_contain_text("running")
    shop.control("POST", f"/v1/instances/{instance['id']}/cancel", {})
    await expect(named).to_contain_text("cancelled")
    await named.get_by_role("link", name="report", exact=True).click()
    await expect(member(page, "archive").get_by_role("link", name=held)).to_be_visible()


async def test_a_broken_file_is_told_on_the_screen_and_its_workflow_stays(page: Page, shop: Shop):
    await page.goto("/workflows")
    file = shop.root / "motia" / "workflows" / "order.yaml"

    file.write_text(ORDER.replace("after: [charge-card]", "after: [charge-crad]"))
    await expect(page.get_by_role("list", name="Faults")).to_contain_text("did you mean 'charge-card'?")
    await expect(page.get_by_role("table", name="Workflows")).to_contain_text("place-order")
    file.write_text(ORDER)

    await expect(page.get_by_role("list", name="Faults")).to_have_count(0)
