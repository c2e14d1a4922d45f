"""The flow graph: which step makes which other step run, and how that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from motia.model import StepId, StepKind
from motia.project.catalog import Catalog
from motia.project.static import TriggerSite

ERROR_STEP: Final = StepId("handle-step-error")
"""Gets the final failures of steps that name no `on_error`."""


class EdgeKind(StrEnum):
    """How an edge is known."""

    DECLARED = "declared"
    TOPIC = "topic"
    STATIC = "static"
    OBSERVED = "observed"
    ON_ERROR = "on_error"
    WORKFLOW = "workflow"


class FlowNode(msgspec.Struct, frozen=True, kw_only=True):
    """A step, or (kind `parked`) a target that no step handles."""

    id: str
    kind: str
    language: str = ""
    description: str = ""
    flows: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    parked: int = 0
    """Events that wait for this target."""


class FlowEdge(msgspec.Struct, frozen=True, kw_only=True):
    """`source` makes `target` run. `via` is the topic when the source names one, or the workflow."""

    source: str
    target: str
    kind: EdgeKind
    via: str = ""


class FlowGraph(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes by id; edges by source, target, kind; no edge twice."""

    nodes: tuple[FlowNode, ...]
    edges: tuple[FlowEdge, ...]


def flow_graph(
    catalog: Catalog,
    *,
    sites: Iterable[TriggerSite] = (),
    observed: Iterable[tuple[str, str]] = (),
    parked: Mapping[str, int] | None = None,
) -> FlowGraph:
    """The graph of all steps.

    A declared trigger of a topic is an edge of kind `topic` to each subscriber; one known from the
    source or from run time keeps that kind. A member of a workflow comes after what it waits for, or
    after the start. A target that nothing handles is a node of kind `parked`.

    Args:
        catalog: The steps.
        sites: What `read_sites` found.
        observed: Pairs of step and target really seen.
        parked: Waiting events by target.
    """
    edges: set[FlowEdge] = set()
    for step in catalog.steps.values():
        for target in step.triggers:
            edges |= _resolve(catalog, step.id, target, EdgeKind.DECLARED)
        edges |= {
            FlowEdge(source=source, target=step.id, kind=EdgeKind.DECLARED) for source in step.triggered_by
        }
        edges |= _error_edges(catalog, step.id)
    for site in sites:
        for source in site.steps:
            edges |= _resolve(catalog, source, site.target, EdgeKind.STATIC)
    for source, target in observed:
        edges |= _resolve(catalog, source, target, EdgeKind.OBSERVED)
    edges |= set(_workflow_edges(catalog))
    waiting = dict(parked or {})
    return FlowGraph(
        nodes=tuple(_nodes(catalog, edges, waiting)),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind, edge.via))),
    )


def _resolve(catalog: Catalog, source: str, target: str, kind: EdgeKind) -> set[FlowEdge]:
    subscribers = catalog.subscribers(target)
    if not subscribers:
        return {FlowEdge(source=source, target=target, kind=kind)}
    edges: set[FlowEdge] = set()
    for step in subscribers:
        is_topic = step.id != target
        known = EdgeKind.TOPIC if is_topic and kind is EdgeKind.DECLARED else kind
        edges.add(FlowEdge(source=source, target=step.id, kind=known, via=target if is_topic else ""))
    return edges


def _error_edges(catalog: Catalog, step: StepId) -> set[FlowEdge]:
    spec = catalog.steps[step]
    handler = spec.on_error
    if handler is None and spec.kind in (StepKind.EVENT, StepKind.CRON) and ERROR_STEP in catalog.steps:
        handler = ERROR_STEP
    handlers = {other.on_error or ERROR_STEP for other in catalog.steps.values()}
    # A failure inside an error step triggers no error step: it has no such edge unless it names one.
    if handler is None or handler == step or (spec.on_error is None and step in handlers):
        return set()
    return {FlowEdge(source=step, target=handler, kind=EdgeKind.ON_ERROR)}


def _workflow_edges(catalog: Catalog) -> Iterator[FlowEdge]:
    """What comes after what, and from each member to the step that its failure triggers."""
    for workflow in catalog.workflows.values():
        for member in workflow.members:
            for source in member.after or (workflow.start,):
                yield FlowEdge(source=source, target=member.step, kind=EdgeKind.WORKFLOW, via=workflow.id)
            if workflow.on_failure is not None:
                target = workflow.on_failure
                yield FlowEdge(source=member.step, target=target, kind=EdgeKind.ON_ERROR, via=workflow.id)


def _nodes(catalog: Catalog, edges: set[FlowEdge], waiting: dict[str, int]) -> list[FlowNode]:
    nodes = {
        str(step.id): FlowNode(
            id=step.id,
            kind=step.kind,
            language=step.language,
            description=step.description,
            flows=step.flows,
            file=step.source.file,
            line=step.source.line,
            parked=waiting.get(step.id, 0),
        )
        for step in catalog.steps.values()
    }
    loose = {end for edge in edges for end in (edge.source, edge.target)} | set(waiting)
    for name in loose - nodes.keys():
        nodes[name] = FlowNode(id=name, kind="parked", parked=waiting.get(name, 0))
    return [nodes[name] for name in sorted(nodes)]
