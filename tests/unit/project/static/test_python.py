"""Targets in Python."""

from __future__ import annotations

from typing import Any

from motia.model import Source, StepId, StepKind, StepSpec
from motia.project import read_source


def step(name: str, *, file: str = "a.py", line: int = 1, function: str = "") -> StepSpec:
    return StepSpec(
        id=StepId(name),
        kind=StepKind.EVENT,
        language="python",
        source=Source(file=file, line=line, function=function),
    )


def found(text: str, *steps: StepSpec, file: str = "a.py") -> list[tuple[Any, ...]]:
    return [
        (site.line, site.op, site.target, site.steps) for site in read_source(text, file=file, steps=steps)
    ]


PYTHON = """
import motia as m
from motia import Context, event, trigger as send, motia

TARGET = "from-constant"

@event(id="one")
async def one(payload, context_like: Context):
    await send("by-name", {})
    await motia.trigger("by-object", {})
    await motia.call("by-call", {})
    await context_like.trigger("by-context", {})
    await context_like.motia.trigger("by-context-object", {})
    await m.trigger("by-module", {})
    await send(TARGET)
    await send(f"dynamic-{payload}")
    await send(payload["target"])
    button.trigger("someone-elses")
    helper()

def helper():
    return send("by-helper")

@event(id="two")
async def two(ctx):
    await ctx.trigger("by-two")
"""


def test_python_targets_are_read_from_the_tree_and_given_to_the_step_that_reaches_them() -> None:
    sites = found(PYTHON, step("one", line=8, function="one"), step("two", line=26, function="two"))

    assert [(op, target, steps) for _, op, target, steps in sites] == [
        ("trigger", "by-name", ("one",)),
        ("trigger", "by-object", ("one",)),
        ("call", "by-call", ("one",)),
        ("trigger", "by-context", ("one",)),
        ("trigger", "by-context-object", ("one",)),
        ("trigger", "by-module", ("one",)),
        ("trigger", "from-constant", ("one",)),
        ("trigger", "by-helper", ("one",)),
        ("trigger", "by-two", ("two",)),
    ]
    assert sites[0][0] == 9


def test_a_step_is_found_by_its_line_when_its_function_is_not_named() -> None:
    text = "from motia import trigger\n\n@event(\n    id='x')\ndef f():\n    trigger('t')\n"

    assert found(text, step("x", line=3)) == [(6, "trigger", "t", ("x",))]


def test_a_trigger_that_is_not_motias_is_not_read() -> None:
    assert found("def trigger(x): ...\ntrigger('mine')\nphone.call('mum')\n") == []


def test_python_that_cannot_be_parsed_has_no_sites() -> None:
    assert found("def (") == []
