from __future__ import annotations

from motia.project import sdk_dir


def test_the_sdks_are_found_in_a_checkout() -> None:
    assert (sdk_dir("node") / "package.json").is_file()
    assert sdk_dir("ruby").name == "ruby"
