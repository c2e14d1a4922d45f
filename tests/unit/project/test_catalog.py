from __future__ import annotations

from typing import Any

from motia.model import Manifest, Source, StepId, StepKind, StepSpec, WorkflowMember, WorkflowSpec
from motia.project import Catalog


def step(name: str, kind: StepKind = StepKind.EVENT, *, file: str = "a.py", **more: Any) -> StepSpec:
    return StepSpec(id=StepId(name), kind=kind, language="python", source=Source(file=file), **more)


def names(steps: tuple[StepSpec, ...]) -> list[str]:
    return [found.id for found in steps]


def test_an_event_goes_to_its_step_and_to_all_that_subscribe() -> None:
    catalog = Catalog([step("mail", topics=("user.created",)), step("crm", topics=("user.created", "mail"))])

    assert names(catalog.subscribers("user.created")) == ["mail", "crm"]
    assert names(catalog.subscribers("mail")) == ["mail", "crm"]
    assert catalog.subscribers("nobody") == ()
    assert catalog.targets() == {"mail", "crm", "user.created"}


def test_a_topic_that_is_the_steps_own_id_delivers_once() -> None:
    catalog = Catalog([step("mail", topics=("mail",))])

    assert names(catalog.subscribers("mail")) == ["mail"]


def test_an_api_step_is_triggered_by_its_topics_alone() -> None:
    catalog = Catalog([step("get", StepKind.API), step("tick", StepKind.CRON), step("person", StepKind.NOOP)])

    assert catalog.subscribers("get") == ()
    assert names(catalog.subscribers("tick")) == ["tick"]
    assert names(catalog.subscribers("person")) == ["person"]


def test_of_two_steps_with_one_id_the_first_is_the_one() -> None:
    catalog = Catalog.of(Manifest(steps=(step("a", file="one.py"), step("a", file="two.py", topics=("t",)))))

    found = catalog.step(StepId("a"))
    assert found is not None
    assert found.source.file == "one.py"
    assert catalog.subscribers("t") == ()
    assert catalog.step(StepId("b")) is None


def test_steps_of_a_kind_come_by_id() -> None:
    catalog = Catalog([step("b"), step("a"), step("c", StepKind.API)])

    assert names(catalog.of_kind(StepKind.EVENT)) == ["a", "b"]


def workflow(name: str, start: str, member: str, on_failure: str | None = None) -> WorkflowSpec:
    return WorkflowSpec(
        id=name,
        start=StepId(start),
        members=(WorkflowMember(step=StepId(member)),),
        on_failure=None if on_failure is None else StepId(on_failure),
        source=Source(file="w.yaml"),
    )


def test_a_workflow_with_an_api_step_behind_its_start_is_left_out() -> None:
    manifest = Manifest(
        steps=(step("web", StepKind.API), step("pay")),
        workflows=(
            workflow("good", "web", "pay"),
            # Its file may only be broken for a moment: what is triggered until then is parked.
            workflow("unknown", "web", "later"),
            workflow("bad", "pay", "web"),
            workflow("worse", "web", "pay", "web"),
        ),
    )

    catalog = Catalog.of(manifest)

    assert list(catalog.workflows) == ["good", "unknown"]
    assert [one.id for one in catalog.workflows_started_by(StepId("web"))] == ["good", "unknown"]
    assert [one.id for one in catalog.workflows_joined_by(StepId("pay"))] == ["good"]
    assert catalog.workflows_joined_by(StepId("web")) == ()
