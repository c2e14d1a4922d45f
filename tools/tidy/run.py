"""Runs every check over the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.tidy import calls, coverage, imports, sizes, words
from tools.tidy.finding import Finding
from tools.tidy.repository import Repository

Check = Callable[[Repository], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    imports.check_direction,
    imports.check_cycles,
    sizes.check_files,
    sizes.check_functions,
    sizes.check_sdk_functions,
    calls.check_calls,
    words.check_docstrings,
    words.check_first_lines,
    words.check_names,
    words.check_sql,
    words.check_paths,
    coverage.check_tests,
    coverage.check_sdk_tests,
)


def examine(repository: Repository) -> list[Finding]:
    """Findings of all checks, by path and line."""
    found = [finding for check in CHECKS for finding in check(repository)]
    return sorted(found, key=lambda finding: (finding.path, finding.line, finding.check, finding.name))
