from __future__ import annotations

from typing import Any

from motia.model import Source, StepId, StepKind, StepSpec, WorkflowMember, WorkflowSpec
from motia.project import Catalog, EdgeKind, TriggerSite, flow_graph


def step(name: str, kind: StepKind = StepKind.EVENT, **more: Any) -> StepSpec:
    return StepSpec(id=StepId(name), kind=kind, language="python", source=Source(file="a.py", line=4), **more)


def edges(*steps: StepSpec, **more: Any) -> list[tuple[str, str, str, str]]:
    graph = flow_graph(Catalog(steps), **more)
    return [(edge.source, edge.target, edge.kind, edge.via) for edge in graph.edges]


def test_edges_are_declared_by_topic_static_and_observed() -> None:
    site = TriggerSite(file="a.py", line=9, op="trigger", target="c", steps=(StepId("a"),))
    steps = (step("a", triggers=("b", "topic")), step("b"), step("c", topics=("topic",)))

    assert edges(*steps, sites=[site], observed=[("b", "c"), ("b", "topic")]) == [
        ("a", "b", "declared", ""),
        ("a", "c", "static", ""),
        ("a", "c", "topic", "topic"),
        ("b", "c", "observed", ""),
        ("b", "c", "observed", "topic"),
    ]


def test_what_triggers_a_noop_is_an_edge_to_it() -> None:
    assert edges(step("a"), step("n", StepKind.NOOP, triggered_by=("a",), triggers=("a",))) == [
        ("a", "n", "declared", ""),
        ("n", "a", "declared", ""),
    ]


def test_final_failures_go_to_on_error_or_the_projects_error_step() -> None:
    steps = (
        step("a", on_error=StepId("mine")),
        step("b"),
        step("web", StepKind.API),
        step("mine"),
        step("handle-step-error"),
    )

    assert edges(*steps) == [
        ("a", "mine", "on_error", ""),
        ("b", "handle-step-error", "on_error", ""),
    ]


def test_members_of_a_workflow_come_after_what_they_wait_for() -> None:
    members = (
        WorkflowMember(step=StepId("b")),
        WorkflowMember(step=StepId("c"), after=(StepId("b"),)),
        WorkflowMember(step=StepId("d"), after=(StepId("b"), StepId("c"))),
    )
    flow = WorkflowSpec(
        id="w",
        start=StepId("a"),
        members=members,
        on_failure=StepId("e"),
        source=Source(file="w.yaml", line=1),
    )
    catalog = Catalog([step(name) for name in "abcd"], workflows=[flow])

    found = [(edge.source, edge.target, edge.kind, edge.via) for edge in flow_graph(catalog).edges]

    assert [edge for edge in found if edge[2] == "workflow"] == [
        ("a", "b", "workflow", "w"),
        ("b", "c", "workflow", "w"),
        ("b", "d", "workflow", "w"),
        ("c", "d", "workflow", "w"),
    ]
    assert [edge for edge in found if edge[2] == "on_error"] == [
        (name, "e", "on_error", "w") for name in "bcd"
    ]


def test_a_target_that_nothing_handles_is_a_parked_node() -> None:
    graph = flow_graph(
        Catalog([step("a", triggers=("later",), flows=("f",))]), parked={"later": 3, "lost": 1}
    )

    assert [(node.id, node.kind, node.parked) for node in graph.nodes] == [
        ("a", "event", 0),
        ("later", "parked", 3),
        ("lost", "parked", 1),
    ]
    assert (graph.nodes[0].file, graph.nodes[0].line, graph.nodes[0].flows) == ("a.py", 4, ("f",))
    assert graph.edges[0].kind is EdgeKind.DECLARED


def test_an_empty_catalog_is_an_empty_graph() -> None:
    graph = flow_graph(Catalog())

    assert (graph.nodes, graph.edges) == ((), ())
