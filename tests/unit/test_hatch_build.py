"""What goes into a wheel besides Python, and when the Node SDK is built for it."""

from __future__ import annotations

import os
from pathlib import Path

import hatch_build
import pytest


def write(path: Path, *, at: float = 1_000.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    os.utime(path, (at, at))
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with sources that are older than what is built of them."""
    for name in ("build.mjs", "package-lock.json", "package.json", "src/index.ts", "bin/motia.mjs"):
        write(tmp_path / "sdk/node" / name)
    write(tmp_path / "sdk/node/node_modules/esbuild/index.js")
    write(tmp_path / "sdk/node/dist/worker.mjs", at=2_000)
    write(tmp_path / "sdk/ruby/lib/motia.rb")
    write(tmp_path / "sdk/ruby/test/test_motia.rb")
    return tmp_path


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that writes what it was asked for into the folder that it was asked in."""
    program = tmp_path / "programs" / "npm"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$1 $2" >> npm.log\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return program


def test_the_sdks_are_packed_without_their_sources_and_tests(checkout: Path):
    assert hatch_build.packed(checkout) == {
        str(checkout / "sdk/node/package.json"): "motia/sdk/node/package.json",
        str(checkout / "sdk/node/bin"): "motia/sdk/node/bin",
        str(checkout / "sdk/node/dist"): "motia/sdk/node/dist",
        str(checkout / "sdk/ruby/lib"): "motia/sdk/ruby/lib",
    }


def test_what_is_built_and_current_is_left_alone(checkout: Path, npm: Path):
    hatch_build.build_node(checkout, tell=pytest.fail)

    assert not (checkout / "sdk/node/npm.log").exists()


@pytest.mark.parametrize("changed", ["src/index.ts", "package-lock.json", "build.mjs"])
def test_what_is_older_than_its_sources_is_built_again(checkout: Path, npm: Path, changed: str):
    write(checkout / "sdk/node" / changed, at=3_000)

    hatch_build.build_node(checkout, tell=pytest.fail)

    assert (checkout / "sdk/node/npm.log").read_text().splitlines() == ["ci --no-fund", "run build"]


def test_without_npm_the_node_sdk_is_left_out_and_that_is_said(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    (checkout / "sdk/node/dist/worker.mjs").unlink()
    told: list[str] = []

    hatch_build.build_node(checkout, tell=told.append)

    assert "npm is not installed, so the Node SDK is left out" in told[0]
    assert list(hatch_build.packed(checkout).values()) == ["motia/sdk/ruby/lib"]


@pytest.fixture
def screens(checkout: Path) -> Path:
    """A Workbench whose sources are older than what is built of them."""
    for name in ("vite.config.ts", "package-lock.json", "index.html", "src/main.tsx", "public/icon.svg"):
        write(checkout / "workbench" / name)
    write(checkout / "workbench/dist/index.html", at=2_000)
    write(checkout / "workbench/dist/assets/a.js", at=2_000)
    return checkout


def test_the_screens_are_packed_into_the_room_that_serves_them(screens: Path):
    packed = hatch_build.packed(screens)

    assert packed[str(screens / "workbench/dist")] == "motia/workbench/static"


@pytest.mark.parametrize("changed", ["src/main.tsx", "public/icon.svg", "index.html", "package-lock.json"])
def test_screens_older_than_their_sources_are_built_again(screens: Path, npm: Path, changed: str):
    hatch_build.build_workbench(screens, tell=pytest.fail)
    assert not (screens / "workbench/npm.log").exists()

    write(screens / "workbench" / changed, at=3_000)
    hatch_build.build_workbench(screens, tell=pytest.fail)

    assert (screens / "workbench/npm.log").read_text().splitlines() == ["ci --no-fund", "run build"]


def test_without_npm_the_screens_are_left_out_and_it_says_so(
    screens: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    (screens / "workbench/dist/index.html").unlink()
    told: list[str] = []

    hatch_build.build_workbench(screens, tell=told.append)

    assert "no screens" in told[0]
    assert "motia/workbench/static" not in hatch_build.packed(screens).values()
