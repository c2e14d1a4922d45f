from motia.telemetry import LogFilter, TraceFilter, searching


async def test_a_page_looks_for_a_bounded_time_and_says_how_far_it_got_and_where_to_go_on(
    telemetry, say, monkeypatch
):
    monkeypatch.setattr(searching, "WINDOW_ROWS", 10)
    monkeypatch.setattr(searching, "SEARCH_S", 0.0)
    say.log("needle")
    for _ in range(25):
        say.log("hay")

    pages, cursor = [], None
    while not pages or cursor:
        page = await telemetry.logs(LogFilter(text="needle"), cursor=cursor)
        pages.append(([line.message for line in page.logs], page.searched_from_at is not None))
        cursor = page.cursor

    assert pages == [([], True), ([], True), (["needle"], False)]


async def test_what_happened_until_an_instant_is_found_at_once_however_much_came_after(
    telemetry, say, clock, monkeypatch
):
    monkeypatch.setattr(searching, "WINDOW_ROWS", 5)
    monkeypatch.setattr(searching, "SEARCH_S", 0.0)
    say.log("early")
    trace = say.request(triggered=True)
    await telemetry.logs()
    then = clock.now_ms()
    clock.jump(2 * 3_600)
    for _ in range(25):
        say.log("late")
        say.request(triggered=True)

    assert [line.message for line in (await telemetry.logs(LogFilter(until=then))).logs] == ["early"]
    assert [one.trace for one in (await telemetry.traces(TraceFilter(until=then))).traces] == [trace]
