"""Targets in JavaScript and TypeScript."""

from __future__ import annotations

from typing import Any

import pytest

from motia.model import Source, StepId, StepKind, StepSpec
from motia.project import read_source


def step(name: str, line: int = 0) -> StepSpec:
    return StepSpec(
        id=StepId(name), kind=StepKind.EVENT, language="node", source=Source(file="a.ts", line=line)
    )


def found(text: str, *steps: StepSpec) -> list[tuple[Any, ...]]:
    return [
        (site.line, site.op, site.target, site.steps) for site in read_source(text, file="a.ts", steps=steps)
    ]


def targets(text: str, *steps: StepSpec) -> list[str]:
    return [target for _, _, target, _ in found(text, *steps)]


@pytest.mark.parametrize(
    "text",
    [
        "motia.trigger('t', {})",
        'await motia\n  .trigger( "t" )',
        "motia?.trigger(`t`)",
        "motia!.trigger('t')",
        "motia.trigger<Payload<Inner>>('t')",
        "motia.trigger('t' as StepId, {})",
        "ctx.trigger('t')",
        "ctx.motia.trigger('t')",
        "context.motia.call('t')",
        "this.motia.trigger('t')",
        "contextOf(run).motia.trigger('t')",
        "const m = ctx.motia\nm.trigger('t')",
        "const { trigger } = motia\ntrigger('t')",
        "const { call: ask } = ctx.motia\nask('t')",
        "const send = motia.trigger\nsend('t')",
        "import { trigger } from '@motia/core'\ntrigger('t')",
        "import { trigger as send, type Context } from '@motia/core'\nsend('t')",
        "import { motia as m } from '@motia/core'\nm.trigger('t')",
        "import * as core from '@motia/core'\ncore.motia.trigger('t')",
        "import core = require('@motia/core')\ncore.trigger('t')",
        "const { motia: m } = require('@motia/core')\nm.trigger('t')",
        "const core = await import('@motia/core')\ncore.trigger('t')",
        "const T = 't'\nmotia.trigger(T)",
        "export const T: string = 't';\nmotia.trigger(T)",
        "const T = 't' as const\nmotia.trigger(T)",
        "`${motia.trigger('t')} and ${`deeper ${1}`}`",
        "function f({ trigger: send }: Context) { send('t') }",
        "const f = async (run: Context) => run.trigger('t')",
        "const half = total / 2; motia.trigger('t') // 3 / 1",
        "if (done) /'/.test(x); motia.trigger('t')",
        "motia.trigger('\\x74')",
    ],
)
def test_a_literal_target_is_found_however_the_call_is_written(text: str) -> None:
    assert targets(text) == ["t"]


@pytest.mark.parametrize(
    "text",
    [
        "// motia.trigger('t')",
        "/* motia.trigger('t') */",
        "const s = \"motia.trigger('t')\"",
        "const s = `motia.trigger('t')`",
        "const r = /motia.trigger('t')/",
        "const r = [/[/]motia.trigger('t')/]",
        "$('#button').trigger('t')",
        "trigger('t')",
        "import { trigger } from './bus'\ntrigger('t')",
        "function trigger(name) {}\ntrigger('t')",
        "phone.call('t')",
        "motia.state.get('t')",
        "motia.trigger('t' + suffix)",
        "motia.trigger(`t-${id}`)",
        "motia.trigger(payload.target)",
        "motia.trigger(UNKNOWN)",
        "const T = 't' + id\nmotia.trigger(T)",
        "let T = 't'\nmotia.trigger(T)",
        "const T = 't'\nconst f = (T) => motia.trigger(T)",
        "const T = 't'\nfunction f() { const T = pick(); motia.trigger(T) }",
        "const receipt = await motia.trigger(pick())\nreceipt('t')",
    ],
)
def test_what_is_not_a_literal_target_of_ours_is_not_found(text: str) -> None:
    assert targets(text) == []


STEPS = """import { api, event, cron, motia } from '@motia/core';

export default event({ id: 'one', schema: z.object({}) }, async (payload, run) => {
  await run.trigger('in-handler');
  notify(payload);
});

const notify = async (payload) => deeper(payload)

function deeper(payload) {
  return motia.trigger('in-function');
}

export const two = cron({ id: 'two', schedule: '@daily' }, nightly)

async function nightly({ trigger }) {
  await motia.call('by-name');
}

export const three = cron({ id: 'three', schedule: '@daily' }, (c) => { c.trigger('by-parameter') })

function unused() {
  motia.trigger('of-nobody');
}
"""


def test_a_site_belongs_to_the_steps_whose_handler_reaches_it() -> None:
    assert found(STEPS, step("one"), step("two"), step("three")) == [
        (4, "trigger", "in-handler", ("one",)),
        (11, "trigger", "in-function", ("one",)),
        (17, "call", "by-name", ("two",)),
        (20, "trigger", "by-parameter", ("three",)),
        (23, "trigger", "of-nobody", ()),
    ]


def test_a_function_that_two_steps_use_belongs_to_both() -> None:
    text = (
        "const send = () => motia.trigger('t')\n"
        "export const a = event({ id: 'a' }, () => send())\n"
        "export const b = event({ id: 'b' }, () => send())\n"
    )

    assert found(text, step("a"), step("b")) == [(1, "trigger", "t", ("a", "b"))]


def test_steps_made_in_one_statement_share_its_sites_out() -> None:
    text = (
        "module.exports = {\n"
        "  a: event({ id: 'a' }, () => motia.trigger('of-a')),\n"
        "  b: event({ id: 'b' }, () => motia.trigger('of-b')),\n"
        "}\n"
    )

    assert found(text, step("a"), step("b")) == [
        (2, "trigger", "of-a", ("a",)),
        (3, "trigger", "of-b", ("b",)),
    ]


def test_a_step_whose_id_is_not_literal_is_found_by_its_line() -> None:
    text = "export const a = event(\n  { id: name() },\n  () => motia.trigger('t'),\n)\n"

    assert found(text, step("a", line=2)) == [(3, "trigger", "t", ("a",))]


def test_a_property_of_a_functions_name_is_no_use_of_it() -> None:
    text = "function send() { motia.trigger('t') }\nevent({ id: 'a' }, () => bus.send({ send: 1 }))\n"

    assert found(text, step("a")) == [(1, "trigger", "t", ())]
