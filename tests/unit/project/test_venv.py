"""The project's own virtual environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from motia.project import find_venv

HERE = f"python{sys.version_info[0]}.{sys.version_info[1]}"


def make(folder: Path, python: str = HERE) -> Path:
    (folder / "lib" / python / "site-packages").mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").touch()
    return folder


def test_a_project_without_one_has_none(tmp_path: Path):
    assert find_venv(tmp_path, {}) is None


def test_the_one_in_the_project_is_taken(tmp_path: Path):
    venv = make(tmp_path / ".venv")

    found = find_venv(tmp_path, {})

    assert found is not None
    assert (found.python, found.site) == (venv / "bin/python", venv / "lib" / HERE / "site-packages")


def test_the_active_one_goes_before_it(tmp_path: Path):
    make(tmp_path / "project" / ".venv")
    active = make(tmp_path / "active")

    found = find_venv(tmp_path / "project", {"VIRTUAL_ENV": str(active)})

    assert found is not None
    assert found.python == active / "bin/python"


def test_one_of_another_python_counts_as_none(tmp_path: Path):
    make(tmp_path / ".venv", "python3.4")

    assert find_venv(tmp_path, {}) is None


def test_the_engines_own_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "prefix", str(make(tmp_path / ".venv")))

    assert find_venv(tmp_path, {}) is None
