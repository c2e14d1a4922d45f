from __future__ import annotations

from typing import Any

import msgspec

from motia.model import StepKind
from motia.project.types import Target, targets_of

A = {"type": "object", "properties": {"a": {"type": "string"}}}
B = {"type": "object", "properties": {"b": {"type": "string"}}}


def inputs(targets: tuple[Target, ...]) -> dict[str, list[Any]]:
    return {target.name: [msgspec.json.decode(schema) for schema in target.inputs] for target in targets}


def test_steps_and_topics_of_every_kind_are_targets_by_name(make: Any) -> None:
    catalog = make.catalog(
        make.step("mail", schema=A, topics=("made", "other")),
        make.step("count", topics=("made",)),
        make.step("nightly", StepKind.CRON),
        make.api("post", body=B),
        make.topic("made", B, description="It was made."),
    )

    targets = targets_of(catalog)

    # `count` has what its topic says; `other` is what its only subscriber says.
    assert inputs(targets) == {
        "count": [B],
        "mail": [A],
        "made": [B],
        "nightly": [],
        "other": [A],
        "post": [B],
    }
    made = next(target for target in targets if target.name == "made")
    assert (made.about, made.description) == ("topic, motia/events/made.json", "It was made.")
    assert [target.name for target in targets if target.is_request] == ["post"]


def test_a_step_with_several_topics_and_no_schema_takes_anything(make: Any) -> None:
    catalog = make.catalog(make.step("all", topics=("a", "b")), make.topic("a", A), make.topic("b", B))

    assert inputs(targets_of(catalog))["all"] == []


def test_a_topic_of_a_steps_name_is_the_step_and_both_schemas_hold(make: Any) -> None:
    catalog = make.catalog(make.step("mail", schema=A), make.topic("mail", B))

    assert inputs(targets_of(catalog)) == {"mail": [B, A]}


def test_the_answer_of_an_api_step_is_its_successful_one(make: Any) -> None:
    by_status = make.api("a", response={"404": A, "201": B})
    plain = make.api("b", response=A)
    of_python = make.api("c", response={"type": "object", "properties": {"200": B}})
    failures = make.api("d", response={"404": A})

    found = [target.output for target in targets_of(make.catalog(by_status, plain, of_python, failures))]

    assert [None if one is None else msgspec.json.decode(one) for one in found] == [B, A, B, None]
