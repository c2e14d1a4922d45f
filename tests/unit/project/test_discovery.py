from __future__ import annotations

import os
from pathlib import Path

import pytest

from motia.model import StartError
from motia.project import discover, find_project


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def test_the_project_is_found_upwards_by_its_steps_or_its_configuration(tmp_path: Path) -> None:
    write(tmp_path, "app/motia/steps/deep/a.py", "other/motia.config.ts", "other/src/x.py")

    assert find_project(tmp_path / "app/motia/steps/deep") == tmp_path / "app"
    assert find_project(tmp_path / "app") == tmp_path / "app"
    assert find_project(tmp_path / "other/src") == tmp_path / "other"


def test_no_project_is_an_error_with_the_place_and_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StartError) as caught:
        find_project(tmp_path)

    assert str(tmp_path) in caught.value.message
    assert "motia create" in caught.value.hint


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StartError) as caught:
        find_project(tmp_path / "nowhere")

    assert "nowhere is no directory" in caught.value.message
    assert "--project" in caught.value.hint


def test_step_files_of_every_language_are_found_at_any_depth_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        "motia/steps/b.py",
        "motia/steps/a/z.py",
        "motia/steps/a/deep/er/a.py",
        "motia/steps/test_things.py",
        "motia/steps/x.js",
        "motia/steps/x.mjs",
        "motia/steps/x.cjs",
        "motia/steps/x.ts",
        "motia/steps/x.rb",
        "motia/steps/readme.md",
        "motia/events/order.py",
        "motia/events/order.json",
        "motia/workflows/order.yaml",
    )

    found = discover(tmp_path)

    assert found.of("python") == (
        "motia/steps/a/deep/er/a.py",
        "motia/steps/a/z.py",
        "motia/steps/b.py",
        "motia/steps/test_things.py",
    )
    assert found.of("node") == (
        "motia/steps/x.cjs",
        "motia/steps/x.js",
        "motia/steps/x.mjs",
        "motia/steps/x.ts",
    )
    assert found.of("ruby") == ("motia/steps/x.rb",)
    assert found.events == ("motia/events/order.json", "motia/events/order.py")
    assert found.workflows == ("motia/workflows/order.yaml",)


def test_hidden_files_caches_packages_and_declarations_are_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        "motia/steps/a.py",
        "motia/steps/.hidden.py",
        "motia/steps/.git/b.py",
        "motia/steps/__pycache__/a.py",
        "motia/steps/node_modules/p/index.js",
        "motia/steps/types.d.ts",
        "motia/steps/a.py~",
    )

    found = discover(tmp_path)

    assert found.files == {"python": ("motia/steps/a.py",)}
    assert found.faults == ()


def test_a_loop_of_links_ends_and_names_every_file_once(tmp_path: Path) -> None:
    write(tmp_path, "motia/steps/a/one.py")
    os.symlink(tmp_path / "motia/steps", tmp_path / "motia/steps/a/up")
    os.symlink(tmp_path / "motia/steps/a", tmp_path / "motia/steps/b")

    assert discover(tmp_path).of("python") == ("motia/steps/a/one.py",)


def test_linked_folders_outside_the_project_are_entered(tmp_path: Path) -> None:
    write(tmp_path, "shared/s.py", "app/motia/steps/a.py")
    os.symlink(tmp_path / "shared", tmp_path / "app/motia/steps/shared")

    assert discover(tmp_path / "app").of("python") == ("motia/steps/a.py", "motia/steps/shared/s.py")


def test_a_broken_link_is_a_warning_with_its_place_and_a_hint(tmp_path: Path) -> None:
    write(tmp_path, "motia/steps/a.py")
    os.symlink(tmp_path / "gone.py", tmp_path / "motia/steps/b.py")

    (fault,) = discover(tmp_path).faults

    assert fault.file == "motia/steps/b.py"
    assert "which does not exist" in fault.message
    assert "remove it" in fault.hint
    assert fault.severity == "warning"


def test_a_file_name_that_is_not_utf8_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "motia/steps/a.py")
    try:
        (tmp_path / "motia/steps" / os.fsdecode(b"b\xff.py")).write_text("")
    except OSError:
        return  # a file system that refuses such names needs no fault

    found = discover(tmp_path)

    assert found.of("python") == ("motia/steps/a.py",)
    assert "no printable UTF-8" in found.faults[0].message
    found.faults[0].message.encode("utf-8")


def test_a_project_without_steps_has_no_files(tmp_path: Path) -> None:
    found = discover(tmp_path)

    assert (found.files, found.events, found.faults) == ({}, (), ())
