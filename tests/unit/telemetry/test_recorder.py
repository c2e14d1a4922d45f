import msgspec

from motia.model import RunState
from motia.telemetry.feed import Feed
from motia.telemetry.recorder import (
    DROPPED_RUNS_MAX,
    HALF_RING,
    LOG_BYTES_MAX,
    LOG_LINES_PER_S,
    RING_RECORDS,
    RUNS_UNHEARD,
    RingRecorder,
)
from motia.telemetry.records import DROPPED


class Holding(RingRecorder):
    """A recorder whose writer never takes anything."""

    def _hand_over(self):
        return False

    @property
    def ring(self):
        return self._ring


def say(recorder, message="x", **given):
    recorder.log(**{"level": "info", "message": message, "at": 1, "step": "a"} | given)


def test_a_full_ring_drops_the_oldest_and_counts(clock):
    recorder = Holding(clock, Feed(clock), is_always_heard=False)

    for number in range(RING_RECORDS + 7):
        recorder.edge_observed("a", str(number))

    assert len(recorder.ring) == RING_RECORDS
    assert recorder.ring[0][2] == "7"
    assert recorder.counters == {"telemetry_dropped": 7}


async def test_a_ring_that_is_half_full_is_handed_over_without_waiting_for_the_timer(telemetry, say):
    for _ in range(HALF_RING + 1):
        telemetry.edge_observed("a", "b")

    (edge,) = telemetry._reader.flow_observed()
    assert edge.count == HALF_RING


def test_lines_beyond_the_rate_are_dropped(clock):
    recorder = Holding(clock, Feed(clock), is_always_heard=False)

    for _ in range(LOG_LINES_PER_S + 50):
        say(recorder)
    say(recorder, step="b")

    assert len(recorder.ring) == LOG_LINES_PER_S + 1


async def test_dropped_lines_are_counted_and_summed_up_in_one_line(telemetry, say, clock):
    for _ in range(LOG_LINES_PER_S + 50):
        say.log(step="noisy")
    await clock.advance(2.0)

    page = await telemetry.logs(limit=1)

    assert page.logs[0].level == "warn"
    assert "50 log lines of noisy were dropped" in page.logs[0].message
    assert telemetry.counters["log_lines_dropped"] == 50


async def test_a_step_may_log_again_in_the_next_second(telemetry, say, clock):
    for _ in range(LOG_LINES_PER_S + 50):
        say.log(step="noisy")
    await clock.advance(1.1)
    say.log("again", step="noisy")

    page = await telemetry.logs(limit=1)

    assert page.logs[0].message == "again"


def test_long_lines_and_fields_are_cut_with_a_mark(clock):
    recorder = Holding(clock, Feed(clock), is_always_heard=False)

    say(recorder, "x" * (LOG_BYTES_MAX + 100), fields=msgspec.json.encode({"a": "y" * 50_000}))

    message, fields = recorder.ring[0][2], recorder.ring[0][8]
    assert message == "x" * LOG_BYTES_MAX + "… (100 bytes cut)"
    assert msgspec.json.decode(fields)["cut"].endswith("bytes cut)")
    assert len(fields) < LOG_BYTES_MAX + 1_000


def test_a_line_that_a_worker_cut_already_keeps_the_worker_s_mark(clock):
    recorder = Holding(clock, Feed(clock), is_always_heard=False)
    message = "x" * LOG_BYTES_MAX + "… (5000 bytes cut)"

    say(recorder, message)

    assert recorder.ring[0][2] == message


def test_log_text_in_the_ring_is_bounded(clock):
    recorder = Holding(clock, Feed(clock), is_always_heard=False)

    for number in range(3_000):
        say(recorder, "x" * 16_000, step=f"s{number}")

    held = sum(len(record[2]) for record in recorder.ring)
    assert held <= 16 * 1024 * 1024
    assert recorder.counters["log_lines_dropped"] == 3_000 - len(recorder.ring)


def change(recorder, number):
    recorder.run_changed(str(number), "a", RunState.READY, "t", 0)


def test_while_nobody_listens_the_newest_changes_of_runs_are_kept_and_the_others_counted(clock):
    recorder = Holding(clock, Feed(clock), is_always_heard=False)

    for number in range(RUNS_UNHEARD + 5):
        change(recorder, number)
    batch, left_out = recorder._take()

    assert [record[1] for record in batch] == [str(number) for number in range(5, RUNS_UNHEARD + 5)]
    assert left_out == 5
    assert recorder._take() == ([], 0)


def test_whoever_listens_hears_of_every_change_of_a_run(clock):
    feed = Feed(clock)
    recorder = Holding(clock, feed, is_always_heard=False)

    with feed.subscribe():
        for number in range(RUNS_UNHEARD + 5):
            change(recorder, number)
    change(recorder, "unheard")
    batch, left_out = recorder._take()

    assert len(batch) == RUNS_UNHEARD + 6
    assert left_out == 0


async def test_runs_and_requests_know_how_many_of_their_lines_were_dropped(telemetry, say, clock):
    for number in range(LOG_LINES_PER_S + 30):
        say.log(step="noisy", trace="t1", run="r1" if number % 2 else None)
    say.log(step="quiet", trace="t2", run="r2")
    say.log(source="engine")
    telemetry.log_dropped("t1", "r1")
    await clock.advance(2.0)

    assert await telemetry.lines_dropped("t1", "r1") == 16
    assert await telemetry.lines_dropped("t2", "r2") == 0
    view = await telemetry.trace("t1")
    assert view is not None
    assert view.log_lines_dropped == 31


def test_what_is_kept_of_dropped_lines_is_bounded(clock):
    recorder = Holding(clock, Feed(clock), is_always_heard=False)

    for number in range(DROPPED_RUNS_MAX + 10):
        recorder.log_dropped("t", f"{number}")  # type: ignore[arg-type]
        recorder.log_dropped("t", "0")  # type: ignore[arg-type]
    batch, _ = recorder._take()

    assert len(batch) == DROPPED_RUNS_MAX
    assert batch[0] == (DROPPED, "t", "0", DROPPED_RUNS_MAX + 11)
    assert recorder._is_empty
