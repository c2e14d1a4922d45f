from __future__ import annotations

import asyncio
import threading

from motia.protocol import FrameDecoder, Log, Pong, WorkerMessage
from motia.python_worker.outbox import LOG_BACKLOG_BYTES, Outbox
from motia.python_worker.stacks import author_stack, cut
from motia.python_worker.streams import CREDIT_BYTES_FIRST, Outflow


def messages_of(writes: list[bytes]) -> list[object]:
    decoder: FrameDecoder[WorkerMessage] = FrameDecoder(WorkerMessage)
    return [message for data in writes for message, _ in decoder.feed(data)]


async def test_what_is_said_in_one_turn_is_one_write():
    writes: list[bytes] = []
    outbox = Outbox(asyncio.get_running_loop(), writes.append, lambda: 0)

    for token in range(3):
        outbox.put_message(Pong(token=token))
    await asyncio.sleep(0)

    assert len(writes) == 1
    assert messages_of(writes) == [Pong(token=0), Pong(token=1), Pong(token=2)]


async def test_log_lines_are_dropped_and_counted_while_too_much_waits():
    writes: list[bytes] = []
    backlog = LOG_BACKLOG_BYTES + 1
    outbox = Outbox(asyncio.get_running_loop(), writes.append, lambda: backlog)
    for _ in range(5):
        outbox.put_log(Log(level="info", message="x"))
    outbox.put_message(Pong(token=1))

    backlog = 0
    outbox.put_log(Log(level="info", message="y"))
    await asyncio.sleep(0)

    pong, notice, line = messages_of(writes)
    assert (pong, line.message) == (Pong(token=1), "y")
    assert notice.message.startswith("5 log lines were dropped")


async def test_work_of_other_threads_keeps_its_order():
    outbox = Outbox(asyncio.get_running_loop(), lambda data: None, lambda: 0)
    done: list[int] = []
    finished = asyncio.Event()

    def post() -> None:
        for number in range(100):
            outbox.post(done.append, number)
        outbox.post(finished.set)

    threading.Thread(target=post).start()
    await asyncio.wait_for(finished.wait(), 10)

    assert done == list(range(100))


async def test_a_stream_waits_for_credit_and_sends_a_last_large_piece_whole():
    sent: list[bytes] = []
    outflow = Outflow(sent.append)
    await outflow.write(b"x" * (CREDIT_BYTES_FIRST - 1))
    await outflow.write(b"y" * 10_000)

    waiting = asyncio.ensure_future(outflow.write(b"z"))
    await asyncio.sleep(0)
    assert len(sent) == 2
    outflow.grant(10_000)
    await asyncio.wait_for(waiting, 10)

    assert sent[-1] == b"z"


def test_long_text_is_cut_with_a_mark():
    assert cut("short", 100) == "short"
    assert cut("ü" * 10, 10) == "ü" * 5 + "… (10 bytes cut)"


def test_a_stack_shows_the_authors_frames_and_the_causes(tmp_path):
    file = tmp_path / "step.py"
    lines = ["import json", "def f():", "    try:", "        json.loads('{')"]
    lines += ["    except ValueError as e:", "        raise KeyError('k') from e"]
    file.write_text("\n".join(lines))
    space: dict[str, object] = {}
    exec(compile(file.read_text(), str(file), "exec"), space)
    try:
        space["f"]()  # type: ignore[operator]
    except KeyError as error:
        stack = author_stack(error, str(tmp_path))

    assert 'File "step.py", line 6, in f' in stack
    assert "caused by:" in stack
    assert "JSONDecodeError" in stack
    assert "decoder.py" not in stack
