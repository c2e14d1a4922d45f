import stat

from motia.runtime import FrozenClock
from motia.workbench import audit as module
from motia.workbench.audit import REFUSED, REFUSED_BURST, Audit


def made(tmp_path, told=None):
    return Audit(
        tmp_path / "audit.jsonl", clock=FrozenClock(), tell=(told if told is not None else []).append
    )


async def note(audit, target, outcome="ok"):
    await audit.note(who="ada", action="POST /v1/x", target=target, outcome=outcome)


async def test_entries_are_listed_newest_first_page_by_page(tmp_path):
    audit = made(tmp_path)
    for target in "abc":
        await note(audit, target)

    first = await audit.page(limit=2)
    rest = await audit.page(limit=2, cursor=first.cursor)

    assert [entry.target for entry in first.entries] == ["c", "b"]
    assert [entry.target for entry in rest.entries] == ["a"]
    assert rest.cursor is None
    assert (rest.entries[0].who, rest.entries[0].outcome) == ("ada", "ok")


async def test_the_file_is_its_owner_s_alone(tmp_path):
    await note(made(tmp_path), "a")

    assert stat.S_IMODE((tmp_path / "audit.jsonl").stat().st_mode) == 0o600


async def test_entries_are_kept_over_a_restart_and_stay_in_order(tmp_path):
    await note(made(tmp_path), "before")
    again = made(tmp_path)
    await note(again, "after")

    assert [entry.target for entry in (await again.page(limit=9)).entries] == ["after", "before"]


async def test_the_log_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FILE_BYTES_MAX", 2_000)
    audit = made(tmp_path)
    for number in range(100):
        await note(audit, str(number))

    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    entries = (await audit.page(limit=1_000)).entries

    assert size <= 4_000
    assert entries[0].target == "99"
    assert 10 < len(entries) < 40


async def test_fields_are_cut_and_a_line_cannot_be_forged(tmp_path):
    audit = made(tmp_path)
    await note(audit, "x" * 10_000)
    await note(audit, '"}\n{"id":1,"who":"mallory"')

    entries = (await audit.page(limit=9)).entries

    assert len(entries) == 2
    assert len(entries[1].target) == 300


async def test_refusals_cannot_push_out_what_was_done(tmp_path):
    audit = made(tmp_path)
    await note(audit, "done")
    for _ in range(REFUSED_BURST + 50):
        await note(audit, "tried", REFUSED)

    entries = (await audit.page(limit=1_000)).entries

    assert len(entries) == REFUSED_BURST + 1
    assert audit.lost == 50


async def test_a_log_that_cannot_be_written_is_told_once_and_stops_nothing(tmp_path):
    told = []
    audit = Audit(tmp_path / "gone" / "audit.jsonl", clock=FrozenClock(), tell=told.append)

    await note(audit, "a")
    await note(audit, "b")

    assert len(told) == 1
    assert audit.lost == 2


async def test_a_line_that_was_cut_off_is_passed_over(tmp_path):
    audit = made(tmp_path)
    await note(audit, "a")
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"id": 5, "wh')

    assert len((await audit.page(limit=9)).entries) == 1
