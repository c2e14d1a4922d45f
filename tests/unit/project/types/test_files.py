from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from motia.model import StartError
from motia.project import Discovery, TypesWriter, type_files


def discovery(root: Path, **files: tuple[str, ...]) -> Discovery:
    return Discovery(root=root, files=files)


def test_a_project_has_the_files_of_its_languages(tmp_path: Path, make: Any) -> None:
    catalog = make.catalog()

    assert set(type_files(catalog, discovery(tmp_path, ruby=("a.rb",)))) == set()
    assert set(type_files(catalog, discovery(tmp_path, node=("a.ts",)))) == {"motia-env.d.ts"}
    assert set(type_files(catalog, discovery(tmp_path, python=("a.py",)))) == {"typings/motia/__init__.pyi"}
    (tmp_path / "package.json").write_text("{}")
    assert set(type_files(catalog, discovery(tmp_path))) == {"motia-env.d.ts"}


def test_a_file_is_written_only_when_it_changes(tmp_path: Path, make: Any) -> None:
    found = discovery(tmp_path, node=("a.ts",))
    path = tmp_path / "motia-env.d.ts"
    writer = TypesWriter(tmp_path)

    first = writer.write(make.catalog(make.step("a")), found)
    mark = path.stat().st_mtime_ns
    again = writer.write(make.catalog(make.step("a")), found)
    anew = TypesWriter(tmp_path).write(make.catalog(make.step("a")), found)
    unchanged = path.stat().st_mtime_ns == mark
    changed = writer.write(make.catalog(make.step("b")), found)

    assert (first, again, anew, changed) == (("motia-env.d.ts",), (), (), ("motia-env.d.ts",))
    assert unchanged
    assert "'b': {" in path.read_text()
    assert [entry.name for entry in tmp_path.iterdir()] == ["motia-env.d.ts"]


def test_a_file_that_was_deleted_is_written_again(tmp_path: Path, make: Any) -> None:
    found = discovery(tmp_path, python=("a.py",))
    writer = TypesWriter(tmp_path)
    (name,) = writer.write(make.catalog(), found)
    (tmp_path / name).unlink()

    assert writer.write(make.catalog(), found) == (name,)


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path, make: Any) -> None:
    (tmp_path / "motia-env.d.ts").write_text("// mine")
    writer = TypesWriter(tmp_path)

    with pytest.raises(StartError, match="was not written by motia"):
        writer.write(make.catalog(), discovery(tmp_path, node=("a.ts",), python=("a.py",)))

    assert (tmp_path / "motia-env.d.ts").read_text() == "// mine"
    assert (tmp_path / "typings/motia/__init__.pyi").is_file()
