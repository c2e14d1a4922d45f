"""motia/events as a project has it: one definition, every producer and subscriber, a change live at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from motia.model import PayloadInvalid
from motia.testing import app

ORDER = {
    "type": "object",
    "description": "An order was placed.",
    "properties": {"id": {"type": "string"}, "total": {"type": "number"}},
    "required": ["id", "total"],
}
STEPS = """
from motia import api, event, trigger


@event(id="pack", topics=["order.placed"])
async def pack(payload):
    return payload


@event(id="relay", schema={"total": object})
async def relay(total):
    await trigger("order.placed", {"id": "o1", "total": total})


@api(id="place", method="POST", path="/orders")
async def place(body):
    return await trigger("order.placed", body)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    (tmp_path / "motia" / "events").mkdir()
    (tmp_path / "motia" / "steps" / "shop.py").write_text(STEPS)
    (tmp_path / "motia" / "events" / "order.placed.json").write_text(json.dumps(ORDER))
    return tmp_path


async def test_every_producer_is_held_to_the_definition(project: Path) -> None:
    async with app(project) as client:
        with pytest.raises(PayloadInvalid) as caught:
            await client.trigger("order.placed", {"id": 5})
        answer = await client.request("POST", "/orders", json={"id": "o1"})
        await client.trigger("relay", {"total": "much"})
        await client.wait_idle()
        await client.trigger("relay", {"total": 5})
        await client.wait_idle()

        assert {problem.path for problem in caught.value.problems} == {"/id", "/total"}
        assert answer.status >= 400
        packed = await client.runs(step="pack")
        assert [(run.payload, run.state) for run in packed] == [({"id": "o1", "total": 5}, "completed")]
        assert "topic order.placed: /total" in str((await client.runs(step="relay"))[0].error)


async def test_a_definition_holds_while_nobody_subscribes(project: Path) -> None:
    (project / "motia" / "steps" / "shop.py").write_text("")

    async with app(project) as client:
        with pytest.raises(PayloadInvalid, match="of topic order"):
            await client.trigger("order.placed", {})
        run = await client.trigger("order.placed", {"id": "o1", "total": 5})

        assert [(one.id, one.state) for one in await client.runs()] == [(run, "parked")]


async def test_a_subscriber_that_contradicts_is_an_error_naming_both_places(project: Path) -> None:
    more = """
@event(id="count", topics=["order.placed"], schema={"total": str, "when": str})
async def count(total, when): ...
"""
    (project / "motia" / "steps" / "shop.py").write_text(STEPS + more)

    async with app(project, strict=False) as client:
        (fault,) = client.faults

        assert (fault.code, fault.severity) == ("topic-contradicted", "error")
        assert (fault.file, fault.also) == ("motia/steps/shop.py", "motia/events/order.placed.json:1")
        assert "/total is a number in the topic and text in the step" in fault.message
        assert "/when is required by the step" in fault.message


def test_a_changed_definition_is_live_and_a_broken_one_is_told(
    project: Path, serve: Callable[..., Any], run_motia: Callable[..., Any]
) -> None:
    engine = serve(project, "dev")
    engine.wait_line("Steps")
    definition = project / "motia" / "events" / "order.placed.json"
    refused = engine.request("POST", "/orders", {"id": "o1"})[0]

    definition.write_text(json.dumps({**ORDER, "required": ["id"]}))
    engine.wait_line("reloaded motia/events/order.placed.json")
    taken = engine.request("POST", "/orders", {"id": "o1"})[0]
    definition.write_text('{"type": "object",}')
    told = engine.wait_line("motia/events/order.placed.json:1")
    still_held = engine.request("POST", "/orders", {})[0]
    (project / "motia" / "events" / "order.placed.py").write_text("schema = {'id': int}\n")
    definition.unlink()
    engine.wait_line("is mended")
    from_python = engine.request("POST", "/orders", {"id": "o1"})[0]

    assert (refused >= 400, taken, still_held >= 400, from_python >= 400) == (True, 200, True, True)
    assert "this is no JSON" in told
    (topic,) = json.loads(run_motia("steps", "--topics", "--json", cwd=project).stdout)
    assert (topic["name"], topic["language"], topic["subscribers"]) == ("order.placed", "python", ["pack"])
    document = engine.request("GET", "/openapi.json")[1]
    assert document["x-events"]["order.placed"]["payload"]


def test_the_command_line_is_held_to_the_definition_too(project: Path, run_motia: Callable[..., Any]) -> None:
    done = run_motia("trigger", "order.placed", "--data", '{"id": "o1"}', cwd=project, check=False)

    assert done.returncode == 1
    assert "topic order.placed" in done.stderr
    assert "/total" in done.stderr


LANGUAGES = {
    "motia/events/order.placed.ts": """
import { kinds } from '../../lib/kinds';

const payload = { type: 'object', properties: { id: { type: kinds.id } }, required: ['id'] };
export default payload;
""",
    "lib/kinds.ts": "export const kinds = { id: 'string' as const };\n",
    "motia/events/others.rb": 'EVENTS = { "order.packed" => { id: String } }\n',
    "motia/steps/node.ts": """
import { api, motia } from '@motia/core';

export default api({ id: 'by-node', method: 'POST', path: '/node' }, async ({ body }) =>
  motia.trigger(body.topic, body.payload),
);
""",
    "motia/steps/ruby.rb": """
require "motia"

api(id: "by-ruby", method: "POST", path: "/ruby") { |request| trigger(request.body["topic"], request.body["payload"]) }
event(id: "pack", topics: ["order.placed"]) { |payload| payload }
""",
    "motia/steps/python.py": """
from motia import api, event, trigger


@api(id="by-python", method="POST", path="/python")
async def by_python(body):
    return await trigger(body["topic"], body["payload"])


@event(id="ship", topics=["order.packed"], schema={"id": int})
async def ship(id: int): ...
""",
}


def test_producers_of_every_language_are_held_to_definitions_of_every_language(
    tmp_path: Path, needs: Callable[..., None], serve: Callable[..., Any]
) -> None:
    needs("node", "ruby")
    for name, text in LANGUAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    engine = serve(tmp_path, "dev")
    told = engine.wait_line("contradicts the topic 'order.packed' (motia/events/others.rb:1)")

    answers = {
        (language, topic, fits): engine.request("POST", f"/{language}", {"topic": topic, "payload": payload})[
            0
        ]
        for language in ("node", "ruby", "python")
        for topic, fits, payload in (
            ("order.placed", True, {"id": "a"}),
            ("order.placed", False, {"id": 5}),
            ("order.packed", False, {}),
        )
    }
    (tmp_path / "lib" / "kinds.ts").write_text("export const kinds = { id: 'integer' as const };\n")
    engine.wait_line("reloaded lib/kinds.ts")

    assert {key: status < 300 for key, status in answers.items()} == {key: key[2] for key in answers}
    assert "motia/steps/python.py:" in told
    assert engine.request("POST", "/ruby", {"topic": "order.placed", "payload": {"id": 5}})[0] < 300
