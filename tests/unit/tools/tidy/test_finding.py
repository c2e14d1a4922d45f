"""Findings."""

from __future__ import annotations

from tools.tidy import Finding


def test_the_key_does_not_depend_on_the_line():
    first = Finding("calls", "a.py", 3, "m", "print")
    second = Finding("calls", "a.py", 9, "m", "print")

    assert first.key == second.key == "calls:a.py:print"
    assert Finding("file-lines", "a.py", 1, "m").key == "file-lines:a.py"
