"""The books: counters that equal the open rows, whatever order runs move in."""

from __future__ import annotations

import random
from collections import Counter

from motia.ledger.sqlite.books import Books
from motia.model import OPEN_STATES, RunState


def test_a_run_is_counted_from_its_acceptance_to_its_end() -> None:
    books = Books()

    books.moved("s", None, None, RunState.READY)
    books.moved("s", None, RunState.READY, RunState.RUNNING)
    assert (books.step("s").depth, books.step("s").by_state[RunState.RUNNING]) == (1, 1)
    assert books.ready_steps() == frozenset()
    books.moved("s", None, RunState.RUNNING, None)

    assert books.step("s").depth == 0
    assert not any(books.step("s").by_state.values())


def test_what_is_due_later_waits() -> None:
    books = Books()

    books.moved("s", None, None, RunState.SCHEDULED, count=3)
    books.moved("s", None, RunState.SCHEDULED, RunState.READY)
    books.moved("s", None, None, RunState.RETRYING)

    assert books.waiting == 3
    assert books.ready_steps() == {"s"}


def test_a_lane_is_kept_while_it_has_ready_or_running_runs() -> None:
    books = Books()

    books.moved("s", "a", None, RunState.READY)
    books.moved("s", "a", RunState.READY, RunState.RUNNING)
    books.moved("s", None, None, RunState.READY)
    books.moved("s", None, RunState.READY, RunState.RUNNING)
    book = books.step("s")
    assert (book.lanes["a"].running, book.laneless_running) == (1, 1)
    books.moved("s", "a", RunState.RUNNING, RunState.RETRYING)

    assert book.lanes == {}
    assert book.laneless_running == 1


def test_a_key_is_taken_until_the_last_run_leaves_it() -> None:
    books = Books()
    assert not books.key_taken("s", "k")
    assert not books.key_taken("s", None)

    books.enter_key("s", "k")
    books.enter_key("s", "k", count=2)

    assert books.leave_key("s", "k")
    assert books.leave_key("s", "k")
    assert books.key_taken("s", "k")
    assert not books.key_taken("other", "k")
    assert not books.leave_key("s", "k")
    assert not books.key_taken("s", "k")


def test_after_any_moves_the_books_equal_a_count_of_the_runs() -> None:
    for seed in range(20):
        chance = random.Random(seed)
        books = Books()
        runs: dict[int, tuple[str, str | None, RunState]] = {}
        for n in range(300):
            if runs and chance.random() < 0.7:
                number = chance.choice(list(runs))
                step, lane, was = runs[number]
                to = chance.choice([None, *sorted(OPEN_STATES - {was})])
                books.moved(step, lane, was, to)
                if to is None:
                    del runs[number]
                else:
                    runs[number] = (step, lane, to)
            else:
                made = (
                    chance.choice("ab"),
                    chance.choice([None, "x", "y"]),
                    chance.choice(sorted(OPEN_STATES)),
                )
                books.moved(made[0], made[1], None, made[2])
                runs[n] = made

        counted = Counter((step, state) for step, _, state in runs.values())
        for step in "ab":
            book = books.step(step)
            assert book.by_state == {state: counted[step, state] for state in OPEN_STATES}, f"seed {seed}"
            assert book.depth == sum(book.by_state.values()), f"seed {seed}"
            for state, name in ((RunState.READY, "ready"), (RunState.RUNNING, "running")):
                lanes = Counter(
                    lane for s, lane, held in runs.values() if lane and (s, held) == (step, state)
                )
                shown = {lane: getattr(counts, name) for lane, counts in book.lanes.items()}
                assert {lane: n for lane, n in shown.items() if n} == dict(lanes), f"seed {seed}"
        waiting = sum(
            counted[step, state] for step in "ab" for state in (RunState.SCHEDULED, RunState.RETRYING)
        )
        assert books.waiting == waiting, f"seed {seed}"
