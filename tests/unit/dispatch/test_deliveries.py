from __future__ import annotations

import pytest
from dispatch_world import event_step

from motia.dispatch.deliveries import delivery_of, parked_delivery
from motia.model import CallerError, Concurrency, OnDead


def test_key_and_lane_are_read_from_the_payload() -> None:
    spec = event_step("a", key="user.id", concurrency=Concurrency(limit=1, key="t"), on_dead=OnDead.BLOCK)

    delivery = delivery_of(spec, {"user": {"id": 7}, "t": "x"}, key=None, depth_max=5)

    assert (delivery.key, delivery.lane, delivery.depth_max) == ("7", "x", 5)
    assert delivery.blocks_on_dead


def test_a_missing_key_is_none() -> None:
    assert delivery_of(event_step("a", key="k"), [1], key=None, depth_max=None).key is None


def test_an_overlong_key_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="key k of step a"):
        delivery_of(event_step("a", key="k"), {"k": "x" * 300}, key=None, depth_max=None)


def test_a_parked_delivery_keeps_the_key_option() -> None:
    delivery = parked_delivery("t", key="k", depth_max=3)

    assert delivery.parked
    assert (delivery.step, delivery.key) == ("t", "k")
