"""The command lines and environments of workers."""

from __future__ import annotations

import sys
from pathlib import Path

from motia.workers import NodeLauncher, PythonLauncher, RubyLauncher


def test_the_engines_own_interpreter_is_the_default() -> None:
    argv = PythonLauncher().argv()

    assert argv[0] == sys.executable
    assert argv[-2:] == ("-m", "motia.python_worker")
    assert "-P" in argv


def test_the_projects_environment_is_passed_on_with_output_not_held_back() -> None:
    launcher = PythonLauncher("/usr/bin/python3", environment={"TOKEN": "t"})

    assert launcher.argv()[0] == "/usr/bin/python3"
    assert launcher.env() == {"TOKEN": "t", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def test_node_starts_the_worker_of_the_sdk_and_leaves_the_authors_options_alone(tmp_path: Path) -> None:
    environment = {"PATH": "/bin", "NODE_OPTIONS": "--max-old-space-size=64"}
    launcher = NodeLauncher("/usr/bin/node", tmp_path / "sdk", environment=environment)

    assert launcher.argv() == (
        "/usr/bin/node",
        "--enable-source-maps",
        "--disable-warning=ExperimentalWarning",
        str(tmp_path / "sdk" / "dist" / "worker.mjs"),
    )
    assert launcher.env() == environment


def test_ruby_starts_the_worker_of_the_sdk(tmp_path: Path) -> None:
    launcher = RubyLauncher(
        "/usr/bin/ruby", tmp_path / "sdk", root=tmp_path, environment={"LANG": "de_DE.UTF-8"}
    )

    lib = tmp_path / "sdk" / "lib"
    assert launcher.argv() == ("/usr/bin/ruby", f"-I{lib}", str(lib / "motia" / "worker" / "main.rb"))
    assert launcher.env() == {"LANG": "de_DE.UTF-8"}


def test_a_gemfile_brings_bundler(tmp_path: Path) -> None:
    launcher = RubyLauncher("/usr/bin/ruby", tmp_path / "sdk", root=tmp_path, environment={})
    (tmp_path / "Gemfile").touch()

    assert "-rbundler/setup" in launcher.argv()
    assert launcher.env()["BUNDLE_GEMFILE"] == str(tmp_path / "Gemfile")


def test_a_gemfile_that_the_environment_names_is_kept(tmp_path: Path) -> None:
    environment = {"BUNDLE_GEMFILE": "/elsewhere/Gemfile", "LANG": "C"}
    launcher = RubyLauncher("/usr/bin/ruby", tmp_path, root=tmp_path, environment=environment)
    (tmp_path / "Gemfile").touch()

    assert launcher.env() == environment


def test_text_is_utf8_for_ruby_where_no_locale_is_set(tmp_path: Path) -> None:
    assert RubyLauncher("ruby", tmp_path, root=tmp_path, environment={}).env() == {"LANG": "C.UTF-8"}
