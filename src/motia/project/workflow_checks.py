"""What workflows and the steps of the project contradict: names that no step has, steps that cannot be members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from motia.model import LoadFault, StepId, StepKind, WorkflowSpec
from motia.project.catalog import Catalog
from motia.project.names import close_to


def check_workflows(workflows: Iterable[WorkflowSpec], catalog: Catalog) -> Iterator[LoadFault]:
    """Every fault of `workflows` against the steps of `catalog`."""
    for workflow in workflows:
        yield from _check_name(workflow, "start", workflow.start, catalog)
        for member in workflow.members:
            yield from _check_name(workflow, "steps", member.step, catalog)
        if workflow.on_failure is not None:
            yield from _check_name(workflow, "on_failure", workflow.on_failure, catalog)


def _check_name(workflow: WorkflowSpec, option: str, name: StepId, catalog: Catalog) -> Iterator[LoadFault]:
    if not name:
        return  # a draft that does not say it has a fault for that
    step = catalog.step(name)
    if step is None:
        yield _fault(
            workflow,
            name,
            "unknown-step",
            f"{option} of workflow {workflow.id!r} names {name!r}, and no step has that id",
            _hint(name, option, catalog),
        )
    elif option != "start" and step.kind is StepKind.API:
        place = f"{step.source.file}:{step.source.line}"
        yield _fault(
            workflow,
            name,
            "api-member",
            f"{option} of workflow {workflow.id!r} names {name!r}, an api step ({place}), which only a request can run",
            "an api step can only be the start of a workflow; make it an event step",
            also=place,
        )


def _hint(name: StepId, option: str, catalog: Catalog) -> str:
    subscribers = catalog.subscribers(name)
    if subscribers:
        named = " or ".join(repr(str(step.id)) for step in subscribers[:3])
        return f"that is a topic; name a step that subscribes to it: {named}"
    known = [step.id for step in catalog.steps.values() if option == "start" or step.kind is not StepKind.API]
    return close_to(name, known) or "write the step, or correct the name"


def _fault(
    workflow: WorkflowSpec, name: StepId, code: str, message: str, hint: str, *, also: str = ""
) -> LoadFault:
    return LoadFault(
        code=code,
        file=workflow.source.file,
        line=workflow.lines.get(name, workflow.source.line),
        message=message,
        hint=hint,
        also=also,
    )
