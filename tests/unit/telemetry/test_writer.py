import random
from pathlib import Path

import msgspec
import pytest

from motia.project import Config
from motia.telemetry import Telemetry, fingerprint_of_error
from motia.telemetry.records import LOG, RUN
from motia.telemetry.store import Store
from motia.telemetry.writer import FEED_ITEMS_PER_KIND, FEED_ITEMS_UNHEARD, BatchWriter


@pytest.fixture
async def unsampled(clock):
    """Telemetry that stores no plain request at all."""
    config = Config(root=Path("/nowhere"), trace_sample_per_s=0)
    made = Telemetry(None, clock=clock, random=random.Random(7), config=config)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def telemetry(unsampled):
    return unsampled


async def stored(telemetry):
    return {trace.trace for trace in (await telemetry.traces(limit=1_000)).traces}


async def test_counts_are_exact_although_no_trace_is_stored(telemetry, say):
    for _ in range(500):
        say.request()

    (total, step) = await telemetry.metrics()

    assert (total.count, step.count, total.errors) == (500, 500, 0)
    assert await stored(telemetry) == set()


async def test_failed_slow_and_triggering_requests_are_always_stored(telemetry, say):
    kept = {
        say.request(status=500),
        say.request(error="ValueError: no"),
        say.request(total_us=1_000_001),
        say.request(triggered=True),
    }
    say.request(status=404)
    say.request()

    assert await stored(telemetry) == kept


def test_a_batch_nobody_hears_gives_the_feed_few_runs_but_all_logs_and_errors():
    store = Store(None)
    store.open()
    writer = BatchWriter(store, sample_per_s=0)
    runs = [(RUN, f"{n:016x}", "a", "running", "t", 1, n) for n in range(100)]
    logs = [(LOG, "info", "hello", n, "a", None, None, 0, None, "engine") for n in range(100)]

    written = writer.write([*runs, *logs], 0, is_heard=False)

    kinds = [kind for kind, _, _ in written.feed]
    assert (kinds.count("run"), kinds.count("log")) == (FEED_ITEMS_UNHEARD, 100)
    assert written.feed_dropped == 100 - FEED_ITEMS_UNHEARD
    assert written.feed[FEED_ITEMS_UNHEARD - 1][1] == 99
    store.close()


async def test_attempts_are_always_stored(telemetry, say):
    traces = {say.attempt() for _ in range(20)}

    assert await stored(telemetry) == traces


async def test_user_spans_of_a_request_share_its_fate(telemetry, say, clock):
    kept, dropped = telemetry.new_trace(), telemetry.new_trace()
    for trace in (kept, dropped):
        telemetry.user_span(
            trace=trace,
            span=telemetry.new_span(),
            parent=telemetry.new_span(),
            name="query",
            step="get-user",
            run=None,
            started_at=clock.now_ms(),
            duration_us=10,
            fields=b'{"rows": 3, "token": "abc"}',
        )
    await clock.advance(1.0)
    say.request(trace=kept, status=500)
    say.request(trace=dropped)

    view = await telemetry.trace(kept)

    (span,) = [span for span in view.spans if span.kind == "user"]
    assert msgspec.json.decode(span.fields) == {"rows": 3, "token": "[redacted]"}
    assert await telemetry.trace(dropped) is None


async def test_equal_failures_are_one_group_that_counts(telemetry, say, clock):
    first_at = clock.now_ms()
    for _ in range(3):
        say.failure()
    await clock.advance(5.0)
    last = say.failure(error_message="no such user 7", run="00000000000000b2")
    say.failure(error_name="KeyError")

    page = await telemetry.errors()

    group = next(group for group in page.errors if group.name == "ValueError")
    assert (group.count, group.step, group.file, group.function) == (
        4,
        "send-mail",
        "motia/steps/mail.py",
        "send",
    )
    assert (group.message, group.run, group.trace) == ("no such user 7", "00000000000000b2", last)
    assert group.first_seen_at < group.last_seen_at
    assert group.first_seen_at >= first_at
    assert len(page.errors) == 2


async def test_a_group_has_its_own_minutes(telemetry, say, clock):
    say.failure()
    say.failure()
    say.failure(error_name="KeyError")
    await clock.advance(60.0)
    say.failure()
    for _ in range(5):
        say.attempt()

    groups = {group.name: group for group in (await telemetry.errors()).errors}

    assert [point.count for point in groups["ValueError"].points] == [2, 1]
    assert [point.count for point in groups["KeyError"].points] == [1]
    assert len({point.minute_at for point in groups["ValueError"].points}) == 2


async def test_a_list_shows_the_last_hour_and_one_group_the_last_day(telemetry, say, clock):
    say.failure()
    await clock.advance(2 * 3_600.0)
    say.failure()
    (group,) = (await telemetry.errors()).errors

    assert len(group.points) == 1
    assert len((await telemetry.error(group.fingerprint)).points) == 2


async def test_what_was_opened_by_hand_is_not_called_again(telemetry, say):
    say.failure()
    (group,) = (await telemetry.errors()).errors
    await telemetry.resolve_error(group.fingerprint)
    say.failure()
    assert (await telemetry.error(group.fingerprint)).again_at is not None

    await telemetry.resolve_error(group.fingerprint)
    opened = await telemetry.resolve_error(group.fingerprint, resolved=False)
    say.failure()

    assert opened.again_at is None
    assert (await telemetry.error(group.fingerprint)).again_at is None


async def test_runs_belong_to_what_they_failed_with_last(telemetry, say):
    for number in range(1, 6):
        say.failure(run=f"{number:016x}", outcome="retrying")
        say.failure(run=f"{number:016x}", attempt=2)
    say.failure(run=f"{5:016x}", attempt=3, error_name="KeyError")
    say.attempt(run=f"{4:016x}", attempt=3)
    say.request(status=500, error="ValueError: no such user")
    groups = {group.name: group for group in (await telemetry.errors(step="send-mail")).errors}
    fingerprint = groups["ValueError"].fingerprint

    newest = await telemetry.failed_runs(fingerprint, limit=2)
    rest = await telemetry.failed_runs(fingerprint, limit=9, before=newest[-1])

    assert newest == (f"{4:016x}", f"{3:016x}")
    assert rest == (f"{2:016x}", f"{1:016x}")
    assert await telemetry.failed_runs(groups["KeyError"].fingerprint, limit=9) == (f"{5:016x}",)
    assert await telemetry.failed_runs("0" * 16, limit=9) == ()


async def test_the_fingerprint_of_an_error_is_what_it_is_counted_under(telemetry, say):
    stack = (
        'File "motia/steps/mail.py", line 12, in send\n'
        + "x" * 70_000
        + '\nFile "motia/steps/b.py", line 1, in b'
    )
    say.failure(error_stack=stack)

    (group,) = (await telemetry.errors()).errors

    assert fingerprint_of_error("send-mail", "ValueError", stack) == group.fingerprint


async def test_a_resolved_group_opens_again_when_it_fails_again(telemetry, say):
    say.failure()
    (group,) = (await telemetry.errors()).errors

    resolved = await telemetry.resolve_error(group.fingerprint)
    hidden = await telemetry.errors(resolved=False)
    say.failure()
    (again,) = (await telemetry.errors(resolved=False)).errors

    assert resolved.is_resolved
    assert hidden.errors == ()
    assert (again.count, again.is_resolved, again.again_at) == (2, False, again.last_seen_at)
    assert await telemetry.resolve_error("0" * 16) is None


async def test_retried_attempts_are_errors_and_released_ones_are_not_counted(telemetry, say):
    for outcome in ("completed", "retrying", "dead", "released", "cancelled"):
        say.attempt(outcome=outcome)

    (total, _) = await telemetry.metrics()

    assert (total.count, total.errors) == (3, 2)


async def test_nothing_reaches_store_or_feed_unredacted(telemetry, say):
    secret = "ghp_" + "a1B2" * 9
    with telemetry.feed.subscribe() as subscription:
        say.log(f"token is {secret}", fields=msgspec.json.encode({"password": "hunter2", "x": secret}))
        say.request(path=f"/a?q={secret}", status=500, error=f"ValueError: {secret}")
        trace = say.failure(error_message=secret, error_stack=f'File "a.py", line 1, in f\n{secret}')
        logs = await telemetry.logs()
        view = await telemetry.trace(trace)
        errors = await telemetry.errors()
        traces = await telemetry.traces()
        items = []
        while (item := subscription.try_next()) is not None:
            items.append(item)

    shown = b"".join(map(msgspec.json.encode, (logs, view, errors, traces, items)))
    assert len(items) == 4
    assert secret.encode() not in shown
    assert b"hunter2" not in shown


async def test_a_record_that_cannot_be_used_costs_only_itself(telemetry, say):
    say.log("before")
    telemetry.user_span(
        trace="t", span="s", parent="p", name=17, step="a", run=None, started_at=1, duration_us=1, fields=None
    )
    say.log("after")

    page = await telemetry.logs()

    assert [line.message for line in page.logs] == ["after", "before"]
    assert telemetry.counters["telemetry_dropped"] == 1


async def test_text_that_sqlite_cannot_take_is_stored_readable(telemetry, say):
    say.log("lone \ud800 surrogate", at=1 << 70)
    say.log("plain")

    page = await telemetry.logs()

    assert [line.message for line in page.logs] == ["plain", "lone ? surrogate"]


async def test_a_flood_reaches_the_feed_capped_and_says_what_was_left_out(telemetry, say):
    with telemetry.feed.subscribe() as subscription:
        for number in range(FEED_ITEMS_PER_KIND + 30):
            say.request(path=f"/{number}")
        say.log("not left out")
        await telemetry.logs()
        first = subscription.try_next()
        rest = []
        while (item := subscription.try_next()) is not None:
            rest.append(item)

    assert first.dropped >= 30
    assert rest[-1].data["message"] == "not left out"


async def test_metrics_of_one_minute_add_up_over_batches_and_minutes_are_apart(telemetry, say, clock):
    for _ in range(3):
        say.request()
        await clock.advance(0.2)
    clock.jump(60)
    say.request()

    (total, _) = await telemetry.metrics()

    assert [point.count for point in total.points] == [3, 1]
    assert 800 <= total.p50_us <= 1_000
    assert total.rate_per_s == pytest.approx(4 / 3_600, rel=0.1)


async def test_a_refused_request_is_no_failure_of_its_step_and_a_failed_one_has_its_stack(telemetry, say):
    refused = "HttpError: out of stock"
    say.request(step="order", status=409, error=refused)
    say.request(step="order", status=422, error="validation failed")
    say.request(step="order", status=499, error="the client left")
    trace = say.request(
        step="order",
        status=500,
        error="ValueError: no such item",
        stack='File "motia/steps/order.py", line 12, in order\nValueError: no such item, password=hunter22',
    )

    total, _ = await telemetry.metrics()
    (group,) = (await telemetry.errors()).errors
    root = (await telemetry.trace(trace)).spans[0]

    assert (total.count, total.errors) == (4, 1)
    assert (group.name, group.file, group.line, group.function) == (
        "ValueError",
        "motia/steps/order.py",
        12,
        "order",
    )
    assert "line 12" in root.error_stack
    assert "hunter22" not in root.error_stack + group.stack
