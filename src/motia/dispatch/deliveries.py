"""From a target to deliveries: which steps an event goes to, with which key, lane and bound."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from motia.dispatch.payload import key_text, value_at
from motia.model import Delivery, OnDead, StepId, StepSpec

PLAIN_MAX = 1_024


def delivery_of(spec: StepSpec, value: Any, *, key: str | None, depth_max: int | None) -> Delivery:
    """The delivery to one step; `key` (an option of the trigger) goes before the step's own.

    Raises:
        CallerError: A key in the payload is longer than 255 bytes.
    """
    if key is None and spec.key is not None:
        key = key_text(value_at(value, spec.key), what=f"key {spec.key} of step {spec.id}")
    lane = None
    if spec.concurrency is not None and spec.concurrency.key is not None:
        name = spec.concurrency.key
        lane = key_text(value_at(value, name), what=f"concurrency key {name} of step {spec.id}")
    blocks_on_dead = spec.on_dead is OnDead.BLOCK
    if key is None and lane is None:
        return _plain_delivery(spec.id, depth_max, blocks_on_dead)
    return Delivery(step=spec.id, key=key, lane=lane, depth_max=depth_max, blocks_on_dead=blocks_on_dead)


@lru_cache(maxsize=PLAIN_MAX)
def _plain_delivery(step: StepId, depth_max: int | None, blocks_on_dead: bool) -> Delivery:
    """The same for every event of a step that goes by no key."""
    return Delivery(step=step, depth_max=depth_max, blocks_on_dead=blocks_on_dead)


def parked_delivery(target: str, *, key: str | None, depth_max: int | None) -> Delivery:
    """The delivery of an event that no step handles yet."""
    return Delivery(step=StepId(target), key=key, depth_max=depth_max, parked=True)
