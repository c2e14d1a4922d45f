"""Minutes folded into wider rows: nothing is counted twice, nothing is lost, whenever the engine ends."""

from __future__ import annotations

import random

import pytest

from motia.telemetry import schema
from motia.telemetry.folding import SETTLED_MS, fold, folded_until, unfold
from motia.telemetry.minutes import Minutes
from motia.telemetry.rollup import MINUTE_MS, ROLLUP_WIDTHS_MS, Bucket, bucket_row
from motia.telemetry.store import Store

HOUR_MS = 60 * MINUTE_MS
NOW = 500_000 * HOUR_MS + 17 * MINUTE_MS


@pytest.fixture
def store():
    store = Store(None)
    store.open()
    yield store
    store.close()


@pytest.fixture
def db(store):
    return store.connection


def write_minutes(db, minutes, *, steps=("a", "b")):
    chance = random.Random(7)
    for minute in minutes:
        for step in steps:
            bucket = Bucket(histogram={})
            for _ in range(chance.randint(1, 5)):
                bucket.add(chance.randint(0, 900_000), chance.random() < 0.1)
            db.execute(schema.REPLACE_MINUTE, (minute, step, *bucket_row(bucket)))


def some_hours(*, until=NOW, hours=9, gap=range(2 * 60, 4 * 60)):
    first = until - hours * HOUR_MS
    return [first + n * MINUTE_MS for n in range(hours * 60) if n not in gap]


def fold_all(db, now=NOW):
    while fold(db, now):
        pass


def metrics(db, *, part_ms, since_at=NOW - 10 * HOUR_MS + 3 * MINUTE_MS, until_at=NOW):
    return Minutes().metrics(db, None, since_at=since_at, until_at=until_at, part_ms=part_ms, now=NOW)


@pytest.mark.parametrize("minutes", [1, 5, 10, 20, 30, 60, 7])
def test_what_is_folded_answers_as_the_minutes_do(db, minutes):
    write_minutes(db, some_hours())
    before = metrics(db, part_ms=minutes * MINUTE_MS)

    fold_all(db)

    assert metrics(db, part_ms=minutes * MINUTE_MS) == before
    assert sum(1 for _ in db.execute("SELECT 1 FROM rollups")) > 0


def test_a_day_is_read_from_wide_rows_and_the_minutes_at_its_ends(db):
    write_minutes(db, some_hours())
    fold_all(db)
    answer = metrics(db, part_ms=HOUR_MS)
    db.execute("DELETE FROM minutes WHERE minute BETWEEN ? AND ?", (NOW - 8 * HOUR_MS, NOW - 2 * HOUR_MS))

    assert metrics(db, part_ms=HOUR_MS) == answer


def test_a_span_is_folded_when_its_last_minute_is_settled_and_not_before(db):
    begin = NOW - NOW % HOUR_MS
    write_minutes(db, [begin + MINUTE_MS])
    narrow, wide = ROLLUP_WIDTHS_MS

    assert not fold(db, begin + narrow + SETTLED_MS - 1)
    assert fold(db, begin + narrow + SETTLED_MS)
    assert (folded_until(db, narrow), folded_until(db, wide)) == (begin + narrow, 0)
    fold_all(db, begin + wide + SETTLED_MS)
    assert folded_until(db, wide) == begin + wide


def test_time_in_which_nothing_happened_is_passed_over(db):
    write_minutes(db, [NOW - 7_000 * HOUR_MS, NOW - HOUR_MS * 2])

    assert [fold(db, NOW) for _ in range(4)] == [True, True, False, False]


def test_a_minute_written_again_takes_its_rows_back_until_they_are_folded_anew(db):
    write_minutes(db, some_hours())
    fold_all(db)
    changed = NOW - 5 * HOUR_MS
    write_minutes(db, [changed], steps=("late",))

    unfold(db, changed)
    unfolded = metrics(db, part_ms=HOUR_MS)
    fold_all(db)

    assert unfolded == metrics(db, part_ms=HOUR_MS)
    assert [one.step for one in unfolded] == ["", "a", "b", "late"]


async def test_the_engine_folds_by_itself_and_a_clock_set_back_is_no_harm(telemetry, say, clock):
    for _ in range(3):
        say.request(step="a", total_us=700)
        await telemetry.metrics()
        clock.jump(7 * 60)
    await clock.advance(15)
    folded = telemetry._store.connection.execute("SELECT count(*) FROM rollups").fetchone()
    clock.jump(-14 * 60)
    say.request(step="a", total_us=700)

    total, step = await telemetry.metrics(window_s=7_200, until_at=clock.now_ms() + HOUR_MS, part_s=300)

    assert folded > (0,)
    assert (total.count, step.count) == (4, 4)


def test_folded_rows_go_with_the_minutes_they_came_from(store, db):
    write_minutes(db, some_hours())
    fold_all(db)

    store.prune(cutoff_at=0, minutes_cutoff_at=NOW, bytes_max=1 << 40)

    assert db.execute("SELECT count(*) FROM rollups").fetchone() == (0,)
