"""A workflow of an order on a world: handlers that note what they get and do what they are told."""

from __future__ import annotations

from typing import Any

from scripted_workers import Call, Fails

from motia.model import StepId

MEMBERS: dict[str, Any] = {
    "reserve": [],
    "charge": ["reserve"],
    "label": (["charge"], {"carrier": "dhl"}),
}


class Order:
    """Handlers that note what they get and do what they are told."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.seen: list[tuple[str, Any]] = []
        self.fails: dict[str, int] = {}
        self.triggers: dict[str, list[tuple[str, Any]]] = {}
        self.sleeps: dict[str, float] = {}
        for step in ("place", "reserve", "charge", "label", "release"):
            world.step(step, self.handle, retries=0)
        world.workflow("order", "place", MEMBERS, on_failure=StepId("release"))

    async def handle(self, call: Call) -> Any:
        step = str(call.invocation.step)
        self.seen.append((step, call.payload))
        for target, payload in self.triggers.get(step, ()):
            await call.trigger(target, payload)
        await call.sleep(self.sleeps.get(step, 0))
        if self.fails.get(step, 0) > 0:
            self.fails[step] -= 1
            raise Fails(kind="error")
        return {"by": step}

    @property
    def order(self) -> list[str]:
        return [step for step, _ in self.seen]

    async def start(self, payload: Any = None) -> str:
        accepted = await self.world.trigger("place", {"n": 1} if payload is None else payload)
        (instance,) = accepted.instances
        return instance

    async def states(self, instance: str) -> dict[str, str | None]:
        found = await self.world.workflows.instance(instance)
        return {"": found.state} | {member.step: member.state for member in found.members}
