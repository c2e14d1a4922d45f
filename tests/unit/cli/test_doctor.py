"""`motia doctor`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from motia.cli.doctor import doctor


def test_findings_are_json_for_programs(tmp_path: Path):
    done = CliRunner().invoke(doctor, ["--project", str(tmp_path)])

    rows = json.loads(done.stdout)
    assert done.exit_code == 0
    assert {"check", "status", "found", "hint"} == set(rows[0])


def test_hints_follow_the_table_and_a_failed_check_fails(tmp_path: Path):
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    (tmp_path / ".motia").write_text("")

    done = CliRunner().invoke(doctor, ["--project", str(tmp_path), "--no-json"])

    assert done.exit_code == 1
    assert "data directory:" in done.stdout
