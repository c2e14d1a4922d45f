from __future__ import annotations

import msgspec
import pytest

from motia.model import LoadFault, WorkflowSpec
from motia.project.workflow_form import Read, read_workflow
from motia.project.workflow_text import read_yaml, written_at

ORDER = """\
id: order
description: From the click to the parcel.
start: place-order
steps:
  reserve-stock: {}
  charge-card: { after: [reserve-stock] }
  print-label:
    after: [charge-card, place-order]
    with: { carrier: dhl, copies: 2 }
on_failure: release-stock
timeout: 1h
"""


def read(text: str) -> Read:
    (document,) = read_yaml(text.encode())
    return read_workflow(document, file="order.yaml", language="yaml")


def sound(text: str) -> WorkflowSpec:
    found = read(text)
    assert found.faults == ()
    assert found.spec is not None
    return found.spec


def faults(text: str) -> list[tuple[str, int, str]]:
    return [(fault.code, fault.line, fault.message) for fault in read(text).faults]


def test_the_configuration_of_the_contract_is_read() -> None:
    spec = sound(ORDER)

    assert (spec.id, spec.start, spec.on_failure, spec.timeout_ms) == (
        "order",
        "place-order",
        "release-stock",
        3_600_000,
    )
    assert spec.description == "From the click to the parcel."
    # What follows the start step need not say so.
    assert [(one.step, one.after) for one in spec.members] == [
        ("reserve-stock", ()),
        ("charge-card", ("reserve-stock",)),
        ("print-label", ("charge-card",)),
    ]
    assert msgspec.json.decode(spec.members[2].constants or b"") == {"carrier": "dhl", "copies": 2}
    assert (spec.source.file, spec.source.line) == ("order.yaml", 1)
    assert spec.lines == {
        "place-order": 3,
        "reserve-stock": 5,
        "charge-card": 6,
        "print-label": 7,
        "release-stock": 10,
    }


def test_members_without_anything_and_one_predecessor_as_text_are_read() -> None:
    spec = sound("id: a\nstart: s\nsteps:\n  one:\n  two: { after: one }\n  three: { after: [one, one] }\n")

    assert [(one.step, one.after) for one in spec.members] == [
        ("one", ()),
        ("two", ("one",)),
        ("three", ("one",)),
    ]


@pytest.mark.parametrize(
    ("timeout", "ms"), [("90", 90_000), ("0.5", 500), ("500ms", 500), ("'5m'", 300_000), ("1d", 86_400_000)]
)
def test_a_timeout_is_a_duration_as_everywhere(timeout: str, ms: int) -> None:
    assert sound(f"id: a\nstart: s\nsteps: {{ one: {{}} }}\ntimeout: {timeout}\n").timeout_ms == ms


@pytest.mark.parametrize("timeout", ["0", "-1", "soon", "5 fortnights", "[1]", "400d", "''"])
def test_a_timeout_that_is_none_is_told(timeout: str) -> None:
    found = faults(f"id: a\nstart: s\nsteps: {{ one: {{}} }}\ntimeout: {timeout}\n")

    assert [(code, line) for code, line, _ in found] == [("invalid-option", 4)]


@pytest.mark.parametrize(
    ("text", "code", "line", "words", "hint"),
    [
        ("- a\n", "invalid-workflow", 1, "an object, and this is a list", "id: …"),
        ("id: a\nstart: s\nsteps: {one: {}}\nonfailure: x\n", "unknown-option", 4, "'onfailure'", "on_failure"),
        ("id: a\nstart: s\nsteps:\n  one:\n    afer: []\n", "unknown-option", 5, "step 'one' of", "'after'"),
        ("start: s\nsteps: {one: {}}\n", "missing-option", 1, "the option 'id' is missing", "id: order"),
        ("id: a\nstart:\nsteps: {one: {}}\n", "missing-option", 2, "'start' is missing", "place-order"),
        ("id: a\nstart: s\n", "missing-option", 1, "'steps' is missing", "after"),
        ("id: a\nstart: s\nsteps: {}\n", "invalid-option", 3, "steps of workflow 'a' is an object", "at least one"),
        ("id: a\nstart: s\nsteps: [one]\n", "invalid-option", 3, "is a list", "at least one"),
        ("id: a\nstart: s\nsteps: {one: yes}\n", "invalid-option", 3, "steps.one of workflow 'a' is 'yes'", "{}"),
        ("id: a\nstart: [s]\nsteps: {one: {}}\n", "invalid-option", 2, "start of workflow 'a' is a list", "text"),
        ("id: 7\nstart: s\nsteps: {one: {}}\n", "invalid-option", 1, "id of the workflow is 7", "text"),
        ("id: a b\nstart: s\nsteps: {one: {}}\n", "invalid-id", 1, "white space", "without spaces"),
        ("id: a\nstart: s\nsteps: {'': {}}\n", "invalid-id", 3, "is empty", "without spaces"),
        ("id: a\nstart: s\ndescription: [x]\nsteps: {one: {}}\n", "invalid-option", 3, "description", "text"),
        ("id: a\nstart: s\nsteps:\n  one: {}\n  s: {}\n", "start-is-member", 5, "among its steps too", "leave it out"),
        ("id: a\nstart: s\nsteps: {one: {after: [on]}}\n", "unknown-member", 3, "waits for 'on'", "'one'"),
        ("id: a\nstart: s\nsteps: {one: {after: [{}]}}\n", "invalid-option", 3, "steps.one.after", "waits for"),
        ("id: a\nstart: s\nsteps: {one: {with: dhl}}\n", "invalid-option", 3, "steps.one.with", "an object"),
        ("id: a\nstart: s\nsteps: {one: {}}\non_failure: one\n", "invalid-option", 4, "the workflow itself", "none"),
        ("id: a\nstart: s\nsteps: {one: {}}\non_failure: s\n", "invalid-option", 4, "the workflow itself", "none"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, code: str, line: int, words: str, hint: str) -> None:
    (fault,) = read(text).faults

    assert (fault.code, fault.file, fault.line) == (code, "order.yaml", line)
    assert words in fault.message
    assert hint in fault.hint


def test_a_circle_is_named_in_its_order_and_what_waits_for_it_too() -> None:
    text = (
        "id: a\nstart: s\nsteps:\n  one: { after: three }\n  two: { after: one }\n"
        "  three: { after: two }\n  four: { after: [three] }\n"
    )

    assert faults(text) == [
        ("workflow-circle", 4, "steps of workflow 'a' wait for each other: one after three after two after one"),
        ("unreachable-member", 7,
         "step 'four' of workflow 'a' can never run: it waits for 'three', which waits for itself"),
    ]  # fmt: skip


def test_a_step_that_waits_for_itself_is_a_circle_of_one() -> None:
    assert faults("id: a\nstart: s\nsteps: {one: {after: one}}\n") == [
        ("workflow-circle", 3, "steps of workflow 'a' wait for each other: one after one")
    ]


def test_everything_that_is_wrong_is_told_at_once_and_the_names_are_a_draft() -> None:
    found = read("id: a\nstrat: s\nsteps: {one: {after: two}, three: {with: 1}}\ntimeout: never\n")

    assert [fault.code for fault in found.faults] == [
        "unknown-option",
        "missing-option",
        "unknown-member",
        "invalid-option",
        "invalid-option",
    ]
    assert found.spec is not None
    assert [member.step for member in found.spec.members] == ["one", "three"]


def test_too_many_members_are_refused() -> None:
    steps = ", ".join(f"s{n}: {{}}" for n in range(501))

    assert faults(f"id: a\nstart: s\nsteps: {{ {steps} }}\n") == [
        ("invalid-option", 3, "workflow 'a' has 501 steps; 500 is the limit")
    ]


def test_javascript_spells_the_option_its_own_way() -> None:
    options = {"id": "a", "start": "s", "steps": {"one": {}}, "onFailure": "release"}

    camel = read_workflow(written_at(options, 3), file="a.ts", language="node")
    assert camel.spec is not None
    assert (camel.faults, camel.spec.on_failure, camel.spec.lines["release"]) == ((), "release", 3)

    snake = read_workflow(written_at({**options, "on_failure": "x"}, 3), file="a.ts", language="node").faults
    assert [isinstance(fault, LoadFault) and fault.hint for fault in snake] == ["did you mean 'onFailure'?"]
