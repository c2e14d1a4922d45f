"""Which languages get workers, and what is said of those that cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from motia.project import Discovery
from motia.workers import NodeLauncher, PythonLauncher, RubyLauncher, launchers_for


def discovery(root: Path, **files: tuple[str, ...]) -> Discovery:
    return Discovery(root=root, files=files)


def runtimes(folder: Path) -> dict[str, str]:
    """An environment whose PATH has a Node and a Ruby."""
    for name, says in (("node", "v22.0.0"), ("ruby", "ruby 3.3.0")):
        (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


def sdks(root: Path) -> Callable[[str], Path]:
    """SDKs as an installation has them."""
    for language, worker in (("node", "dist/worker.mjs"), ("ruby", "lib/motia/worker/main.rb")):
        path = root / "sdk" / language / worker
        path.parent.mkdir(parents=True)
        path.touch()
    return lambda language: root / "sdk" / language


def test_only_languages_that_the_project_uses_get_a_launcher(tmp_path: Path) -> None:
    found = discovery(tmp_path, python=("a.py",), node=("a.ts",), ruby=("a.rb",))
    environ = runtimes(tmp_path)

    python = launchers_for({}, discovery(tmp_path, python=("a.py",)))
    all_three = launchers_for(environ, found, sdk_of=sdks(tmp_path))
    none = launchers_for({}, discovery(tmp_path))

    assert list(python.launchers) == ["python"]
    assert isinstance(all_three.launchers["python"], PythonLauncher)
    assert isinstance(all_three.launchers["node"], NodeLauncher)
    assert isinstance(all_three.launchers["ruby"], RubyLauncher)
    assert (all_three.faults, none.launchers, none.faults) == ((), {}, ())


def test_a_missing_runtime_is_one_error_that_names_the_files_and_the_others_run(tmp_path: Path) -> None:
    files = tuple(f"motia/steps/{number}.rb" for number in range(7))
    found = discovery(tmp_path, python=("motia/steps/a.py",), ruby=files)

    launching = launchers_for({"PATH": str(tmp_path)}, found)

    (fault,) = launching.faults
    assert (fault.code, fault.file, fault.severity) == ("no-runtime", "motia/steps/0.rb", "error")
    assert "Ruby steps cannot run: there is no ruby on the PATH" in fault.message
    assert "motia/steps/0.rb, motia/steps/1.rb" in fault.message
    assert fault.message.endswith("and 2 more")
    assert "install" in fault.hint
    assert launching.files(found) == {"python": ("motia/steps/a.py",)}


def test_an_installation_without_the_sdk_says_so(tmp_path: Path) -> None:
    found = discovery(tmp_path, node=("a.js",))

    (fault,) = launchers_for(
        runtimes(tmp_path), found, sdk_of=lambda language: tmp_path / "nowhere" / language
    ).faults

    assert fault.code == "no-runtime"
    assert str(tmp_path / "nowhere" / "node" / "dist" / "worker.mjs") in fault.message
    assert "install motia-engine again" in fault.hint


def test_a_checkout_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    (tmp_path / "sdk").mkdir()
    environ = runtimes(tmp_path / "sdk")
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "build.mjs").touch()

    found = discovery(tmp_path, node=("a.js",))
    (fault,) = launchers_for(environ, found, sdk_of=lambda language: tmp_path / language).faults

    assert "run build" in fault.hint


def test_a_given_launcher_goes_before_what_is_found(tmp_path: Path) -> None:
    mine = PythonLauncher("/usr/bin/python3", environment={})

    launching = launchers_for({}, discovery(tmp_path, python=("a.py",)), given={"python": mine})

    assert launching.launchers == {"python": mine}
