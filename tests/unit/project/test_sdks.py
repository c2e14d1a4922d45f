"""Where the SDKs are."""

from __future__ import annotations

from pathlib import Path

import pytest

from motia.project import sdk_dir


def test_the_sdks_are_in_the_checkout_beside_the_package() -> None:
    assert (sdk_dir("node") / "package.json").is_file()
    assert sdk_dir("ruby").parts[-2:] == ("sdk", "ruby")


def test_the_sdks_in_the_package_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lib" / "motia" / "sdk" / "node").mkdir(parents=True)
    monkeypatch.setattr(
        "motia.project.sdks.__file__", str(tmp_path / "lib" / "motia" / "project" / "sdks.py")
    )

    assert sdk_dir("node") == tmp_path / "lib" / "motia" / "sdk" / "node"
    assert sdk_dir("ruby") == tmp_path / "sdk" / "ruby"
