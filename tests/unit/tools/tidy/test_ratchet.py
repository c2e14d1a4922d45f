"""The ratchet may only shrink."""

from __future__ import annotations

from pathlib import Path

from tools.tidy.finding import Finding
from tools.tidy.ratchet import judge, load, save, tightened


def size(lines: int) -> Finding:
    return Finding("file-lines", "a.py", 1, "long", amount=lines)


def test_an_offence_in_the_ratchet_passes_until_it_grows():
    entries = {"file-lines:a.py": 600}

    assert judge([size(600)], entries).offences == ()
    assert judge([size(601)], entries).offences == (size(601),)


def test_an_entry_that_is_too_large_fails_until_it_is_tightened():
    entries = {"file-lines:a.py": 600, "file-lines:gone.py": 700}

    verdict = judge([size(550)], entries)
    lower = tightened([size(550)], entries)

    assert verdict.loose == ("file-lines:a.py", "file-lines:gone.py")
    assert lower == {"file-lines:a.py": 550}
    assert judge([size(550)], lower).loose == ()


def test_tightening_never_adds_or_raises():
    assert tightened([size(900), Finding("calls", "b.py", 1, "m")], {"file-lines:a.py": 600}) == {
        "file-lines:a.py": 600
    }


def test_amounts_of_one_key_are_added():
    calls = [Finding("calls", "a.py", line, "m", "print") for line in (1, 2)]

    assert len(judge(calls, {"calls:a.py:print": 1}).offences) == 2
    assert judge(calls, {"calls:a.py:print": 2}).offences == ()


def test_it_is_kept_sorted(tmp_path: Path):
    path = tmp_path / "ratchet.json"

    save(path, {"b": 1, "a": 2})

    assert load(path) == {"a": 2, "b": 1}
    assert path.read_text().index('"a"') < path.read_text().index('"b"')
    assert load(tmp_path / "missing.json") == {}
