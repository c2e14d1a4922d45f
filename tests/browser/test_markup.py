"""Stored markup stays text on every screen: nothing runs, no element is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.async_api import Dialog, Page, expect

from .conftest import Shop, serving

SCRIPT = "<script>window.hit=1;alert(1)</script>"
IMAGE = "<img src=x onerror=alert(2) class=planted>"
LINK = "javascript:alert(3)"
FRAME = '"><iframe srcdoc="<script>alert(4)</script>" class=planted></iframe><b class=planted>bold</b>'
ALL = f"{SCRIPT}{IMAGE}{FRAME}{LINK}"

STEPS = f"""
from motia import api, cron, event, logger, response, state, trigger

MARKUP = {ALL!r}
LINK = {LINK!r}


@api(
    id="tell", method="POST", path="/tell", triggers=["breaks", "nobody<img src=x onerror=alert(5)>"],
    description=MARKUP, flows=["<b class=planted>flow</b>"],
    schema={{"body": {{"text": str}}}},
)
async def tell(text: str):
    await trigger("breaks", {{"text": text, MARKUP: [LINK, MARKUP]}}, key=MARKUP)
    await state.set(MARKUP[:200], LINK, {{MARKUP: MARKUP, "href": LINK}})
    await state.set("plain", MARKUP[:200], LINK)
    return response({{"text": text, MARKUP: LINK}}, headers={{"x-told": "<img src=x onerror=alert(6)>"}}, status=201)


class Broken(Exception):
    pass


Broken.__name__ = "<img src=x onerror=alert(7) class=planted>"


@event(id="breaks", retries=0, description=MARKUP)
async def breaks(input):
    logger.info(MARKUP, {{"link": LINK, MARKUP: MARKUP}})
    print(MARKUP)
    raise Broken(MARKUP + " " + LINK)


@event(id="returns", description=LINK)
async def returns(input):
    return {{"html": MARKUP, "url": LINK}}


@cron(id="nightly", schedule="0 3 * * *", description=MARKUP)
async def nightly():
    return MARKUP
"""
SCREENS = (
    "/",
    "/flow",
    "/runs",
    "/traces",
    "/logs",
    "/errors",
    "/endpoints",
    "/endpoints/tell",
    "/steps/breaks",
    "/queues",
    "/cron",
    "/workflows",
    "/state",
    "/state?group=plain",
    "/workers",
    "/config",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with serving(tmp_path_factory.mktemp("markup"), STEPS) as shop:
        assert shop.request("POST", "/tell", {"text": ALL})[0] == 201
        shop.request("POST", "/tell", {"text": 5, ALL: ALL})
        shop.request("GET", f"/{quote(ALL)}")
        shop.finish("returns", {"text": ALL, "link": LINK})
        shop.trigger(f"nobody {IMAGE}", {"text": ALL})
        for run in shop.control("GET", "/v1/runs")["runs"]:
            if run["step"] == "breaks":
                shop.settle(run["id"])
        yield shop


class Watch:
    """What a page did that it must not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialogs: list[str] = []
        page.on("dialog", self._dialog)

    async def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    async def check(self, where: str) -> None:
        """Nothing ran, and nothing was made of what is stored."""
        planted = await self.page.evaluate(
            """() => ({
                hit: window.hit,
                made: [...document.querySelectorAll('.planted, iframe, img[onerror], [onerror], [onclick]')]
                    .map((one) => one.outerHTML),
                links: [...document.querySelectorAll('[href], [src], [action], [formaction]')]
                    .flatMap((one) => ['href', 'src', 'action', 'formaction'].map((name) => one.getAttribute(name)))
                    .filter((link) => /^\\s*(javascript|data:text|vbscript)/i.test(link ?? '')),
                scripts: [...document.scripts].filter((one) => one.textContent !== '').map((one) => one.textContent),
            })"""
        )
        assert planted == {"hit": None, "made": [], "links": [], "scripts": []}, where
        assert self.dialogs == [], where


async def settled(page: Page) -> None:
    await page.get_by_role("heading", level=1).first.wait_for()
    await expect(page.locator("[aria-label^='Loading']")).to_have_count(0)


def objects(shop: Shop) -> list[str]:
    """The pages of what was stored: each run, trace, error and key."""
    runs = shop.control("GET", "/v1/runs")["runs"]
    errors = shop.control("GET", "/v1/errors")["errors"]
    groups = shop.control("GET", "/v1/state")["groups"]
    keys = [
        f"/state?group={quote(one['group'], safe='')}&key={quote(entry['key'], safe='')}"
        for one in groups
        for entry in shop.control("GET", f"/v1/state/{quote(one['group'], safe='')}")["entries"]
    ]
    return [
        *(f"/runs/{run['id']}" for run in runs),
        *(f"/traces/{run['trace']}" for run in runs),
        *(f"/errors/{error['fingerprint']}" for error in errors),
        *keys,
    ]


async def test_no_screen_makes_anything_of_stored_markup(page: Page, shop: Shop):
    watch = Watch(page)
    for path in (*SCREENS, *objects(shop)):
        await page.goto(path)
        await settled(page)
        await watch.check(path)


@pytest.mark.parametrize("markup", ["<b class=planted>x</b>", f'<a href="{LINK}">x</a>', "<iframe></iframe>"])
async def test_the_watch_sees_what_was_made(page: Page, markup: str):
    watch = Watch(page)
    await page.goto("/config")
    await page.evaluate(
        "markup => document.querySelector('main').insertAdjacentHTML('beforeend', markup)", markup
    )

    with pytest.raises(AssertionError):
        await watch.check("planted on purpose")


async def test_markup_in_the_address_stays_text(page: Page):
    watch = Watch(page)
    for path in ("/runs", "/logs", "/errors", "/traces", "/state", "/endpoints"):
        await page.goto(f"{path}?text={quote(ALL)}&q={quote(ALL)}&step={quote(ALL)}&group={quote(ALL)}")
        await settled(page)
        await watch.check(path)
    for path in ("/runs/", "/traces/", "/errors/", "/steps/", "/endpoints/", "/cron/"):
        await page.goto(f"{path}{quote(IMAGE, safe='')}")
        await settled(page)
        await watch.check(path)


async def test_an_answer_headers_and_all_stays_text_in_the_tester(page: Page):
    watch = Watch(page)
    await page.goto("/endpoints/tell")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("region", name="Answer").get_by_text("201 Created").wait_for()
    await page.get_by_role("region", name="Answer").locator("summary").click()
    await watch.check("endpoints")

    assert "<img src=x onerror=alert(6)>" in await page.locator("main").inner_text()


async def test_open_lines_and_the_palette_stay_text(page: Page, shop: Shop):
    watch = Watch(page)
    await page.goto("/logs")
    await page.get_by_text("<script>window.hit=1").first.click()
    await watch.check("an open line")
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog").get_by_role("combobox").fill("<img")
    await watch.check("the palette")
    assert SCRIPT in await page.locator("main").inner_text()
