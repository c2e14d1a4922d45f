"""What a step sends is what another gets, whatever the languages of both: the same value, or a clear refusal.

Every value goes from a relay step in one language to an echo step in another and back.
`MOTIA_SEED` chooses the random values; a failure names its seed and value.
"""

from __future__ import annotations

import asyncio
import functools
import os
import random
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from motia.model import MotiaError
from motia.testing import AppClient, TestRun, app

PROJECT = Path(__file__).parent / "project"
LANGUAGES = ("python", "node", "ruby")
SEED = int(os.environ.get("MOTIA_SEED", "1"))
VALUES_RANDOM = 150
AT_ONCE = 16
EXACT_IN_JAVASCRIPT = 2**53 - 1

SPECIAL: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    EXACT_IN_JAVASCRIPT,
    -EXACT_IN_JAVASCRIPT,
    0.1,
    -2.5,
    1e-7,
    1e21,
    1.7976931348623157e308,
    5e-324,
    123456789012345680000.0,
    "",
    " ",
    "null",
    "2026-01-31T12:00:00.000Z",
    "2026-01-31",
    "Grüße, 世界 🌍 e\u0301 \u200d \ufeff",
    "\u0000\u0001\u001f\u007f\u2028\u2029",
    '"\\/\b\f\n\r\t',
    "</script><!--",
    [],
    {},
    [[]],
    [{}],
    {"": ""},
    {"a": None},
    {"__proto__": {"x": 1}, "constructor": 1, "toString": 2, "hasOwnProperty": 3},
    {"then": "no promise", "length": 3, "0": "zero", "10": 1, "2": 2},
    {"$ref": "#", "__retries": 1, "_id": 0, "é": 1},
    {"json_class": "String", "^o": "Object", "class": "x", "if": 1, "end": 2},
    [None, [None, {"a": [None]}]],
    [1, 1.5, "1", True, None, [1], {"1": 1}],
    "x" * 100_000,
    list(range(1_000)),
)
BEYOND = (2**53 + 1, -(2**53) - 1, 2**64, 10**30, {"deep": [1, {"n": 2**63 + 1}]})


@pytest.fixture
async def relays() -> AsyncIterator[AppClient]:
    for runtime in ("node", "ruby"):
        if shutil.which(runtime) is None:
            pytest.skip(f"{runtime} is not installed")
    async with app(PROJECT) as client:
        yield client


def values(chance: random.Random, count: int) -> list[Any]:
    return [value_of(chance, depth=4) for _ in range(count)]


def value_of(chance: random.Random, *, depth: int) -> Any:
    kinds = "nbift" if depth == 0 else "nbiftlolo"
    match chance.choice(kinds):
        case "n":
            return None
        case "b":
            return chance.random() < 0.5
        case "i":
            bits = chance.randint(1, 53)
            return chance.randint(-(2**bits) + 1, 2**bits - 1)
        case "f":
            return chance.choice((-1, 1)) * chance.random() * 10.0 ** chance.randint(-30, 15)
        case "t":
            return text_of(chance)
        case "l":
            return [value_of(chance, depth=depth - 1) for _ in range(chance.randint(0, 4))]
        case _:
            return {text_of(chance): value_of(chance, depth=depth - 1) for _ in range(chance.randint(0, 4))}


def text_of(chance: random.Random) -> str:
    planes = ((0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF))
    return "".join(chr(chance.randint(*chance.choice(planes))) for _ in range(chance.randint(0, 12)))


def is_same(one: Any, other: Any) -> bool:
    """Equal, and true is not 1; a double may come back as digits without a point that name the same double."""
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and one == other
    if isinstance(one, float) or isinstance(other, float):
        return float(one) == float(other)
    return one == other


async def send(relays: AppClient, source: str, target: str, sent: list[Any]) -> list[TestRun | MotiaError]:
    """The relay's run for each value, or why the value was refused at the door."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(value: Any) -> str | MotiaError:
        async with turns:
            try:
                return await relays.trigger(f"relay-{source}", {"target": f"echo-{target}", "value": value})
            except MotiaError as error:
                return error

    ids = await asyncio.gather(*map(one, sent))
    await relays.wait_idle()
    runs = {run.id: run for run in await relays.runs(step=f"relay-{source}")}
    return [runs[id] if isinstance(id, str) else id for id in ids]


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("source", LANGUAGES)
async def test_a_value_arrives_as_it_was_sent(relays, source: str, target: str):
    sent = [*SPECIAL, *values(random.Random(f"{SEED} {source} {target}"), VALUES_RANDOM)]

    for value, run in zip(sent, await send(relays, source, target, sent), strict=True):
        assert isinstance(run, TestRun), f"seed {SEED}: {value!r} was refused: {run}"
        assert run.state == "completed", f"seed {SEED}: {value!r}: {run.error}"
        assert is_same(run.result["value"], value), (
            f"seed {SEED}: sent {value!r}, got {run.result['value']!r}"
        )


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("source", LANGUAGES)
async def test_an_integer_beyond_what_javascript_holds_stays_exact_or_is_refused(
    relays, source: str, target: str
):
    for value, run in zip(BEYOND, await send(relays, source, target, list(BEYOND)), strict=True):
        if "node" not in (source, target):
            assert isinstance(run, TestRun)
            assert run.result == {"value": value}
        elif isinstance(run, MotiaError):
            assert "2^53" in f"{run} {run.details}"
        else:
            assert run.state == "dead"
            assert "2^53" in str(run.error)


REFUSED = {
    "surrogate": "/a/0",
    "surrogate-key": "/a/(key)",
    "bytes": "/a/0",
    "nan": "/a/0",
    "infinity": "/a/0",
    "deep-65": "/0" * 64,
    "circular": "/a/b",
    "function": "/a/0",
    "too-large": "1048577 bytes",
}
"""What cannot be said, and the place that the refusal names."""
ONLY_NODE_REFUSES = {"undefined": "/a/0", "big": "/a/0"}
MADE = {
    "time": {"at": "2026-01-31T12:30:15.250Z"},
    "date": {"at": "2026-01-31"},
    "missing": {"a": None},
    "deep-64": functools.reduce(lambda inner, _: [inner], range(64), 1),
    "large": {"a": "x" * (1024 * 1024 - 8)},
}
BIG_DOUBLES = [2**53 + 2, 18446744073709552000, 123456789012345680000, 1e21, 1e22]


async def test_what_has_no_json_is_refused_where_it_is_made_with_its_place(relays):
    for language in LANGUAGES:
        expected = {**REFUSED, **(ONLY_NODE_REFUSES if language == "node" else {})}
        for name, place in expected.items():
            run = await made(relays, language, name)
            assert (run.state, run.reason) == ("dead", "fatal"), (language, name, run)
            assert f"{place}" in str(run.error), (language, name, run.error)


async def test_what_has_no_json_is_refused_in_the_caller_and_nothing_is_queued(relays):
    for language in LANGUAGES:
        expected = {**REFUSED, **(ONLY_NODE_REFUSES if language == "node" else {})}
        for name, place in expected.items():
            run = await made(relays, language, {"name": name, "target": "echo-python"}, step="send")
            assert run.state == "dead", (language, name, run)
            assert place in str(run.error), (language, name, run.error)

    assert await relays.runs(step="echo-python") == []


@pytest.mark.parametrize("target", LANGUAGES)
async def test_a_payload_made_in_a_step_arrives_in_every_language(relays, target: str):
    for language in LANGUAGES:
        for name, value in MADE.items():
            if (language, name) == ("node", "date"):
                continue
            run = await made(relays, language, {"name": name, "target": f"echo-{target}"}, step="send")
            assert run.state == "completed", (language, name, run.error)
            assert is_same_instant((await relays.runs(step=f"echo-{target}"))[-1].result, value), (
                language,
                name,
            )


async def test_a_step_makes_the_same_value_in_every_language(relays):
    for language in LANGUAGES:
        for name, value in MADE.items():
            if (language, name) == ("node", "date"):  # JavaScript has only one class for both
                continue
            run = await made(relays, language, name)
            assert run.state == "completed", (language, name, run.error)
            assert is_same_instant(run.result, value), (language, name, run.result)


async def test_an_integer_made_by_javascript_is_taken_by_javascript(relays):
    run = await made(relays, "node", "big-double")
    assert run.result == {"a": BIG_DOUBLES}

    for target in LANGUAGES:
        (back,) = await send(relays, "node", target, [run.result])
        assert isinstance(back, TestRun)
        assert is_same(back.result["value"], run.result), target


async def made(relays: AppClient, language: str, payload: Any, *, step: str = "make") -> TestRun:
    id = await relays.trigger(f"{step}-{language}", payload)
    await relays.wait_idle()
    (run,) = [run for run in await relays.runs(step=f"{step}-{language}") if run.id == id]
    return run


def is_same_instant(one: Any, other: Any) -> bool:
    """As `is_same`; each language writes as many digits of a second as it has."""
    if isinstance(one, dict) and "at" in one and "T" in one["at"]:
        return datetime.fromisoformat(one["at"]) == datetime.fromisoformat(other["at"])
    return is_same(one, other)
