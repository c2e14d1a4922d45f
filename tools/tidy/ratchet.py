"""The ratchet: offences that stand today, with their size. It may only shrink.

An offence that is not in it, or is larger than its entry, fails. An entry that is larger than the
offence (or has none any more) fails too, until `--tighten` lowers it, so that what was won stays won.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tools.tidy.finding import Finding


class Verdict(NamedTuple):
    """What is new or grew, and the entries that are too large now."""

    offences: tuple[Finding, ...]
    loose: tuple[str, ...]


def amounts(findings: Iterable[Finding]) -> dict[str, int]:
    """Size of each offence by key."""
    total: Counter[str] = Counter()
    for finding in findings:
        total[finding.key] += finding.amount
    return dict(total)


def load(path: Path) -> dict[str, int]:
    """The entries; none when the file is missing."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def save(path: Path, entries: dict[str, int]) -> None:
    """Write the entries, sorted, so that a change of one is one line."""
    path.write_text(json.dumps(dict(sorted(entries.items())), indent=2) + "\n", "utf-8")


def judge(findings: Iterable[Finding], entries: dict[str, int]) -> Verdict:
    """Compare what was found with what is allowed."""
    found = tuple(findings)
    sizes = amounts(found)
    offences = tuple(finding for finding in found if sizes[finding.key] > entries.get(finding.key, 0))
    loose = tuple(sorted(key for key, allowed in entries.items() if sizes.get(key, 0) < allowed))
    return Verdict(offences, loose)


def tightened(findings: Iterable[Finding], entries: dict[str, int]) -> dict[str, int]:
    """The entries lowered to what is left; nothing is raised or added."""
    sizes = amounts(findings)
    lowered = {key: min(allowed, sizes.get(key, 0)) for key, allowed in entries.items()}
    return {key: size for key, size in lowered.items() if size > 0}
