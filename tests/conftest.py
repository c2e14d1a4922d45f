"""What every test shares: in CI, a skipped test is a failure. Random examples are the same ones each time.

`make crash` looks among others, and many more: what it finds becomes a test of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import settings

from motia.project import find_npm, find_runtime, sdk_dir
from motia.workers import WORKER_FILES

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("many", max_examples=int(os.environ.get("MOTIA_EXAMPLES", "100")), deadline=None)
settings.load_profile("many" if "MOTIA_EXAMPLES" in os.environ else "same")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be: {item.nodeid}: {call.excinfo}"
    return report


@pytest.fixture(scope="session")
def needs() -> Callable[..., None]:
    """`needs("ruby")`: skip the test where a language (`node`, `ruby`) or `npm` is missing, and say why."""

    def need(*names: str) -> None:
        for name in names:
            if missing := _missing(name):
                pytest.skip(missing)

    return need


def _missing(name: str) -> str:
    if name == "npm":
        has_modules = (sdk_dir("node") / "node_modules").is_dir()
        return "" if find_npm(os.environ) and has_modules else "npm, or sdk/node/node_modules (make setup)"
    found = find_runtime(name, os.environ)
    if not found.is_usable:
        return f"{found.problem}; {found.hint}"
    worker = sdk_dir(name) / WORKER_FILES[name]
    return "" if worker.is_file() else f"{worker} is missing (make setup)"
