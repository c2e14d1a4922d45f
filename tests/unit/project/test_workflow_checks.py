from __future__ import annotations

from motia.model import LoadFault, Source, StepId, StepKind, StepSpec, WorkflowMember, WorkflowSpec
from motia.project import Catalog
from motia.project.workflow_checks import check_workflows


def step(name: str, kind: StepKind = StepKind.EVENT, topics: tuple[str, ...] = ()) -> StepSpec:
    return StepSpec(
        id=StepId(name), kind=kind, language="python", source=Source(file="a.py", line=3), topics=topics
    )


CATALOG = Catalog(
    [
        step("place-order", StepKind.API),
        step("reserve-stock", topics=("order.placed",)),
        step("charge-card"),
        step("approve", StepKind.NOOP),
        step("nightly", StepKind.CRON),
    ]
)


def workflow(start: str, *members: str, on_failure: str | None = None) -> WorkflowSpec:
    return WorkflowSpec(
        id="order",
        start=StepId(start),
        members=tuple(WorkflowMember(step=StepId(name)) for name in members),
        on_failure=StepId(on_failure) if on_failure else None,
        source=Source(file="order.yaml", line=1),
        lines={name: number for number, name in enumerate((start, *members, on_failure or ""), 2)},
    )


def check(spec: WorkflowSpec) -> list[LoadFault]:
    return list(check_workflows([spec], CATALOG))


def test_steps_that_are_there_have_no_fault() -> None:
    spec = workflow("place-order", "reserve-stock", "approve", "nightly", on_failure="charge-card")

    assert check(spec) == []


def test_unknown_steps_are_told_where_they_are_named_with_the_closest() -> None:
    spec = workflow("place-ordr", "reserve-stok", on_failure="zzz")
    found = check(spec)

    assert [(fault.code, fault.file, fault.line, fault.hint) for fault in found] == [
        ("unknown-step", "order.yaml", 2, "did you mean 'place-order'?"),
        ("unknown-step", "order.yaml", 3, "did you mean 'reserve-stock'?"),
        ("unknown-step", "order.yaml", 4, "write the step, or correct the name"),
    ]
    assert "start of workflow 'order' names 'place-ordr', and no step has that id" in found[0].message


def test_a_topic_is_no_step() -> None:
    (fault,) = check(workflow("place-order", "order.placed"))

    assert fault.hint == "that is a topic; name a step that subscribes to it: 'reserve-stock'"


def test_an_api_step_can_only_be_the_start() -> None:
    member = workflow("nightly", "place-order")
    failing = workflow("nightly", "charge-card", on_failure="place-order")

    for spec, line in ((member, 3), (failing, 4)):
        (fault,) = check(spec)
        assert (fault.code, fault.line, fault.also) == ("api-member", line, "a.py:3")


def test_names_that_a_draft_does_not_say_are_not_looked_for() -> None:
    assert check(workflow("", "charge-card")) == []
