"""A workflow from a request to its end through a real `motia dev`: triggered, held, skipped, replayed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .conftest import wait_until

STEPS = """
from motia import api, event, trigger


@api(id="place-order", method="POST", path="/orders")
async def place_order(item: str):
    await trigger("charge-card", {"mine": item})
    return {"item": item}


@event(id="reserve-stock", retries=0)
async def reserve_stock(item: str):
    if item in ("none", "late"):
        raise ValueError("sold out")
    return {"shelf": 7}


@event(id="handle-step-error")
async def handle_step_error(payload):
    again = {**payload["context"], "item": "tea", "__retry": payload["retryCount"] + 1}
    if payload["context"]["item"] == "late":
        await trigger(payload["stepId"], again)


for name in ("charge-card", "print-label", "release-stock"):
    event(id=name)(lambda payload: payload)
"""
ORDER = """\
id: order
start: place-order
steps:
  reserve-stock: {}
  charge-card: { after: [reserve-stock] }
  print-label: { after: [charge-card], with: { carrier: dhl } }
on_failure: release-stock
"""


def instance_of(engine: Any, state: str) -> dict[str, Any]:
    """The newest instance once it is in this state."""
    page = wait_until(
        lambda: engine.control("GET", "/v1/instances")["instances"],
        lambda found: bool(found) and found[0]["state"] == state,
    )
    return engine.control("GET", f"/v1/instances/{page[0]['id']}")


def write_shop(root: Path) -> None:
    for name, text in (("steps/shop.py", STEPS), ("workflows/order.yaml", ORDER)):
        path = root / "motia" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def states(instance: dict[str, Any]) -> dict[str, str]:
    return {member["step"]: member["state"] for member in instance["members"]}


def test_an_order_goes_its_way_and_a_failed_one_goes_on_after_a_replay(
    tmp_path: Path, serve: Callable[..., Any]
) -> None:
    write_shop(tmp_path)
    engine = serve(tmp_path, "dev")
    engine.wait_line("Steps")

    assert engine.request("POST", "/orders", {"item": "tea"})[0] == 200
    done = instance_of(engine, "completed")
    assert set(states(done).values()) == {"completed"}

    assert engine.request("POST", "/orders", {"item": "none"})[0] == 200
    failed = instance_of(engine, "failed")
    assert states(failed) == {
        "place-order": "completed",
        "reserve-stock": "dead",
        "charge-card": "skipped",
        "print-label": "skipped",
    }

    path = f"/v1/instances/{failed['id']}/members/reserve-stock/replay"
    engine.control("POST", path, {"payload": {"item": "tea"}})
    mended = instance_of(engine, "completed")
    assert mended["id"] == failed["id"]
    assert set(states(mended).values()) == {"completed"}


def test_a_dead_step_that_its_error_step_triggers_again_fails_no_order(
    tmp_path: Path, serve: Callable[..., Any]
) -> None:
    write_shop(tmp_path)
    engine = serve(tmp_path, "dev")
    engine.wait_line("Steps")

    assert engine.request("POST", "/orders", {"item": "late"})[0] == 200
    mended = instance_of(engine, "completed")

    assert set(states(mended).values()) == {"completed"}
    runs = engine.control("GET", f"/v1/runs?trace={mended['trace']}")["runs"]
    told = sorted((run["step"], run["state"]) for run in runs if run["step"] != "print-label")
    assert told == [
        ("charge-card", "completed"),
        ("handle-step-error", "completed"),
        ("reserve-stock", "completed"),
        ("reserve-stock", "dead"),
    ]


def test_the_command_line_finds_a_failed_instance_and_mends_it(
    tmp_path: Path, serve: Callable[..., Any], run_motia: Callable[..., Any]
) -> None:
    write_shop(tmp_path)
    engine = serve(tmp_path, "dev")
    engine.wait_line("Steps")
    assert engine.request("POST", "/orders", {"item": "none"})[0] == 200
    instance_of(engine, "failed")

    def ask(*arguments: str) -> Any:
        return json.loads(run_motia("workflows", *arguments, "--json", cwd=tmp_path).stdout)

    (workflow,) = ask("list")
    (failed,) = ask("instances", "order", "--state", "failed")
    shown = ask("show", failed["id"])
    ask("replay", failed["id"], "reserve-stock", "--data", '{"item": "tea"}')
    mended = instance_of(engine, "completed")

    assert workflow["counts"]["failed"] == 1
    whys = {member["step"]: member["why"] for member in shown["members"]}
    assert whys["reserve-stock"] == "ValueError: sold out"
    assert whys["charge-card"] == "skipped: predecessor reserve-stock is dead"
    assert mended["id"] == failed["id"]
    refused = run_motia("workflows", "cancel", failed["id"], cwd=tmp_path, check=False)
    assert refused.returncode == 1
    assert "completed already" in refused.stderr
