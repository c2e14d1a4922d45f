"""All checks together, and the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.tidy import examine
from tools.tidy.__main__ import RATCHET, main


def test_findings_of_all_checks_come_by_path_and_line(repository_of):
    repository = repository_of(
        {"src/motia/model/b.py": "import motia.engine\nprint(1)\n", "src/motia/model/a.py": "x=1\n"}
    )

    found = [(finding.path, finding.line, finding.check) for finding in examine(repository)]

    assert found == sorted(found)
    assert {check for _, _, check in found} == {"docstrings", "imports", "calls"}


def test_the_command_fails_until_the_offence_is_gone(repository_of, capsys: pytest.CaptureFixture[str]):
    repository = repository_of({"src/motia/model/a.py": '"""Owns a."""\n\nprint(1)\n'})

    assert main(["--root", str(repository.root)]) == 1
    assert "src/motia/model/a.py:3: calls: print belongs to the command line" in capsys.readouterr().out

    (repository.root / "src/motia/model/a.py").write_text('"""Owns a."""\n')

    assert main(["--root", str(repository.root)]) == 0


def test_a_first_ratchet_is_written_once(repository_of, tmp_path: Path):
    repository = repository_of({"src/motia/model/a.py": '"""Owns a."""\n\nprint(1)\n', RATCHET: ""})
    (repository.root / RATCHET).unlink()

    assert main(["--root", str(tmp_path), "--baseline"]) == 0
    assert main(["--root", str(tmp_path)]) == 0
    assert main(["--root", str(tmp_path), "--baseline"]) == 2


def test_a_loose_ratchet_fails_until_it_is_tightened(repository_of, tmp_path: Path):
    repository_of(
        {"src/motia/model/a.py": '"""Owns a."""\n', RATCHET: '{"calls:src/motia/model/a.py:print": 1}'}
    )

    assert main(["--root", str(tmp_path)]) == 1
    assert main(["--root", str(tmp_path), "--tighten"]) == 0
    assert main(["--root", str(tmp_path)]) == 0
