"""The shop, exercised through its API with a frozen clock. Its steps run in Python, Node and Ruby workers."""

import shutil
from pathlib import Path

import pytest

from motia.testing import app

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and shutil.which("ruby") and (ROOT / "node_modules" / "zod").is_dir()),
    reason="the shop's steps need Node, Ruby and npm's packages (npm ci)",
)


@pytest.fixture
def calm(monkeypatch):
    monkeypatch.setenv("SHOP_FAILURE_RATE", "0")


async def test_a_sign_up_sends_a_welcome_email_and_is_analysed(calm):
    async with app(ROOT) as shop:
        answer = await shop.request("POST", "/users", json={"name": "Ada", "email": "ada@example.com"})
        await shop.wait_idle()

        assert answer.status == 201
        runs = await shop.runs()
        assert {(run.step, run.state) for run in runs} == {
            ("send-welcome-email", "completed"),
            ("analyze-behavior", "completed"),
        }


async def test_an_order_is_shipped(calm):
    async with app(ROOT) as shop:
        order = {"userId": "u1", "items": [{"product": "tea", "quantity": 2}]}
        placed = await shop.request("POST", "/orders", json=order)
        await shop.wait_idle()

        answer = await shop.request("GET", f"/orders/{placed.json()['id']}")
        assert answer.json()["status"] == "shipped"
        assert answer.json()["totalCents"] == 600


async def test_one_order_goes_through_four_languages_in_one_trace(calm):
    async with app(ROOT) as shop:
        order = {"userId": "u1", "items": [{"product": "tea"}]}
        await shop.request("POST", "/orders", json=order)
        await shop.wait_idle()

        runs = await shop.runs()
        assert {run.step for run in runs} == {
            "analyze-behavior",  # Python
            "reserve-stock",
            "ship-order",
            "charge-card",  # TypeScript, as place-order is
            "count-sale",  # JavaScript
            "notify-customer",  # Ruby
        }
        assert {run.state for run in runs} == {"completed"}
        assert len({run.trace for run in runs}) == 1
        assert await shop.state("sales") == {"orders": 1, "cents": 300}


async def test_an_order_for_what_the_shop_does_not_have_is_refused(calm):
    async with app(ROOT) as shop:
        unknown = await shop.request("POST", "/orders", json={"userId": "u", "items": [{"product": "gold"}]})
        malformed = await shop.request("POST", "/orders", json={"userId": "u", "items": [{"quantity": 0}]})

        assert unknown.json()["error"]["details"]["unknown"] == ["gold"]
        assert {p["path"] for p in malformed.json()["error"]["details"]} == {
            "/items/0/product",
            "/items/0/quantity",
        }


async def test_an_order_whose_payment_always_fails_ends_in_an_incident(monkeypatch):
    monkeypatch.setenv("SHOP_FAILURE_RATE", "1")
    async with app(ROOT) as shop:
        order = {"userId": "u1", "items": [{"product": "tea"}]}
        await shop.request("POST", "/orders", json=order)
        await shop.advance(minutes=30)

        dead = await shop.runs(step="charge-card", state="dead")
        assert len(dead) == 4
        assert len(await shop.state("incidents")) == 1


async def test_the_daily_report_counts_the_orders(calm):
    async with app(ROOT) as shop:
        order = {"userId": "u1", "items": [{"product": "cake"}]}
        await shop.request("POST", "/orders", json=order)
        await shop.wait_idle()

        await shop.advance(days=1)

        (run,) = await shop.runs(step="daily-report")
        assert run.result == {"orders": 1, "shipped": 1, "cents": 520}


async def test_a_return_is_refunded_in_the_order_that_the_workflow_says(calm):
    async with app(ROOT) as shop:
        order = {"userId": "u1", "items": [{"product": "tea", "quantity": 2}]}
        placed = await shop.request("POST", "/orders", json=order)
        await shop.wait_idle()

        answer = await shop.request("POST", "/returns", json={"orderId": placed.json()["id"]})
        again = await shop.request("POST", "/returns", json={"orderId": placed.json()["id"]})
        await shop.wait_idle()

        assert (answer.status, again.status) == (200, 409)
        (letter,) = await shop.runs(step="notify-refund")
        assert (letter.state, letter.result) == ("completed", {"refunded": 600})
        assert letter.payload["restock"] == {"pieces": 2}
        assert (await shop.state("reserved"))["tea"] == 0
