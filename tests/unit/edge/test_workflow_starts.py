"""Requests that start a workflow, on an engine inside the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from motia.model import LedgerUnavailable
from motia.testing import app

STEPS = """
from motia import HttpError, api, event, trigger


@api(id="place-order", method="POST", path="/orders/:how")
async def place_order(how: str, body):
    if how == "early":
        await trigger("reserve-stock", {"mine": 1})
    if how == "refuse":
        await trigger("reserve-stock", {"mine": 1})
        raise HttpError(409, "no")
    return {"answer": how}


@event(id="reserve-stock")
async def reserve_stock(payload):
    return payload


@event(id="charge-card")
async def charge_card(payload):
    return payload
"""
ORDER = """
id: order
start: place-order
steps:
  reserve-stock: {}
  charge-card: { after: [reserve-stock] }
"""


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Any]:
    for name, text in (("steps/shop.py", STEPS), ("workflows/order.yaml", ORDER)):
        path = tmp_path / "motia" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    async with app(tmp_path) as made:
        yield made


async def shown(client: Any) -> list[Any]:
    page = await client.engine.workflows.instances()
    return [await client.engine.workflows.instance(one.id) for one in page.instances]


async def test_a_2xx_opens_an_instance_with_the_body_and_the_answer(client: Any) -> None:
    answer = await client.request("POST", "/orders/plain", json={"item": "x"})
    await client.wait_idle()

    (instance,) = await shown(client)
    (reserve,) = await client.runs(step="reserve-stock")
    (charge,) = await client.runs(step="charge-card")
    assert (answer.status, instance.state) == (200, "completed")
    assert reserve.payload == {"item": "x", "place-order": {"answer": "plain"}}
    assert charge.payload == {"item": "x", "reserve-stock": reserve.payload}
    assert {reserve.trace, charge.trace} == {instance.trace}


async def test_a_member_triggered_from_inside_waits_for_the_answer(client: Any) -> None:
    await client.request("POST", "/orders/early", json={})
    await client.wait_idle()

    (instance,) = await shown(client)
    (reserve,) = await client.runs(step="reserve-stock")
    assert (instance.state, reserve.payload) == ("completed", {"mine": 1})


async def test_an_answer_that_is_no_2xx_fails_what_it_opened(client: Any) -> None:
    answer = await client.request("POST", "/orders/refuse", json={})
    await client.wait_idle()

    (instance,) = await shown(client)
    (reserve,) = await client.runs(step="reserve-stock")
    assert (answer.status, instance.state, instance.reason) == (409, "failed", "place-order is dead")
    assert (reserve.state, instance.members[0].reason) == ("skipped", "answered 409")


async def test_a_repeated_request_opens_one_instance(client: Any) -> None:
    key = {"idempotency-key": "once"}

    answers = [
        await client.request("POST", "/orders/plain", json={"item": "x"}, headers=key) for _ in range(2)
    ]
    await client.wait_idle()

    assert [answer.status for answer in answers] == [200, 200]
    assert len(await shown(client)) == 1


async def test_a_2xx_whose_commit_is_refused_is_503_and_starts_nothing(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(end: Any) -> None:
        raise LedgerUnavailable("the disk is full")

    monkeypatch.setattr(client.engine.ledger, "end_request", refused)

    answer = await client.request("POST", "/orders/plain", json={"item": "x"})
    await client.wait_idle()

    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert await shown(client) == []
