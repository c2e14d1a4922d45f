import random
import re

from motia.runtime import FrozenClock
from motia.telemetry.ids import IdSource


def test_a_trace_id_is_32_hex_digits_that_begin_with_the_time():
    clock = FrozenClock(start_at=0x0123456789AB)

    trace = IdSource(clock, random.Random(1)).trace()

    assert re.fullmatch(r"[0-9a-f]{32}", trace)
    assert trace.startswith("0123456789ab")


def test_ids_of_one_process_sort_as_made_even_when_the_clock_steps_back():
    clock = FrozenClock()
    ids = IdSource(clock, random.Random(1))

    made = []
    for step_s in (0, 1, -5, 0, 2, -1):
        clock.jump(step_s)
        made += [ids.trace() for _ in range(100)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_span_id_is_16_hex_digits_and_never_zero():
    ids = IdSource(FrozenClock(), random.Random(1))

    spans = {ids.span() for _ in range(1_000)}

    assert len(spans) == 1_000
    assert all(re.fullmatch(r"[0-9a-f]{16}", span) and int(span, 16) for span in spans)


def test_two_processes_make_different_ids_in_the_same_millisecond():
    clock = FrozenClock()

    first, second = IdSource(clock, random.Random(1)), IdSource(clock, random.Random(2))

    assert first.trace() != second.trace()
    assert first.span() != second.span()
