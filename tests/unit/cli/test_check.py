"""`motia check`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from motia.cli.check import check, summary

UNKNOWN = (
    'from motia import event, trigger\n\n@event(id="a")\nasync def a():\n    await trigger("nobody", {})\n'
)


def test_a_warning_passes_unless_it_is_strict(empty_project: Path):
    (empty_project / "motia" / "steps" / "a.py").write_text(UNKNOWN)
    arguments = ["--project", str(empty_project)]

    plain = CliRunner().invoke(check, arguments)
    strict = CliRunner().invoke(check, [*arguments, "--strict", "--json"])

    assert plain.exit_code == 0
    assert "motia/steps/a.py:5" in plain.stdout
    assert strict.exit_code == 1
    assert json.loads(strict.stdout)["faults"][0]["code"] == "unknown-target"


def test_the_last_line_counts():
    assert summary(0, 0, "s").endswith("no faults; s")
    assert summary(2, 1, "s").endswith("2 errors, 1 warning; s")
