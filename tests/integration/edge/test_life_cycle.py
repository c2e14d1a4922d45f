"""The edge as a duty."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec

from motia.model import RequestSchemas, Source, StepId, StepKind, StepSpec
from motia.project import Catalog


async def test_start_and_stop_are_safe_twice_and_at_once(app: Any) -> None:
    await app.edge.start()
    assert (await app.client.get("/health")).status_code == 200

    await asyncio.gather(app.edge.stop(), app.edge.stop(), app.edge.drain(1.0))
    await app.edge.stop()


async def test_the_address_is_the_port_really_bound(app: Any) -> None:
    assert app.edge.address == ("127.0.0.1", app.port)


async def test_a_step_with_an_unreadable_schema_is_a_fault_and_not_served(app: Any) -> None:
    broken = StepSpec(
        id=StepId("broken"),
        kind=StepKind.API,
        language="python",
        source=Source(file="steps/b.py", line=7),
        method="POST",
        path="/broken",
        request=RequestSchemas(body=msgspec.Raw(json.dumps({"type": "strin"}).encode())),
    )

    faults = app.edge.use_catalog(Catalog([broken]))

    assert [(fault.code, fault.file, fault.line) for fault in faults] == [("bad-schema", "steps/b.py", 7)]
    assert (await app.client.post("/broken", json={})).status_code == 404
