"""The packed `@motia/core` of a project."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from motia.cli.errors import CommandError
from motia.cli.vendored import forget_in_lock, pack, renew


def write_manifest(root: Path, spec: str) -> Path:
    path = root / "package.json"
    path.write_text(f'{{\n   "dependencies": {{ "@motia/core": "{spec}", "zod": "1" }}\n}}\n')
    return path


def test_a_package_has_what_npm_needs_and_nothing_of_the_workshop(node_sdk: Path):
    packed = pack(node_sdk)

    with tarfile.open(fileobj=io.BytesIO(packed.content)) as archive:
        modes = {member.name: member.mode for member in archive}
        manifest = json.load(archive.extractfile("package/package.json"))  # type: ignore[arg-type]
    assert packed.path == "vendor/motia-core-1.2.3.tgz"
    assert modes == {
        "package/package.json": 0o644,
        "package/bin/motia.mjs": 0o755,
        "package/dist/index.mjs": 0o644,
        "package/dist/schemas/reader.d.ts": 0o644,
    }
    assert manifest["dependencies"] == {"esbuild": "^0.28.2"}
    assert not {"devDependencies", "scripts"} & manifest.keys()


def test_the_same_library_gives_the_same_bytes(node_sdk: Path):
    first = pack(node_sdk).content
    for path in node_sdk.rglob("*"):
        path.touch()

    assert pack(node_sdk).content == first


def test_a_library_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(CommandError, match="is not there"):
        pack(tmp_path / "nowhere")


def test_a_copy_that_is_current_is_left_alone(tmp_path: Path, node_sdk: Path):
    packed = pack(node_sdk)
    write_manifest(tmp_path, f"file:{packed.path}")
    (tmp_path / "vendor").mkdir()
    again = gzip.compress(gzip.decompress(packed.content), 1)
    (tmp_path / packed.path).write_bytes(again)

    assert not renew(tmp_path, node_sdk)
    assert (tmp_path / packed.path).read_bytes() == again


def test_a_copy_with_other_content_is_replaced(tmp_path: Path, node_sdk: Path):
    packed = pack(node_sdk)
    write_manifest(tmp_path, f"file:./{packed.path}")
    (tmp_path / "vendor").mkdir()
    (tmp_path / packed.path).write_bytes(b"no package")

    assert renew(tmp_path, node_sdk).path == packed.path
    assert (tmp_path / packed.path).read_bytes() == packed.content


def test_a_missing_copy_is_made(tmp_path: Path, node_sdk: Path):
    write_manifest(tmp_path, "file:vendor/motia-core-1.2.3.tgz")

    assert renew(tmp_path, node_sdk)
    assert (tmp_path / "vendor" / "motia-core-1.2.3.tgz").is_file()


def test_an_older_copy_goes_and_package_json_keeps_its_shape(tmp_path: Path, node_sdk: Path):
    manifest = write_manifest(tmp_path, "file:vendor/motia-core-0.9.0.tgz")
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "motia-core-0.9.0.tgz").write_bytes(b"old")
    before = manifest.read_text()

    assert renew(tmp_path, node_sdk)

    assert manifest.read_text() == before.replace("0.9.0", "1.2.3")
    assert [path.name for path in (tmp_path / "vendor").iterdir()] == ["motia-core-1.2.3.tgz"]


@pytest.mark.parametrize("spec", ["^1.0.0", "file:../core", "file:../vendor/motia-core-1.0.0.tgz"])
def test_a_library_taken_from_elsewhere_is_left_alone(tmp_path: Path, node_sdk: Path, spec: str):
    manifest = write_manifest(tmp_path, spec)
    before = manifest.read_text()

    assert not renew(tmp_path, node_sdk)
    assert manifest.read_text() == before
    assert not (tmp_path / "vendor").exists()


def test_only_our_package_is_forgotten_in_the_locks(tmp_path: Path):
    packages = {"": {}, "node_modules/@motia/core": {"integrity": "sha512-x"}, "node_modules/zod": {}}
    locks = [tmp_path / "package-lock.json", tmp_path / "node_modules" / ".package-lock.json"]
    locks[1].parent.mkdir()
    for lock in locks:
        lock.write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))

    forget_in_lock(tmp_path)

    for lock in locks:
        assert set(json.loads(lock.read_text())["packages"]) == {"", "node_modules/zod"}
