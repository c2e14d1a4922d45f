"""The supervisor over real processes: answers, deaths, cancels, pools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.doubles.processes import is_alive

from motia.model import RunId, SpanId, StepId, TraceId
from motia.protocol import Log
from motia.runtime import FrozenClock
from motia.workers import Died, Failed, Lane, NoWorker, Origin, Responded, Returned
from motia.workers.worker import LOGS_BURST

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench


async def test_start_returns_when_the_steps_are_loaded(bench: Bench) -> None:
    bench.write("one.json", "a", "b")
    bench.write_text("two.json", "not json")

    supervisor = await bench.start()

    assert [step.id for step in supervisor.manifest.steps] == ["a", "b"]
    assert [fault.file for fault in supervisor.manifest.faults] == ["two.json"]
    assert supervisor.has_step(StepId("a"))
    assert not supervisor.has_step(StepId("z"))
    assert bench.told.manifests == [supervisor.manifest]


async def test_an_invocation_is_answered_with_what_the_handler_returned(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    answer = await bench.answer(bench.invoke(n=1))

    assert answer == Returned(b'{"n":1}', 7, 0)


async def test_an_api_invocation_is_answered_with_a_response(bench: Bench) -> None:
    bench.write("one.json", "api:a")
    await bench.start()

    answer = await bench.answer(bench.invoke(kind="api", body=b"sent"))

    assert answer == Responded(201, (("x-a", "b"),), b"sent", None, 0, 0)


async def test_a_status_that_http_does_not_have_is_a_failure(bench: Bench) -> None:
    bench.write("one.json", "api:a")
    await bench.start()

    answer = await bench.answer(bench.invoke(kind="api", status=99))

    assert isinstance(answer, Failed)
    assert answer.failure.name == "InvalidResponse"


async def test_a_failure_is_passed_on(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    answer = await bench.answer(bench.invoke(do="fail"))

    assert isinstance(answer, Failed)
    assert (answer.failure.name, answer.failure.kind) == ("ValueError", "error")


async def test_a_step_that_nobody_loaded_gets_no_worker(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()

    answer = await bench.answer(bench.invoke("z"))

    assert isinstance(answer, NoWorker)
    assert supervisor.free_slots(StepId("z")) == 0


async def test_a_payload_that_fits_no_frame_fails_the_invocation_only(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    answer = await bench.answer(bench.invoke(text="x" * 17_000_000))

    assert isinstance(answer, Failed)
    assert answer.failure.kind == "fatal"
    assert await bench.value(bench.invoke(n=1)) == {"n": 1}


async def test_a_worker_that_exits_answers_all_its_invocations_and_is_replaced(bench: Bench) -> None:
    bench.write("one.json", "a", "b")
    supervisor = await bench.start()

    hanging = bench.invoke("b", do="hang")
    dying = bench.invoke(do="exit", code=3)
    answers = [await bench.answer(hanging), await bench.answer(dying)]

    assert answers == [Died("python-1", "exited with code 3", False)] * 2
    await bench.until(lambda: supervisor.has_step(StepId("a")))
    assert await bench.value(bench.invoke(n=2)) == {"n": 2}
    info = supervisor.info()[0]
    assert (info.restarts, info.last_error, info.follows_death) == (1, "", "exited with code 3")


async def test_what_becomes_of_each_worker_is_told(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()
    await bench.answer(bench.invoke(do="exit", code=3))
    await bench.until(lambda: supervisor.has_step(StepId("a")))

    assert [change for name, change in bench.told.changes if name == "python-1"] == ["ready", "died"]
    assert [change for name, change in bench.told.changes if name != "python-1"] == ["ready"]


async def test_a_worker_that_dies_with_one_invocation_says_that_it_was_alone(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    answer = await bench.answer(bench.invoke(do="signal", signal="SIGSEGV"))

    assert answer == Died("python-1", "killed by SIGSEGV", True)


async def test_a_kill_that_is_not_ours_hints_at_memory(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    answer = await bench.answer(bench.invoke(do="signal", signal="SIGKILL"))

    assert isinstance(answer, Died)
    assert "memory" in answer.reason


async def test_what_a_worker_sent_before_its_exit_counts(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    assert await bench.value(bench.invoke(do="answer_and_exit")) == "last words"


async def test_a_closed_connection_is_a_death_and_the_process_is_killed(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()
    pid = supervisor.info()[0].pid

    answer = await bench.answer(bench.invoke(do="close"))

    assert isinstance(answer, Died)
    assert answer.reason == "closed its connection without exiting"
    await bench.until(lambda: not is_alive(pid))


@pytest.mark.parametrize("fault", ["garbage", "wrong_state"])
async def test_a_worker_that_breaks_the_protocol_is_killed_and_replaced(bench: Bench, fault: str) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()

    answer = await bench.answer(bench.invoke(do=fault))

    assert isinstance(answer, Died)
    assert answer.reason.startswith("protocol fault")
    assert bench.told.has_logged("broke the protocol")
    await bench.until(lambda: supervisor.has_step(StepId("a")))


async def test_messages_about_what_is_over_are_ignored_and_logs_are_kept(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()

    assert await bench.value(bench.invoke(do="twice")) == 1
    await bench.until(lambda: bench.told.has_logged("afterwards"))

    assert bench.told.spans == []
    assert bench.told.logs[-1][0] is None
    assert supervisor.has_step(StepId("a"))


async def test_logs_and_spans_carry_the_origin_of_their_invocation(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    await bench.answer(bench.invoke(do="log", attempt=2))

    origin, worker, log = bench.told.logs[0]
    assert origin is not None
    assert (origin.step, origin.attempt, worker, log.message) == ("a", 2, "python-1", "careful")
    assert bench.told.spans[0][0] == origin
    assert bench.told.stalls[0][1].stack == "here"


async def test_output_becomes_log_lines_of_the_worker(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    await bench.answer(bench.invoke(do="print", text="one\ntwo\n"))
    await bench.until(lambda: bench.told.has_logged("to stderr") and bench.told.has_logged("two"))

    lines = {(log.message, log.source) for origin, _, log in bench.told.logs if origin is None}
    assert {("one", "print"), ("two", "print"), ("to stderr", "stderr")} <= lines


async def test_a_flood_of_output_is_bounded_and_counted(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(clock=(clock := FrozenClock()))

    await bench.answer(bench.invoke(do="print", text="x\n" * 1_000, times=20))
    await bench.until(lambda: supervisor.log_lines_dropped >= 15_000)
    assert len(bench.told.logs) <= 5_002

    await clock.advance(1.0)
    await bench.answer(bench.invoke(do="print", text="again\n"))
    await bench.until(lambda: bench.told.has_logged("were dropped"))


async def test_grandchildren_end_with_their_worker(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()
    grandchild = await bench.value(bench.invoke(do="fork"))
    assert is_alive(grandchild)

    await bench.answer(bench.invoke(do="exit", code=0))

    await bench.until(lambda: not is_alive(grandchild))


async def test_a_timeout_cancels_and_names_itself(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start(clock=(clock := FrozenClock()))

    ticket = bench.invoke(do="hang", timeout_ms=2_000)
    await clock.advance(1.9)
    assert not ticket.answer.done()
    await clock.advance(0.3)
    answer = await bench.answer(ticket)

    assert isinstance(answer, Failed)
    assert (answer.failure.kind, answer.failure.name) == ("timeout", "Timeout")
    assert "2000 ms" in answer.failure.message


async def test_a_handler_that_returns_after_its_timeout_has_returned(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start(clock=(clock := FrozenClock()))

    ticket = bench.invoke(do="return_late", timeout_ms=1_000)
    await clock.advance(1.2)

    assert await bench.value(ticket) == "timeout"


async def test_a_timeout_that_is_ignored_costs_the_worker_its_life_and_stays_a_timeout(bench: Bench) -> None:
    bench.write("one.json", "a", "b")
    supervisor = await bench.start(clock=(clock := FrozenClock()))
    bystander = bench.invoke("b", do="hang")

    stubborn = bench.invoke(do="ignore_cancel", timeout_ms=1_000)
    await clock.advance(5.5)
    assert not stubborn.answer.done()
    await clock.advance(1.0)
    ours, other = await bench.answer(stubborn), await bench.answer(bystander)

    assert isinstance(ours, Failed)
    assert ours.failure.kind == "timeout"
    assert "python-1 was killed for it" in ours.failure.message
    assert isinstance(other, Died)
    assert other.is_blameless
    await bench.until(lambda: supervisor.has_step(StepId("a")))


async def test_a_cancel_reaches_the_handler_once(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    ticket = bench.invoke(do="hang")
    ticket.cancel("cancel")
    ticket.cancel("shutdown")
    answer = await bench.answer(ticket)
    ticket.cancel("cancel")

    assert isinstance(answer, Failed)
    assert (answer.failure.kind, answer.failure.message) == ("cancelled", "cancel")


async def test_silence_of_a_busy_worker_is_told_once_and_not_punished(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(clock=(clock := FrozenClock()))

    ticket = bench.invoke(do="block")
    await bench.until(lambda: bench.told.has_logged("blocking"))
    await clock.advance(60.0)

    assert [stalled.step for _, stalled in bench.told.stalls] == ["a"]
    assert not ticket.answer.done()
    assert supervisor.has_step(StepId("a"))


async def test_one_step_holds_at_most_half_of_the_background_slots(bench: Bench) -> None:
    bench.write("one.json", "a", "b")
    supervisor = await bench.start(slots=4)

    stuck = [bench.invoke(do="hang") for _ in range(3)]

    assert supervisor.free_slots(StepId("a")) == 0
    assert isinstance(await bench.answer(stuck[2]), NoWorker)
    assert supervisor.free_slots(StepId("b")) == 2
    assert await bench.value(bench.invoke("b", n=1)) == {"n": 1}


async def test_capacity_is_told_after_free_slots_said_none(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(slots=2)
    ticket = bench.invoke(do="hang")
    before = bench.told.capacity
    assert supervisor.free_slots(StepId("a")) == 0

    ticket.cancel("cancel")

    await bench.until(lambda: bench.told.capacity > before)
    assert supervisor.free_slots(StepId("a")) == 1


async def test_requests_have_slots_of_their_own_in_a_shared_worker(bench: Bench) -> None:
    bench.write("one.json", "a", "api:r")
    await bench.start(slots=1)

    bench.invoke(do="hang")
    answer = await bench.answer(bench.invoke("r", kind="api"))

    assert isinstance(answer, Responded)


async def test_each_lane_has_processes_of_its_own_when_configured(bench: Bench) -> None:
    bench.write("one.json", "a", "api:r")
    supervisor = await bench.start(request=1, background=2)

    dead = await bench.answer(bench.invoke(do="exit", code=1))
    answer = await bench.answer(bench.invoke("r", kind="api"))

    assert isinstance(dead, Died)
    assert isinstance(answer, Responded)
    assert sorted(info.lane for info in supervisor.info() if info.state == "ready")[-1] == "request"


async def test_the_least_loaded_worker_is_chosen(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(background=2)

    for _ in range(4):
        bench.invoke(do="hang")

    assert [info.in_flight for info in supervisor.info()] == [2, 2]


async def test_two_languages_are_merged(bench: Bench) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", language="ruby")

    supervisor = await bench.start()

    assert [step.id for step in supervisor.manifest.steps] == ["a"]
    assert [(fault.code, fault.file) for fault in supervisor.manifest.faults] == [("no-worker", "two.json")]


async def test_many_invocations_at_once_are_each_answered_with_their_own(bench: Bench) -> None:
    bench.write("one.json", "a", "b")
    await bench.start(background=2)

    tickets = [bench.invoke("a" if n % 2 else "b", n=n) for n in range(200)]
    values = [
        json.loads(answer.value) for t in tickets if isinstance(answer := await bench.answer(t), Returned)
    ]

    assert values == [{"n": n} for n in range(200)]


async def test_lines_of_a_run_that_are_dropped_are_told_with_the_run(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(clock=FrozenClock())
    (worker,) = supervisor._registry.workers
    origin = Origin(
        step=StepId("a"),
        trace=TraceId("t"),
        run=RunId("r"),
        span=SpanId("s"),
        attempt=1,
        lane=Lane.BACKGROUND,
        ticket=1,
    )

    for _ in range(int(LOGS_BURST) + 3):
        worker.on_log(origin, Log(level="info", message="x"))

    assert bench.told.dropped == [origin] * 3
    assert supervisor.log_lines_dropped == 3
