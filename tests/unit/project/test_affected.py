"""Which languages a change concerns."""

from __future__ import annotations

from pathlib import Path

import pytest

from motia.project import Discovery, affected_languages

FILES = {"node": ("motia/steps/a.ts",), "python": ("motia/steps/a.py",), "ruby": ("motia/steps/a.rb",)}
MODULES = {
    "node": {"motia/steps/a.ts", "src/prices.json"},
    "python": {"motia/steps/a.py", "src/prices.json", "lib/helper.py"},
    "ruby": {"motia/steps/a.rb"},
}
EVERY = {"node", "python", "ruby"}


def affected(*changed: str, files: dict[str, tuple[str, ...]] | None = None) -> set[str]:
    before = Discovery(root=Path("/p"), files=FILES)
    after = Discovery(root=Path("/p"), files=FILES if files is None else files)
    return set(affected_languages(changed, before=before, after=after, modules=MODULES))


@pytest.mark.parametrize(
    ("changed", "languages"),
    [
        ("motia/steps/a.ts", {"node"}),
        ("motia/steps/a.py", {"python"}),
        ("lib/helper.py", {"python"}),
        ("src/prices.json", {"node", "python"}),
        ("package.json", {"node"}),
        ("package-lock.json", {"node"}),
        ("tsconfig.json", {"node"}),
        ("Gemfile", {"ruby"}),
        ("Gemfile.lock", {"ruby"}),
        ("motia/steps/new_helper.rb", {"ruby"}),
        ("motia/types.d.ts", {"node"}),
        ("motia.config.py", set()),
        ("motia/workflows/order.yaml", set()),
        ("motia/workflows/order.py", set()),
        ("motia.config.ts", set()),
    ],
)
def test_a_file_concerns_the_languages_that_read_it(changed: str, languages: set[str]) -> None:
    assert affected(changed) == languages


def test_what_no_language_can_claim_concerns_all() -> None:
    assert affected("motia/steps/letter.html") == EVERY
    assert affected(".env") == EVERY


def test_a_first_and_a_last_file_concern_their_language() -> None:
    without_ruby = {language: files for language, files in FILES.items() if language != "ruby"}

    assert affected("motia/steps/a.rb", files=without_ruby) == {"ruby"}
    assert affected("motia/steps/b.rb", files={**FILES, "ruby": ("motia/steps/b.rb",)}) == {"ruby"}


def test_a_language_without_step_files_is_never_concerned() -> None:
    only = Discovery(root=Path("/p"), files={"python": FILES["python"]})

    assert affected_languages(["package.json", "x.rb"], before=only, after=only, modules={}) == frozenset()


def test_several_changes_concern_all_of_theirs() -> None:
    assert affected("motia/steps/a.ts", "motia/steps/a.rb") == {"node", "ruby"}
