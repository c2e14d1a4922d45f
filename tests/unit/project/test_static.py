from __future__ import annotations

from pathlib import Path
from typing import Any

from motia.model import Source, StepId, StepKind, StepSpec
from motia.project import read_sites, read_source


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


def test_javascript_is_read_by_a_careful_pattern() -> None:
    text = "\n".join(
        [
            "export default event({ id: 'one' }, async (p, ctx) => {",
            "  await motia.trigger('a', {});",
            '  await ctx.trigger( "b" );',
            "  // motia.trigger('commented')",
            "  /* trigger('also') */",
            "  await motia.trigger(`dynamic-${p.id}`);",
            "  await motia.call('c');",
            "  $('#x').trigger('click');",
            "})",
        ]
    )

    sites = found(text, step("one", file="a.js"), file="a.js")

    assert [(line, op, target) for line, op, target, _ in sites] == [
        (2, "trigger", "a"),
        (3, "trigger", "b"),
        (7, "call", "c"),
    ]
    assert sites[0][3] == ("one",)


def test_ruby_is_read_by_the_same_pattern() -> None:
    text = 'event id: "one" do |x:|\n  trigger("a", x: x)\n  # trigger("b")\n  trigger("c-#{x}")\nend\n'

    assert [target for _, _, target, _ in found(text, step("one", file="a.rb"), file="a.rb")] == ["a"]


def test_files_that_are_gone_or_twice_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from motia import trigger\ntrigger('t')\n")

    sites = read_sites(tmp_path, ["a.py", "gone.py", "a.py"], steps=[])

    assert [site.target for site in sites] == ["t"]
