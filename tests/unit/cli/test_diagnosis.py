"""What doctor looks at."""

from __future__ import annotations

from pathlib import Path

from motia.cli.diagnosis import diagnose
from motia.cli.finding import FAIL, OK, WARN, Finding


def by_check(root: Path | None) -> dict[str, Finding]:
    return {finding.check: finding for finding in diagnose(root)}


def test_versions_and_paths_are_told_without_a_project():
    found = by_check(None)

    assert found["python"].status == OK
    assert found["sqlite"].status == OK
    assert {"node", "npm", "ruby", "clock"} <= set(found)
    assert found["project"].status == WARN


def test_a_data_directory_that_others_can_read_is_told(tmp_path: Path):
    (tmp_path / ".motia").mkdir()
    (tmp_path / ".motia").chmod(0o755)
    open_to_all = by_check(tmp_path)["data directory"]
    (tmp_path / ".motia").chmod(0o700)

    assert open_to_all.status == WARN
    assert "chmod 700" in open_to_all.hint
    assert by_check(tmp_path)["data directory"].status == OK


def test_a_data_directory_that_is_a_file_fails(tmp_path: Path):
    (tmp_path / ".motia").write_text("")

    assert by_check(tmp_path)["data directory"].status == FAIL


def test_an_engine_that_was_killed_is_told(tmp_path: Path):
    (tmp_path / ".motia").mkdir()
    record = '{"pid": 4194303, "started_at": 1, "version": "1", "api": "http://x", "control": "/none"}'
    (tmp_path / ".motia" / "engine.json").write_text(record)

    found = by_check(tmp_path)

    assert found["engine"].status == WARN
    assert found["control socket"].status == WARN
