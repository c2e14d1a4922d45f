"""From stored rows to the bars of a waterfall."""

from __future__ import annotations

from motia.telemetry import TraceFilter


async def test_an_attempt_is_shown_as_queue_dispatch_handler_and_commit(telemetry, say):
    trace = say.attempt()

    view = await telemetry.trace(trace)

    bars = [(span.kind, span.offset_us, span.duration_us) for span in view.spans]
    assert bars == [
        ("attempt", 0, 16_000),
        ("queue", 0, 3_000),
        ("dispatch", 3_000, 2_000),
        ("handler", 5_000, 9_000),
        ("commit", 14_000, 2_000),
    ]
    assert view.duration_us == 16_000


async def test_a_run_claimed_at_once_has_no_queue(telemetry, say, clock):
    now = clock.now_ms()
    trace = say.attempt(claimed_at=now)

    view = await telemetry.trace(trace)

    assert [span.kind for span in view.spans] == ["attempt", "dispatch", "handler", "commit"]


async def test_an_attempt_that_never_got_to_a_worker_has_neither_dispatch_nor_handler(telemetry, say):
    trace = say.attempt(sent_at=0, answered_at=0, outcome="released")

    view = await telemetry.trace(trace)

    assert [span.kind for span in view.spans] == ["attempt", "queue"]


async def test_a_trace_begins_with_its_earliest_span_and_children_come_later(telemetry, say, clock):
    started_at = clock.now_ms()
    trace = telemetry.new_trace()
    parent = telemetry.new_span()
    await clock.advance(2)
    say.failure(trace=trace, parent=parent)
    say.request(trace=trace, span=parent, started_at=started_at, total_us=500, wait_us=100, handler_us=200)
    say.log("inside", trace=trace)

    view = await telemetry.trace(trace)

    assert view.started_at == started_at
    assert [span.kind for span in view.spans[:2]] == ["request", "handler"]
    assert (view.spans[1].offset_us, view.spans[1].duration_us) == (200, 200)
    assert view.spans[2].offset_us == 2_000_000
    assert view.is_failed
    assert [line.message for line in view.logs] == ["inside"]
    failed = next(span for span in view.spans if span.kind == "attempt")
    assert (failed.error_name, failed.parent) == ("ValueError", parent)


async def test_a_trace_of_which_only_lines_are_left_is_shown(telemetry, say, clock):
    say.log("alone", trace="t")

    view = await telemetry.trace("t")

    assert (view.spans, view.started_at) == ((), clock.now_ms())
    assert await telemetry.trace("unknown") is None


async def test_what_a_run_waited_is_part_of_its_trace_in_the_list_and_in_the_waterfall(telemetry, say, clock):
    accepted_at = clock.now_ms()
    await clock.advance(3.0)
    trace = say.attempt(created_at=accepted_at)

    view = await telemetry.trace(trace)
    (listed,) = (await telemetry.traces(TraceFilter(slower_than_ms=3_010), limit=5)).traces

    assert (view.started_at, view.duration_us) == (accepted_at, 3_016_000)
    assert (listed.started_at, listed.duration_us) == (view.started_at, view.duration_us)
    assert [(span.kind, span.offset_us) for span in view.spans[:2]] == [
        ("attempt", 3_000_000),
        ("queue", 3_000_000),
    ]


async def test_a_retry_waits_inside_its_trace(telemetry, say, clock):
    accepted_at = clock.now_ms()
    trace = say.attempt(outcome="retrying", error_name="E")
    await clock.advance(2.0)
    say.attempt(trace=trace, attempt=2, created_at=accepted_at)

    view = await telemetry.trace(trace)
    (listed,) = (await telemetry.traces(TraceFilter(), limit=5)).traces

    assert view.duration_us == listed.duration_us == 2_016_000
