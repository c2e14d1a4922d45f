"""Every code block of docs/reference/ruby.md is a step file that a worker loads, and the tables are complete."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.unit.sdk.test_ruby_faults import RUBY, Worker, project, worker

from motia.protocol import Result

__all__ = ["project", "worker"]

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "ruby.md").read_text()
BLOCKS = re.findall(r"^```ruby\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_every_block_of_the_page_loads_without_a_fault(worker: Worker):
    process = worker(files={f"block{number}.rb": block for number, block in enumerate(BLOCKS)})

    assert len(BLOCKS) >= 4
    assert process.manifest.faults == ()
    steps = {step.id: step for step in process.manifest.steps}
    assert steps["send-sms"].description == "Sends a text message."
    assert set(steps) >= {"get-image", "nightly", "approval", "place-order", "fan-out", "upload", "countdown"}


def test_steps_of_the_page_do_what_it_says(worker: Worker):
    process = worker(files={f"block{number}.rb": block for number, block in enumerate(BLOCKS)})

    process.invoke("place-order", {"id": "7", "items": [{"sku": "a", "count": 2}, {"sku": "b"}]})
    assert process.value() == {"id": "7", "pieces": 3, "express": False}

    process.invoke("send-sms", {"phone": "1", "text": "abc"})
    call, args = process.call()
    assert args == {"target": "sms-sent", "payload": {"phone": "1"}}
    process.reply(call, {"runId": "r", "traceId": "t"})
    assert process.value() == {"sent": True, "length": 3}

    process.request("upload", "POST", media="multipart")
    answer = process.answer()
    assert isinstance(answer, Result)
    assert (answer.status, dict(answer.headers)["x-step"]) == (401, "upload")

    process.request("countdown")
    process.next()
    pieces = b""
    while not process.next().last:
        pieces += process.blob
    assert pieces.endswith(b"event: end\ndata: over\n\n")


def test_every_word_of_the_library_is_on_the_page():
    script = "require 'motia'; puts (Motia::Steps::Dsl.instance_methods + Motia::Context.instance_methods(false)).uniq"
    done = subprocess.run(
        [*RUBY.argv[:2], "-e", script], capture_output=True, text=True, timeout=30, check=True
    )

    words = set(done.stdout.split()) - {"inspect"}

    assert {word for word in words if not re.search(rf"\b{word}\b", PAGE)} == set()
