from __future__ import annotations

import json
import os
from pathlib import Path

from motia.model import LoadFault, Manifest
from motia.project import DefinitionReader, discover


async def test_topics_and_workflows_are_read_together(tmp_path: Path) -> None:
    for place, text in (
        ("events/order.placed.json", json.dumps({"type": "object"})),
        ("events/bad.json", "{"),
        ("workflows/order.yaml", "id: order\nstart: place\nsteps: { charge: {} }\n"),
        ("workflows/bad.yaml", "id: bad\nstart: place\n"),
    ):
        file = tmp_path / "motia" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    reader = DefinitionReader(tmp_path, os.environ)

    found = await reader.read(discover(tmp_path))

    assert [topic.name for topic in found.topics] == ["order.placed"]
    assert [one.id for one in found.workflows] == ["order"]
    assert [one.id for one in found.drafts] == ["bad"]
    assert [fault.file for fault in found.faults] == ["motia/events/bad.json", "motia/workflows/bad.yaml"]
    assert await reader.read(discover(tmp_path)) == found

    mine, other = LoadFault(code="a", file="a", message="a"), LoadFault(code="b", file="b", message="b")
    merged = found.added_to(Manifest(faults=(mine,)), other)
    assert merged.topics == found.topics
    assert merged.faults == (mine, other, *found.faults)
