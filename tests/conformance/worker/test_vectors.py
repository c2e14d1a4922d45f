"""Replays the dialogues of protocol/vectors against each worker."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia.protocol import EngineMessage, Log, encode_frame

VECTORS = sorted((Path(__file__).parents[3] / "protocol" / "vectors").glob("*.json"))


def filled(template: Any, kept: dict[str, Any]) -> Any:
    if isinstance(template, str) and template.startswith("<") and template[1:-1] in kept:
        return kept[template[1:-1]]
    if isinstance(template, dict):
        return {key: filled(value, kept) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, kept) for value in template]
    return template


def fits(expected: Any, met: Any, kept: dict[str, Any]) -> bool:
    match expected:
        case "<any>":
            return True
        case "<text>":
            return isinstance(met, str) and met != ""
        case "<number>":
            return isinstance(met, int | float) and not isinstance(met, bool)
        case str() if expected.startswith("<name:"):
            kept[expected[6:-1]] = met
            return True
        case dict():
            return isinstance(met, dict) and all(
                fits(value, met.get(key), kept) for key, value in expected.items()
            )
        case _:
            return expected == met


def replay(worker: Any, dialogue: list[dict[str, Any]], kept: dict[str, Any]) -> None:
    logs: list[dict[str, Any]] = []
    for turn in dialogue:
        if "send" in turn:
            message = msgspec.json.decode(json.dumps(filled(turn["send"], kept)), type=EngineMessage)
            worker.send_bytes(encode_frame(message, base64.b64decode(turn.get("blob", ""))))
        elif "expect_log" in turn:
            while not any(fits(turn["expect_log"], log, kept) for log in logs):
                logs.append(log_of(worker.receive()))
        elif "expect" in turn:
            while isinstance(message := worker.receive(), Log):
                logs.append(log_of(message))
            met = plain_of(message)
            assert fits(turn["expect"], met, kept), f"expected {turn['expect']}, met {met}"
            if "blob" in turn:
                assert worker.blob == base64.b64decode(turn["blob"])
        else:
            assert worker.ends()
            if "exit" in turn:
                assert worker.process.wait(20) == turn["exit"]


def log_of(message: Any) -> dict[str, Any]:
    assert isinstance(message, Log), message
    return plain_of(message)


def plain_of(message: Any) -> dict[str, Any]:
    """A message as the page names its fields, those too that were left out."""
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    return {"type": message.__struct_config__.tag, **json.loads(msgspec.json.encode(fields))}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_a_worker_replays_the_dialogue(start, language, vector: Path):
    script = json.loads(vector.read_text())
    worker = start()
    if script["loaded"]:
        worker.greet()
        worker.load()

    replay(worker, script["dialogue"], {"root": language.root, "files": list(language.files)})


def test_there_are_dialogues():
    assert len(VECTORS) >= 12
