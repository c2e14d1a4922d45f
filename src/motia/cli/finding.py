"""What a check of `motia doctor` answers."""

from __future__ import annotations

from typing import NamedTuple

OK, WARN, FAIL = "ok", "warn", "fail"


class Finding(NamedTuple):
    """One check's answer; `status` is ok, warn or fail, `hint` says what to do when it is not ok."""

    check: str
    status: str
    found: str
    hint: str = ""
