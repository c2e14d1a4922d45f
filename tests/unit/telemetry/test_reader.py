import pytest

from motia.model import CallerError, WorldError
from motia.telemetry import LogFilter, TraceFilter


async def messages(telemetry, **where):
    return [line.message for line in (await telemetry.logs(LogFilter(**where))).logs]


async def test_lines_are_found_by_each_field(telemetry, say, clock):
    say.log("one", step="a", trace="t1", run="r1", level="debug", source="print")
    say.log("two", step="b", trace="t2", run="r2", level="warn", fields=b'{"order":"Zebra"}')
    say.log("three 50% off_now", step="b", trace="t2", run="r3", level="error")

    assert await messages(telemetry, step="b") == ["three 50% off_now", "two"]
    assert await messages(telemetry, trace="t1") == ["one"]
    assert await messages(telemetry, run="r2") == ["two"]
    assert await messages(telemetry, level="warn") == ["three 50% off_now", "two"]
    assert await messages(telemetry, source="print") == ["one"]
    assert await messages(telemetry, text="zebra") == ["two"]
    assert await messages(telemetry, text="50% off_") == ["three 50% off_now"]
    assert await messages(telemetry, text="5%n") == []
    assert await messages(telemetry, text="order=zeb") == ["two"]
    assert await messages(telemetry, text="rder=zeb") == []
    assert await messages(telemetry, step="b", level="error") == ["three 50% off_now"]


async def test_lines_are_found_by_time(telemetry, say, clock):
    say.log("early")
    await telemetry.logs()
    clock.jump(3_600)
    noon = clock.now_ms()
    say.log("late")

    assert await messages(telemetry, since=noon) == ["late"]
    assert await messages(telemetry, until=noon - 1) == ["early"]


async def test_pages_follow_each_other_without_gap_or_overlap(telemetry, say, clock):
    for number in range(25):
        say.log(str(number))
        await clock.advance(0.05)

    found, cursor = [], None
    for _ in range(3):
        page = await telemetry.logs(limit=10, cursor=cursor)
        found += [line.message for line in page.logs]
        cursor = page.cursor

    assert found == [str(number) for number in reversed(range(25))]
    assert cursor is None


async def test_what_is_no_cursor_and_no_level_is_refused(telemetry, say):
    with pytest.raises(CallerError, match="cursor"):
        await telemetry.logs(cursor="1; DROP TABLE logs")
    with pytest.raises(CallerError, match="loud"):
        await telemetry.logs(LogFilter(level="loud"))


async def test_a_query_that_takes_too_long_is_ended(telemetry, say, clock, monkeypatch):
    for number in range(4_000):
        say.log("x" * 50, step=f"s{number}")
    await telemetry.logs()
    readings = iter(range(0, 10**9, 30))
    monkeypatch.setattr(clock, "mono", lambda: float(next(readings)))

    with pytest.raises(WorldError, match="longer than 5 s"):
        await telemetry.logs(LogFilter(text="nowhere"))


async def test_a_trace_is_listed_once_at_its_first_root(telemetry, say):
    trace = say.request(triggered=True)
    say.request(trace=trace, status=500, error="ValueError: no")
    say.attempt(trace=trace, parent=telemetry.new_span())
    other = say.request(triggered=True, step="other")

    page = await telemetry.traces()

    assert [summary.trace for summary in page.traces] == [other, trace]
    assert (page.traces[1].spans, page.traces[1].errors, page.traces[1].name) == (3, 1, "GET /users/1")


async def test_a_topic_with_three_subscribers_is_one_trace(telemetry, say):
    trace = telemetry.new_trace()
    for step in ("a", "b", "c"):
        say.attempt(trace=trace, step=step)

    (summary,) = (await telemetry.traces()).traces

    assert (summary.step, summary.spans) == ("a", 3)


async def test_traces_are_found_by_step_failure_length_and_text(telemetry, say):
    failed = say.attempt()
    say.failure(trace=failed, parent=telemetry.new_span(), step="child")
    slow = say.request(total_us=2_500_000, path="/slow")
    plain = say.request(triggered=True)

    async def found(**where):
        return {summary.trace for summary in (await telemetry.traces(TraceFilter(**where))).traces}

    assert await found(is_failed=True) == {failed}
    assert await found(is_failed=False) == {slow, plain}
    assert await found(slower_than_ms=2_000) == {slow}
    assert await found(text="/slow") == {slow}
    assert await found(step="send-mail") == {failed}


async def test_a_trace_is_found_by_the_error_of_any_of_its_spans(telemetry, say):
    by_member = say.request(triggered=True, path="/orders")
    say.attempt(trace=by_member, parent=telemetry.new_span())
    say.failure(trace=by_member, parent=telemetry.new_span(), error_name="Early", error_message="at first")
    say.failure(trace=by_member, parent=telemetry.new_span(), error_name="Refused", error_message="50% off")
    by_root = say.failure(error_name="Refused", error_message="no card")
    say.request(triggered=True, path="/other")

    async def found(**where):
        page = await telemetry.traces(TraceFilter(**where))
        return [(summary.trace, summary.error) for summary in page.traces]

    assert await found(text="refused") == [(by_root, "Refused: no card"), (by_member, "Refused: 50% off")]
    assert await found(text="Refused: 50%") == [(by_member, "Refused: 50% off")]
    assert await found(text="50%f") == []
    assert await found(text="refused", is_failed=False) == []
    # Without a text, and found by its name: of what failed, the first.
    assert (await found(is_failed=True))[1] == (by_member, "Early: at first")
    assert await found(text="/orders") == [(by_member, "Early: at first")]


async def test_pages_of_errors_follow_each_other(telemetry, say, clock):
    for number in range(5):
        say.failure(error_name=f"E{number}")

    first = await telemetry.errors(limit=3)
    second = await telemetry.errors(limit=3, cursor=first.cursor)

    assert len({group.name for group in (*first.errors, *second.errors)}) == 5
    assert second.cursor is None


async def test_metrics_can_be_asked_of_one_step_and_of_a_window(telemetry, say, clock):
    say.request(step="a")
    await telemetry.metrics()
    clock.jump(7_200)
    say.request(step="a")
    say.request(step="b", status=500)

    (only_a,) = await telemetry.metrics("a", window_s=600)
    everything = await telemetry.metrics(window_s=86_400)

    assert (only_a.step, only_a.count) == ("a", 1)
    assert [(part.step, part.count, part.errors) for part in everything] == [
        ("", 3, 1),
        ("a", 2, 0),
        ("b", 1, 1),
    ]


async def test_observed_edges_are_counted(telemetry, say):
    for _ in range(3):
        telemetry.edge_observed("a", "b")
    telemetry.edge_observed("a", "c")

    edges = await telemetry.flow_observed()

    assert [(edge.source, edge.target, edge.count) for edge in edges] == [("a", "b", 3), ("a", "c", 1)]
