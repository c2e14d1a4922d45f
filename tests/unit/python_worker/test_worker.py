"""The worker inside a process that it shares."""

from __future__ import annotations

import asyncio
import sys

import msgspec
import pytest

from motia.protocol import Call, Cancel, Drain, Failure, Reply, Result
from motia.python_worker import PythonWorker
from motia.python_worker.session import State

STEPS = """
    import asyncio, sys
    from motia import event, trigger, state, logger, on_start, on_stop

    @event(id="echo")
    async def echo(payload):
        return payload

    @event(id="exits", schema={"how": str})
    async def exits(how):
        if how == "exit":
            sys.exit(3)
        if how == "interrupt":
            raise KeyboardInterrupt
        if how == "cancel":
            raise asyncio.CancelledError
        raise BaseException("odd")

    @event(id="exits-plain")
    def exits_plain():
        sys.exit(4)

    @event(id="unsendable", schema={"kind": str})
    async def unsendable(kind):
        return {"set": {1}, "nan": float("nan"), "object": object()}[kind]

    @event(id="leaves-update")
    async def leaves_update():
        state.update("g", "k", lambda old: 1)
        return "left"

    @event(id="too-late")
    async def too_late():
        async def later():
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            try:
                await trigger("x")
            except Exception as error:
                caught.append(type(error).__name__)
        asyncio.ensure_future(later())

    caught = []

    @event(id="caught")
    async def was_caught():
        return caught

    @event(id="surrogate")
    async def surrogate():
        logger.info("bad \\ud800 text", field="\\ud800")
        raise ValueError("bad \\ud800 text")
"""


@pytest.fixture
async def loaded(engine, project):
    manifest = await engine.load(project(steps__a=STEPS), "motia/steps/a.py")
    assert manifest.faults == ()
    return engine


async def test_answers_of_one_turn_leave_in_one_write(loaded):
    before = loaded.writes
    for number in range(1, 21):
        loaded.invoke("echo", number, number=number)

    values = [msgspec.json.decode((await loaded.next()).value) for _ in range(20)]

    assert values == list(range(1, 21))
    assert loaded.writes - before == 1


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ("exit", "SystemExit"),
        ("interrupt", "KeyboardInterrupt"),
        ("cancel", "CancelledError"),
        ("odd", "BaseException"),
    ],
)
async def test_whatever_a_handler_raises_is_a_failure_of_its_run(loaded, how, name):
    loaded.invoke("exits", {"how": how})

    failure = await loaded.next()

    assert (failure.name, failure.kind) == (name, "error")
    loaded.invoke("echo", 1)
    assert isinstance(await loaded.next(), Result)


async def test_sys_exit_on_a_thread_is_a_failure_of_its_run(loaded):
    loaded.invoke("exits-plain")

    failure = await loaded.next()

    assert (failure.name, failure.message) == ("SystemExit", "sys.exit(4) in a handler")


@pytest.mark.parametrize("kind", ["set", "nan", "object"])
async def test_a_result_that_is_not_json_is_a_fatal_failure_that_names_the_step(loaded, kind):
    loaded.invoke("unsendable", {"kind": kind})

    failure = await loaded.next()

    assert (failure.kind, failure.name) == ("fatal", "ResultNotJson")
    assert "'unsendable'" in failure.message


async def test_an_update_that_nobody_awaits_finishes_before_the_answer(loaded):
    loaded.invoke("leaves-update")
    read = await loaded.next()
    loaded.send(Reply(call=read.call, value=msgspec.Raw(b'{"value":0,"version":1}')))
    write = await loaded.next()
    assert (read.op, write.op) == ("state.get", "state.compare_and_set")

    loaded.send(Reply(call=write.call, value=msgspec.Raw(b'{"done":true}')))

    assert isinstance(await loaded.next(), Result)


async def test_a_call_after_the_answer_is_refused_here(loaded):
    loaded.invoke("too-late")
    assert isinstance(await loaded.next(), Result)
    for _ in range(5):
        await asyncio.sleep(0)

    loaded.invoke("caught")

    assert msgspec.json.decode((await loaded.next()).value) == ["InvocationOver"]


async def test_text_that_utf8_cannot_carry_breaks_nothing(loaded):
    loaded.invoke("surrogate")

    failure = await loaded.next()

    assert failure.message == "bad ? text"
    assert loaded.logs[-1].message == "bad ? text"
    assert loaded.logs[-1].at == 42


async def test_an_invocation_cancelled_before_its_first_line_is_answered_once(loaded):
    loaded.invoke("echo", 1)
    loaded.send(Cancel(invocation=1, reason="cancel"))
    loaded.invoke("echo", 2, number=2)

    first, second = await loaded.next(), await loaded.next()

    assert isinstance(first, Failure)
    assert (first.kind, second.invocation) == ("cancelled", 2)


async def test_the_end_of_the_engine_fails_what_waits(loaded):
    loaded.invoke("leaves-update")
    assert isinstance(await loaded.next(), Call)

    loaded.worker.eof()

    assert loaded.closed.is_set()
    assert loaded.worker.state is State.CLOSED


async def test_draining_runs_the_stop_hooks_and_closes(engine, project):
    await engine.load(
        project(
            steps__a="""
            from motia import on_stop, event
            @on_stop
            async def first():
                raise RuntimeError("no")
            @on_stop
            def second():
                open(__file__ + ".stopped", "w").close()
            """
        ),
        "motia/steps/a.py",
    )

    engine.send(Drain())
    await asyncio.wait_for(engine.closed.wait(), 10)

    assert (project() / "motia/steps/a.py.stopped").exists()


async def test_in_another_process_the_streams_and_modules_stay_as_they_were(engine, project):
    streams, path, finders = (sys.stdout, sys.stderr), list(sys.path), list(sys.meta_path)

    await engine.load(project(steps__a="import motia"), "motia/steps/a.py")
    assert (sys.stdout, sys.stderr) == streams
    engine.worker.release()

    assert (sys.path, sys.meta_path) == (path, finders)
    assert "steps.a" not in sys.modules


async def test_a_number_in_flight_twice_is_a_protocol_fault(loaded):
    loaded.invoke("leaves-update")
    await loaded.next()

    loaded.invoke("echo", 1)

    assert loaded.closed.is_set()


async def test_a_failing_start_hook_is_a_fault_and_the_steps_are_there(engine, project):
    manifest = await engine.load(
        project(
            steps__a="""
            from motia import on_start, event
            @on_start
            async def pool():
                raise ConnectionError("nobody home")
            @event(id="x")
            async def x(): pass
            """
        ),
        "motia/steps/a.py",
    )

    (fault,) = manifest.faults
    assert (fault.code, fault.line) == ("start-hook-failed", 5)
    assert "nobody home" in fault.message
    assert [step.id for step in manifest.steps] == ["x"]


def test_the_room_exports_the_worker_and_serve():
    import motia.python_worker

    assert motia.python_worker.__all__ == ["PythonWorker", "SocketTransport", "serve"]
    assert PythonWorker
