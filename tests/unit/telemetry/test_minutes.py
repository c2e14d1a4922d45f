from motia.telemetry import minutes


async def of_a_day(telemetry, **given):
    return await telemetry.metrics(window_s=86_400, **given)


async def some_hours(say, clock, telemetry):
    for number in range(40):
        say.request(
            step="ab"[number % 2], total_us=500 + number * number * 40, status=500 if number % 9 == 0 else 200
        )
        await telemetry.metrics()
        clock.jump(400)


async def test_parts_add_up_to_their_minutes(telemetry, say, clock):
    await some_hours(say, clock, telemetry)

    by_minute = await of_a_day(telemetry, part_s=60)
    by_hour = await of_a_day(telemetry, part_s=3_600)

    for minute, hour in zip(by_minute, by_hour, strict=True):
        assert (minute.count, minute.errors, minute.p95_us) == (hour.count, hour.errors, hour.p95_us)
        assert sum(point.count for point in hour.points) == minute.count
        assert len(hour.points) < len(minute.points)
        assert all(point.minute_at % 3_600_000 == 0 for point in hour.points[1:])


async def test_what_is_kept_of_parts_that_are_over_changes_no_answer(telemetry, say, clock):
    await some_hours(say, clock, telemetry)
    first = await of_a_day(telemetry, part_s=600)
    say.request(step="a", total_us=9)
    kept = await of_a_day(telemetry, part_s=600)
    telemetry._reader._minutes.forget()

    assert kept == await of_a_day(telemetry, part_s=600)
    assert kept[0].count == first[0].count + 1


async def test_what_is_kept_is_read_again_when_the_clock_was_set_back(telemetry, say, clock):
    await some_hours(say, clock, telemetry)
    before = await of_a_day(telemetry, part_s=600)
    clock.jump(-7_200)
    say.request(step="a", total_us=9)
    await clock.advance(2.0)
    clock.jump(7_200)  # nobody asked meanwhile

    after = await of_a_day(telemetry, part_s=600)

    assert after[0].count == before[0].count + 1
    assert sum(point.count for point in after[0].points) == after[0].count
    assert telemetry._reader._minutes._kept_sums > 0


async def test_kept_parts_are_bounded_and_what_was_let_go_is_read_again(telemetry, say, clock, monkeypatch):
    monkeypatch.setattr(minutes, "KEPT_SUMS", 10)
    await some_hours(say, clock, telemetry)

    answers = [await of_a_day(telemetry, part_s=600) for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert telemetry._reader._minutes._kept_sums <= 10


async def test_a_long_window_comes_in_fewer_parts(telemetry, say, clock):
    await some_hours(say, clock, telemetry)

    (total, *_) = await telemetry.metrics(window_s=7 * 86_400)

    assert {point.minute_at % (30 * 60_000) for point in total.points[1:]} == {0}
