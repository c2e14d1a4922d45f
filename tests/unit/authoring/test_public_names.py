from __future__ import annotations

import subprocess
import sys

import pytest

import motia


def test_what_authors_import_is_small_sorted_and_there():
    assert motia.__all__ == sorted(motia.__all__)
    assert all(getattr(motia, name) is not None for name in motia.__all__)
    assert {
        "api",
        "event",
        "cron",
        "noop",
        "on_start",
        "on_stop",
        "logger",
        "trigger",
        "call",
        "state",
        "motia",
    } <= set(motia.__all__)
    assert {"Context", "response", "HttpError", "Fatal", "RetryAfter", "Request", "UploadedFile"} <= set(
        motia.__all__
    )


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = motia.nonsense


def test_importing_motia_alone_loads_nothing_else():
    code = (
        "import sys, motia; print([name for name in sys.modules if name.startswith(('motia.', 'msgspec'))])"
    )

    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=20)

    assert done.stdout.strip() == "[]"
