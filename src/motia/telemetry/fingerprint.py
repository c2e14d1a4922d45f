"""Which failures are the same: step, error type and the innermost frame of the author's code.

Line numbers are left out: an edit above the fault does not make it another one.
"""

from __future__ import annotations

import hashlib
import re

from motia.telemetry.redaction import cut_text, redact_text

STACK_BYTES_MAX = 64 * 1024

_FRAMES = (
    re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>\S+))?'),
    re.compile(r"^\s*at (?:async )?(?:(?P<function>[^\s(]+) .*?\()?(?P<file>[^():]+):(?P<line>\d+)"),
    re.compile(r"^\s*(?:from )?(?P<file>[^\s:][^:]*):(?P<line>\d+)(?::in [`'](?P<function>[^`']+)')?"),
)
_FOREIGN = re.compile(r"site-packages|dist-packages|node_modules|node:internal|<frozen|/lib/ruby/|/gems/")


def own_frame(stack: str) -> tuple[str, int, str]:
    """File, line and function of the innermost frame of the author's; ("", 0, "") when there is none.

    Stacks of all workers have the innermost frame last (protocol/worker.md, `failure`).
    """
    for text in reversed(stack.splitlines()):
        if _FOREIGN.search(text):
            continue
        for shape in _FRAMES:
            found = shape.search(text)
            if found is not None:
                return found["file"], int(found["line"]), found["function"] or ""
    return "", 0, ""


def fingerprint_of_error(step: str, error_name: str, stack: str) -> str:
    """The fingerprint that the failure of an attempt is counted under, from the error as it was raised."""
    file, _, function = own_frame(redact_text(cut_text(stack, STACK_BYTES_MAX)))
    return fingerprint_of(step, error_name or "Error", file, function)


def fingerprint_of(step: str, error_name: str, file: str, function: str) -> str:
    """16 hex digits that name this kind of failure."""
    key = "\x00".join((step, error_name, file, function))
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).hexdigest()
