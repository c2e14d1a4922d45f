import asyncio
import random
import threading
from pathlib import Path

import pytest

from motia.project import Config, Retention
from motia.runtime import SystemClock
from motia.telemetry import LogFilter, Telemetry

LIMIT_S = 20


@pytest.fixture
async def on_disk(tmp_path):
    made = Telemetry(
        tmp_path / "telemetry.db",
        clock=SystemClock(),
        random=random.Random(7),
        config=Config(root=tmp_path),
    )
    await made.start()
    yield made
    await made.stop()


def log(telemetry, message, **given):
    telemetry.log(level="info", message=message, at=1, **given)


async def test_a_query_sees_everything_recorded_before_it(on_disk):
    for number in range(300):
        log(on_disk, f"line {number}")

    page = await on_disk.logs(limit=1_000)

    assert len(page.logs) == 300
    assert page.logs[0].message == "line 299"


async def test_the_feed_gets_records_without_any_query(on_disk):
    with on_disk.feed.subscribe() as subscription:
        on_disk.run_changed("00000000000000a1", "send-mail", "running", "t", 1)

        item = await asyncio.wait_for(anext(subscription), LIMIT_S)

    assert (item.kind, item.data["state"]) == ("run", "running")


async def test_records_of_many_threads_all_arrive(on_disk):
    def work(number):
        for _ in range(200):
            on_disk.edge_observed("a", str(number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join, LIMIT_S)

    edges = await on_disk.flow_observed()

    assert sum(edge.count for edge in edges) == 1_600


async def test_what_was_recorded_before_stop_is_there_after_a_restart(on_disk):
    log(on_disk, "last words", run="00000000000000a1")
    await on_disk.stop()
    await on_disk.start()

    page = await on_disk.logs(LogFilter(run="00000000000000a1"))

    assert [line.message for line in page.logs] == ["last words"]


async def test_metrics_of_a_minute_go_on_after_a_restart(on_disk):
    for _ in range(2):
        on_disk.request(
            trace=on_disk.new_trace(),
            span=on_disk.new_span(),
            parent=None,
            step="a",
            method="GET",
            path="/",
            status=200,
            started_at=1,
            total_us=5,
            wait_us=0,
            handler_us=1,
        )
        await on_disk.stop()
        await on_disk.start()

    (total, _) = await on_disk.metrics()

    assert total.count == 2


async def test_start_and_stop_are_safe_twice_and_in_the_wrong_order(tmp_path):
    telemetry = Telemetry(
        tmp_path / "t.db", clock=SystemClock(), random=random.Random(1), config=Config(root=tmp_path)
    )
    await telemetry.stop()
    await asyncio.gather(telemetry.start(), telemetry.start())
    await asyncio.gather(telemetry.stop(), telemetry.stop(), telemetry.start())
    await telemetry.stop()

    assert not telemetry.is_started
    assert not [thread for thread in threading.enumerate() if "telemetry" in thread.name]


async def test_recording_before_start_and_after_stop_is_harmless(tmp_path):
    telemetry = Telemetry(
        tmp_path / "t.db", clock=SystemClock(), random=random.Random(1), config=Config(root=tmp_path)
    )
    log(telemetry, "early")
    await telemetry.start()
    page = await telemetry.logs()
    await telemetry.stop()
    for _ in range(11_000):
        telemetry.edge_observed("a", "b")

    assert [line.message for line in page.logs] == ["early"]


async def test_a_damaged_file_does_not_stop_the_engine_and_is_told_of(tmp_path):
    path = tmp_path / "telemetry.db"
    path.write_bytes(b"this is no database" * 1_000)
    telemetry = Telemetry(path, clock=SystemClock(), random=random.Random(1), config=Config(root=tmp_path))
    await telemetry.start()

    page = await telemetry.logs()
    await telemetry.stop()

    assert "set aside" in page.logs[0].message
    assert telemetry.counters["telemetry_set_aside"] == 1


async def test_a_file_that_cannot_be_made_leaves_telemetry_in_memory(tmp_path):
    (tmp_path / "file").write_text("x")
    telemetry = Telemetry(
        tmp_path / "file" / "t.db", clock=SystemClock(), random=random.Random(1), config=Config(root=tmp_path)
    )
    await telemetry.start()
    log(telemetry, "still here")

    page = await telemetry.logs()
    await telemetry.stop()

    assert page.logs[0].message == "still here"


async def test_what_a_full_disk_refuses_is_counted_and_said_later(on_disk):
    on_disk._store.connection.execute("PRAGMA max_page_count = 30").fetchall()
    for number in range(400):
        log(on_disk, "x" * 900, step=f"s{number}")
        if number % 20 == 0:
            await on_disk.logs(limit=1)

    assert on_disk.counters["telemetry_dropped"] > 0
    on_disk._store.connection.execute("PRAGMA max_page_count = 100000").fetchall()
    log(on_disk, "back again")
    assert (await on_disk.logs(limit=1)).logs[0].message == "back again"


async def test_a_reader_follows_to_the_new_file_when_the_old_one_is_set_aside(on_disk, tmp_path):
    log(on_disk, "old")
    await on_disk.logs()
    damaged = OSError("damaged")
    await asyncio.wrap_future(on_disk._on_writer(lambda: on_disk._store.set_aside(damaged)))
    log(on_disk, "new")

    page = await on_disk.logs()

    assert [line.message for line in page.logs] == ["new"]


async def test_log_sinks_get_redacted_lines_and_a_failing_one_harms_nobody(telemetry, say, clock):
    lines = []

    def fail(line):
        raise RuntimeError("a sink's own fault")

    telemetry.on_log(fail)
    stop = telemetry.on_log(lines.append)
    say.log("password=abc", step="a")
    await clock.advance(0.2)
    stop()
    say.log("unheard")
    await clock.advance(0.2)

    assert [(line["message"], line["step"], line["at"]) for line in lines] == [
        ("password=[redacted]", "a", clock.now_ms() - 400)
    ]
    assert telemetry.counters["log_sink_faults"] == 2


async def test_in_memory_nothing_runs_beside_the_loop(telemetry, say, clock):
    say.log("x")
    await clock.advance(1.0)

    assert (await telemetry.logs()).logs
    assert not [thread for thread in threading.enumerate() if "telemetry" in thread.name]


async def test_two_runs_with_one_seed_are_equal(make, clock):
    from motia.runtime import FrozenClock

    def run():
        frozen = FrozenClock()
        made = Telemetry(None, clock=frozen, random=random.Random(5), config=Config(root=Path("/nowhere")))
        return [made.new_trace() for _ in range(5)] + [made.new_span() for _ in range(5)]

    assert run() == run()


async def test_old_rows_go_by_themselves(clock):
    config = Config(root=Path("/nowhere"), retention=Retention(logs_s=100.0))
    telemetry = Telemetry(None, clock=clock, random=random.Random(1), config=config)
    await telemetry.start()
    for number in range(1_300):
        telemetry.log(level="info", message=str(number), at=clock.now_ms())
    await telemetry.logs()
    clock.jump(90)
    telemetry.log(level="info", message="young", at=clock.now_ms())
    kept = await telemetry.logs(limit=1_000)
    clock.jump(60)
    await clock.advance(12)

    left = await telemetry.logs(limit=1_000)
    await telemetry.stop()

    assert len(kept.logs) == 1_000
    assert [line.message for line in left.logs] == ["young"]
