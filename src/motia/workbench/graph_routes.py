"""The flow graph: what makes what run, how that is known, and where people put it on the canvas."""

from __future__ import annotations

import asyncio

import msgspec

from motia.project import FlowEdge, FlowNode
from motia.telemetry import ObservedEdge
from motia.workbench.endpoint import Call, Endpoint, Permission
from motia.workbench.layout import Position, check_positions, read_positions, write_positions
from motia.workbench.views import Done

LAYOUT_NAME = "workbench.json"


class EdgeView(msgspec.Struct, frozen=True, kw_only=True):
    """`source` makes `target` run. `kinds`: declared, topic, static, workflow, observed, on_error.

    `via` is the topic when the source names one instead of the step.
    """

    source: str
    target: str
    kinds: tuple[str, ...]
    via: str = ""


class GraphView(msgspec.Struct, frozen=True, kw_only=True):
    """The flow graph, how often each edge was really seen, and where people put its nodes."""

    nodes: tuple[FlowNode, ...]
    edges: tuple[EdgeView, ...]
    observed: tuple[ObservedEdge, ...]
    positions: dict[str, Position]


class PositionsBody(msgspec.Struct, frozen=True, kw_only=True):
    """Positions by node id, in place of all that were kept; CSS pixels."""

    positions: dict[str, Position]


async def get_graph(call: Call) -> GraphView:
    """Which step makes which other run, and how that is known."""
    observed = await call.deps.telemetry.flow_observed()
    parked = await call.deps.ledger.parked_targets()
    graph = call.deps.flow_graph([(edge.source, edge.target) for edge in observed], parked)
    return GraphView(
        nodes=graph.nodes,
        edges=_merged(graph.edges),
        observed=observed,
        positions=await asyncio.to_thread(read_positions, call.deps.config.data_dir / LAYOUT_NAME),
    )


async def set_positions(call: Call) -> Done:
    """Keep where the nodes of the graph stand."""
    positions = call.body(PositionsBody).positions
    check_positions(positions)
    async with _writing:
        await asyncio.to_thread(write_positions, call.deps.config.data_dir / LAYOUT_NAME, positions)
    return Done()


_writing = asyncio.Lock()
"""One writer at a time: two would share the new file."""


def _merged(edges: tuple[FlowEdge, ...]) -> tuple[EdgeView, ...]:
    kinds: dict[tuple[str, str, str], list[str]] = {}
    for edge in edges:
        kinds.setdefault((edge.source, edge.target, edge.via), []).append(edge.kind.value)
    return tuple(
        EdgeView(source=source, target=target, kinds=tuple(known), via=via)
        for (source, target, via), known in kinds.items()
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/graph",
        permission=Permission.VIEW,
        summary="The flow graph",
        handler=get_graph,
        answer=GraphView,
    ),
    Endpoint(
        method="PUT",
        path="/v1/graph/positions",
        permission=Permission.OPERATE,
        summary="Keep where the nodes of the flow graph stand",
        handler=set_positions,
        body=PositionsBody,
        answer=Done,
    ),
)
