"""The routes over a whole engine: configurations, instances, cancel, replay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from motia.testing import AppClient, app

STEPS = """
from motia import Fatal, api, event, noop, state


@event(id="place-order")
async def place_order(item: str):
    return {"item": item}


@event(id="reserve-stock")
async def reserve_stock(item: str):
    return {"shelf": 7}


@event(id="charge-card")
async def charge_card(payload):
    if payload.get("card") != "good":
        raise Fatal("the card token=abc was refused")
    return {"cents": 250}


@event(id="print-label")
async def print_label(payload):
    return payload["reserve-stock"]["shelf"]


@event(id="send-letter")
async def send_letter(payload):
    return "sent"


@event(id="weigh", on_error="approve", retries=0)
async def weigh(item: str):
    raise Fatal("the scales are off")


for name in ("send-parcel", "book"):
    event(id=name)(lambda payload: payload)
noop(id="approve")
"""
ORDER = """\
id: order
description: From the click to the parcel.
start: place-order
steps:
  reserve-stock: {}
  charge-card: { after: [reserve-stock] }
  print-label: { after: [reserve-stock] }
  send-letter: { after: [charge-card, print-label] }
timeout: 1h
"""
PARCEL = "id: parcel\nstart: send-parcel\nsteps: { weigh: {}, book: { after: [weigh] } }\n"
REVIEW = "id: review\nstart: send-letter\nsteps: { approve: {} }\n"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[AppClient]:
    for name, text in (
        ("steps/shop.py", STEPS),
        ("workflows/order.yaml", ORDER),
        ("workflows/parcel.yaml", PARCEL),
        ("workflows/review.yaml", REVIEW),
        ("workflows/bad.yaml", "id: bad\n"),
    ):
        file = tmp_path / "motia" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    async with app(tmp_path, strict=False) as client:
        yield client


@pytest.fixture
async def client(world: Any, shop: AppClient) -> AsyncIterator[httpx.AsyncClient]:
    engine = shop.engine
    parts = {
        "ledger": engine.ledger,
        "dispatcher": engine.dispatcher,
        "catalog": lambda: engine.catalog,
        "workflows": engine.workflows,
    }
    async with world.client(**parts) as made:
        yield made


async def order(shop: AppClient) -> None:
    await shop.trigger("place-order", {"item": "tea"})
    await shop.wait_idle()


async def only_instance(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    (row,) = (await client.get("/v1/instances", params=query)).json()["instances"]
    return (await client.get(f"/v1/instances/{row['id']}")).json()


async def test_workflows_are_listed_with_their_counts_and_faults(
    client: httpx.AsyncClient, shop: AppClient
) -> None:
    await order(shop)

    found = (await client.get("/v1/workflows")).json()

    first, _, second = found["workflows"]
    assert (first["id"], first["start"], first["file"], first["line"], first["timeout_ms"]) == (
        "order",
        "place-order",
        "motia/workflows/order.yaml",
        1,
        3_600_000,
    )
    assert first["members"][3] == {
        "step": "send-letter",
        "after": ["charge-card", "print-label"],
        "line": 8,
    }
    assert first["counts"] == {"running": 0, "completed": 0, "failed": 1, "cancelled": 0, "timed_out": 0}
    assert second["id"] == "review"
    assert {fault["file"] for fault in found["faults"]} == {"motia/workflows/bad.yaml"}


async def test_an_instance_says_what_its_members_wait_for_and_why(
    client: httpx.AsyncClient, shop: AppClient
) -> None:
    await order(shop)

    found = await only_instance(client, workflow="order", state="failed")

    assert (found["state"], found["config"], found["members_total"], found["members_completed"]) == (
        "failed",
        "same",
        5,
        3,
    )
    members = {member["step"]: member for member in found["members"]}
    assert members["place-order"]["is_start"]
    assert members["print-label"]["finished_at"]
    charge, letter = members["charge-card"], members["send-letter"]
    assert (charge["state"], charge["can_replay"], charge["waits_for"]) == ("dead", True, [])
    assert (letter["state"], letter["can_replay"], letter["waits_for"]) == ("skipped", False, ["charge-card"])
    assert "charge-card" in letter["why"]
    assert charge["why"].startswith("Fatal: the card")
    assert "abc" not in str(found)


async def test_a_dead_member_whose_error_step_is_at_it_says_so(
    client: httpx.AsyncClient, shop: AppClient
) -> None:
    await shop.trigger("send-parcel", {"item": "tea"})
    await shop.wait_idle()

    found = await only_instance(client, workflow="parcel", state="running")

    _, weigh, book = found["members"]
    (asked,) = await shop.runs(step="approve")
    assert (weigh["state"], weigh["can_replay"], weigh["why"]) == (
        "dead",
        True,
        f"its error step may trigger it again (run {asked.id}), and is waited for; Fatal: the scales are off",
    )
    assert (book["state"], book["waits_for"], book["why"]) == (None, ["weigh"], "waits for weigh")


async def test_a_replayed_member_completes_the_instance(client: httpx.AsyncClient, shop: AppClient) -> None:
    await order(shop)
    found = await only_instance(client, workflow="order")

    path = f"/v1/instances/{found['id']}/members/charge-card/replay"
    answer = await client.post(path, json={"payload": {"card": "good"}})
    await shop.wait_idle()

    assert answer.status_code == 200
    now = await only_instance(client, workflow="order")
    assert now["state"] == "completed"
    assert {member["step"]: member["run"] for member in now["members"]}["charge-card"] == answer.json()["run"]


async def test_a_running_instance_is_cancelled_once(client: httpx.AsyncClient, shop: AppClient) -> None:
    await shop.trigger("send-letter", {})
    await shop.wait_idle()
    found = await only_instance(client, workflow="review", state="running")
    (approve,) = [member for member in found["members"] if member["step"] == "approve"]

    # What the scheduler says of its run.
    assert (approve["state"], "outside" in approve["why"]) == ("ready", True)
    cancelled = (await client.post(f"/v1/instances/{found['id']}/cancel")).json()
    again = await client.post(f"/v1/instances/{found['id']}/cancel")

    assert cancelled["state"] == "cancelled"
    assert again.status_code == 409


async def test_what_is_not_there_is_said(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/v1/instances/nope")
    wrong = await client.get("/v1/instances", params={"state": "done"})
    many = await client.get("/v1/instances", params={"limit": "5000"})

    assert (unknown.status_code, wrong.status_code, many.status_code) == (404, 400, 400)
    assert unknown.json()["error"]["hint"]


async def test_workflows_whose_configuration_is_gone_keep_their_instances(
    world: Any, shop: AppClient, client: httpx.AsyncClient
) -> None:
    await order(shop)
    parts = {"ledger": shop.engine.ledger, "workflows": shop.engine.workflows}

    async with world.client(**parts) as bare:  # a catalog without workflows
        (gone,) = (await bare.get("/v1/workflows")).json()["workflows"]
        detail = await only_instance(bare)

    assert (gone["id"], gone["is_configured"], gone["counts"]["failed"]) == ("order", False, 1)
    assert (detail["config"], detail["start"]) == ("gone", "place-order")


async def test_without_an_engine_that_keeps_instances_they_are_refused(world: Any) -> None:
    async with world.client() as bare:
        assert (await bare.get("/v1/workflows")).json() == {"workflows": [], "faults": []}
        assert (await bare.get("/v1/instances")).status_code == 409
