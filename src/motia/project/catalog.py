"""The catalog: an immutable view of all steps, topics and workflows; swapped whole on reload."""

from __future__ import annotations

from collections.abc import Iterable

from motia.model import LoadFault, Manifest, StepId, StepKind, StepSpec, TopicSpec, WorkflowSpec


class Catalog:
    """Steps by id, subscribers by target. Never changes after it is made."""

    def __init__(
        self,
        steps: Iterable[StepSpec] = (),
        faults: Iterable[LoadFault] = (),
        topics: Iterable[TopicSpec] = (),
        workflows: Iterable[WorkflowSpec] = (),
    ) -> None:
        """Index `steps`; the first of two with one id wins (project checks report the second).

        A workflow with an api step behind its start is left out: nothing but a request can run that.
        """
        self.topics: dict[str, TopicSpec] = {topic.name: topic for topic in topics}
        """Topics that have a definition, by name; steps may subscribe to others too."""
        self.steps: dict[StepId, StepSpec] = {}
        for step in steps:
            self.steps.setdefault(step.id, step)
        self.workflows: dict[str, WorkflowSpec] = {
            workflow.id: workflow for workflow in workflows if not self._has_request(workflow)
        }
        """Workflow configurations by id; their steps need not be loaded (a broken file keeps its workflows)."""
        self.faults = tuple(faults)
        self._subscribers: dict[str, tuple[StepSpec, ...]] = {}
        self._started: dict[StepId, tuple[WorkflowSpec, ...]] = {}
        self._joined: dict[StepId, tuple[WorkflowSpec, ...]] = {}
        for workflow in self.workflows.values():
            self._started[workflow.start] = (*self._started.get(workflow.start, ()), workflow)
            for member in workflow.members:
                self._joined[member.step] = (*self._joined.get(member.step, ()), workflow)
        for step in self.steps.values():
            if step.kind in (StepKind.EVENT, StepKind.CRON, StepKind.NOOP):
                self._subscribe(step.id, step)
            for topic in step.topics:
                if topic != step.id:
                    self._subscribe(topic, step)

    @classmethod
    def of(cls, manifest: Manifest) -> Catalog:
        """The catalog of a manifest."""
        return cls(manifest.steps, manifest.faults, manifest.topics, manifest.workflows)

    def step(self, step: StepId) -> StepSpec | None:
        """The step with this id."""
        return self.steps.get(step)

    def subscribers(self, target: str) -> tuple[StepSpec, ...]:
        """Steps that an event for `target` (a step id or a topic) goes to; empty: it is parked."""
        return self._subscribers.get(target, ())

    def targets(self) -> frozenset[str]:
        """Every id and topic that something handles."""
        return frozenset(self._subscribers)

    def workflows_started_by(self, step: StepId) -> tuple[WorkflowSpec, ...]:
        """Workflows that a run of `step` opens an instance of."""
        return self._started.get(step, ())

    def workflows_joined_by(self, step: StepId) -> tuple[WorkflowSpec, ...]:
        """Workflows that `step` is a member of, the start step apart."""
        return self._joined.get(step, ())

    def of_kind(self, kind: StepKind) -> tuple[StepSpec, ...]:
        """All steps of one kind, by id."""
        return tuple(sorted((s for s in self.steps.values() if s.kind is kind), key=lambda step: step.id))

    def _has_request(self, workflow: WorkflowSpec) -> bool:
        behind = [self.steps.get(member.step) for member in workflow.members]
        if workflow.on_failure is not None:
            behind.append(self.steps.get(workflow.on_failure))
        return any(step is not None and step.kind is StepKind.API for step in behind)

    def _subscribe(self, target: str, step: StepSpec) -> None:
        self._subscribers[target] = (*self._subscribers.get(target, ()), step)
