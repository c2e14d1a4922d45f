"""The shop, exercised through its API with a frozen clock."""

from pathlib import Path

import pytest

from motia.testing import app

ROOT = Path(__file__).parent.parent


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
