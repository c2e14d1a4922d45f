"""From a target to deliveries: which steps an event goes to, with which key, lane and bound."""

from __future__ import annotations

from typing import Any

from motia.dispatch.payload import key_text, value_at
from motia.model import Delivery, OnDead, StepId, StepSpec


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
    return Delivery(
        step=spec.id,
        key=key,
        lane=lane,
        depth_max=depth_max,
        blocks_on_dead=spec.on_dead is OnDead.BLOCK,
    )


def parked_delivery(target: str, *, key: str | None, depth_max: int | None) -> Delivery:
    """The delivery of an event that no step handles yet."""
    return Delivery(step=StepId(target), key=key, depth_max=depth_max, parked=True)
