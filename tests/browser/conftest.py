"""A real browser on the Workbench of a real engine. Needs Chromium, and the Workbench built (`make setup`).

One browser serves all tests of a process, one engine those of a module; each test has a context of its own, which
is logged in. So tests give what they make names of their own, and leave steps as they found them.

`make slow` runs them with answers that come late and a processor that is slow: a test, or a screen, that counts on
what it has not waited for fails there by itself, not once in a hundred runs elsewhere.
"""

from __future__ import annotations

import http.client
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)
from pytest_asyncio import is_async_test
from tests.acceptance.conftest import Served, wait_until

HERE = Path(__file__).parent
PROJECT = HERE / "shop"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LIMIT_MS = 20_000
WAIT_MS = 20_000
WINDOW: ViewportSize = {"width": 1280, "height": 800}
SERIOUS = ("serious", "critical")
HOUR_MS = 3_600_000
AT_REST = """async () => {
  const place = () => document.querySelector('.react-flow__viewport')?.style.transform;
  for (let same = 0, last; same < 20; same++) {
    if (place() !== last || last === undefined) same = 0;
    last = place();
    await new Promise(requestAnimationFrame);
  }
}"""
LATE_MS = float(os.environ.get("MOTIA_LATE_MS", "0"))
"""Answers of the Workbench's API come up to so much later, each by a time of its own."""
SLOWNESS = float(os.environ.get("MOTIA_SLOWNESS", "1"))
"""How many times slower pages compute."""
SEED = int(os.environ.get("MOTIA_SEED", "1"))
LATE = """(most, seed) => {
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    await new Promise((over) => setTimeout(over, chance() * most));
    return answer;
  };
}"""
FIXED = ("fee = cents // 0", "fee = cents // 100")

expect.set_options(timeout=LIMIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests here: a browser that is shared lives in one."""
    mark = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if HERE in item.path.parents and is_async_test(item):
            item.add_marker(mark, append=False)


class Shop(Served):
    """A running engine with its Workbench."""

    @property
    def workbench(self) -> str:
        """Where the Workbench is, without a slash at the end."""
        return self.control("GET", "/v1/status")["addresses"]["workbench"].rstrip("/")

    def invitation(self) -> str:
        """A one-time address of the Workbench."""
        return str(self.control("POST", "/v1/invitations", {})["url"])

    def cookie(self) -> Any:
        """A session that may operate, for a browser's context."""
        asked = urlsplit(self.invitation())
        connection = http.client.HTTPConnection(asked.hostname or "", asked.port)
        try:
            connection.request("GET", f"{asked.path}?{asked.query}")
            response = connection.getresponse()
            response.read()
            name, _, value = response.headers["set-cookie"].partition(";")[0].partition("=")
        finally:
            connection.close()
        return {"name": name, "value": value, "url": self.workbench, "httpOnly": True, "sameSite": "Strict"}

    def trigger(self, target: str, payload: Any = None, **options: Any) -> str:
        """The id of the first run of an event."""
        body = {"target": target, "payload": payload, **options}
        return str(self.control("POST", "/v1/trigger", body)["runId"])

    def finish(self, target: str, payload: Any = None, **options: Any) -> str:
        """The same, once that run is finished."""
        return self.trigger(target, payload, wait_ms=WAIT_MS, **options)

    def settle(self, run: str) -> None:
        """Wait until a run is finished."""
        wait_until(lambda: self.run(run), lambda found: found["finished_at"] is not None)

    def fail(self, item: str) -> str:
        """A dead run of `charge-card`."""
        return self.finish("charge-card", {"item": item, "cents": 100})

    def cancel_all(self, step: str) -> None:
        """No run of a step is open any more."""
        self.control("POST", "/v1/runs/cancel", {"step": step})

    def mend(self) -> None:
        """Correct the step that fails, and wait until it is loaded."""
        file = self.root / "motia" / "steps" / "orders.py"
        file.write_text(file.read_text().replace(*FIXED))
        self.wait_line("reloaded")


@contextmanager
def running_shop(root: Path, *arguments: str, **environment: str) -> Iterator[Shop]:
    """An engine on a copy of the project at `root`, or on what is there already."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    if not root.exists():
        shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__"))
    served = Shop(root, *(arguments or ("dev", "--workbench-port", "0")), **environment)
    try:
        served.wait_line("Workbench")
        yield served
    finally:
        served.end()


@contextmanager
def serving(root: Path, steps: str) -> Iterator[Shop]:
    """An engine over these Python steps, in the empty folder `root`."""
    (root / "motia" / "steps").mkdir(parents=True)
    (root / "motia" / "steps" / "steps.py").write_text(steps.lstrip())
    with running_shop(root) as running:
        yield running


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One engine for the tests of a module."""
    with running_shop(tmp_path_factory.mktemp("browser") / "shop") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        await started.close()


async def new_context(browser: Browser, address: str, **options: Any) -> BrowserContext:
    """A browser as new, at home at `address`, with nobody logged in."""
    context = await browser.new_context(base_url=address, viewport=WINDOW, **options)
    context.set_default_timeout(LIMIT_MS)
    return context


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, shop: Shop) -> AsyncIterator[BrowserContext]:
    """A browser as new, logged in."""
    made = await new_context(browser, shop.workbench, permissions=["clipboard-read", "clipboard-write"])
    await made.add_cookies([shop.cookie()])
    if LATE_MS > 0:
        await made.add_init_script(f"({LATE})({LATE_MS}, {SEED})")
    yield made
    await made.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of a test complained about; a test that provokes some takes them out."""
    return []


def listen(page: Page, complaints: list[str]) -> Page:
    """Note the errors of a page. What an engine refuses on purpose (422, 404) is told by the browser too."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, complaints: list[str]) -> AsyncIterator[Page]:
    """An empty page of that browser: an error in its console fails the test."""
    made = await context.new_page()
    if SLOWNESS > 1:
        session = await context.new_cdp_session(made)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})
    yield listen(made, complaints)
    assert complaints == []


async def check_for_everybody(page: Page) -> None:
    """Everything in light; in dark what a theme changes, which is contrast."""
    assert await _faults_of_accessibility(page) == []
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert await _faults_of_accessibility(page, only=["color-contrast"]) == []


async def _faults_of_accessibility(page: Page, *, only: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The serious ones, of all rules or of those that are named."""
    found = await Axe().run(page, options={"runOnly": list(only)} if only else None)
    return [
        (fault["id"], fault["nodes"][0]["html"][:200])
        for fault in found.response["violations"]
        if fault["impact"] in SERIOUS
    ]


def rows(page: Page, table: str) -> Locator:
    """The rows of a table, without its head."""
    return page.get_by_role("table", name=table).locator("[aria-rowindex]")


async def flow_at_rest(page: Page) -> None:
    """Wait until the canvas of the flow has stood still for twenty frames."""
    await page.evaluate(AT_REST)


async def rewrite(editor: Locator, text: str) -> None:
    """Type `text` in place of what an editor of code holds."""
    await editor.click()
    await editor.press("Control+a")
    await editor.press_sequentially(text)


async def copied(page: Page) -> str:
    """What is in the clipboard."""
    return str(await page.evaluate("navigator.clipboard.readText()"))
