"""Docstrings, names, SQL and paths."""

from __future__ import annotations

import pytest
from tools.tidy.words import check_docstrings, check_first_lines, check_names, check_paths, check_sql


def test_what_has_no_docstring_is_found_by_name(repository_of):
    text = "class A:\n    def b(self): ...\n    def _c(self): ...\n\ndef d():\n    def e(): ...\n"
    repository = repository_of({"src/motia/a.py": text})

    names = [finding.name for finding in check_docstrings(repository)]

    assert names == ["module", "A", "A.b", "d"]


def test_a_file_of_an_sdk_says_what_it_owns_before_its_code(repository_of):
    repository = repository_of(
        {
            "sdk/node/src/a.ts": "export const a = 1;\n",
            "sdk/node/src/b.ts": "/** Owns b. */\nexport const b = 1;\n",
            "sdk/ruby/lib/motia/a.rb": '# frozen_string_literal: true\n\nrequire "b"\n',
            "sdk/ruby/lib/motia/b.rb": "# frozen_string_literal: true\n\n# Owns b.\nmodule B; end\n",
        }
    )

    assert [finding.path for finding in check_first_lines(repository)] == [
        "sdk/node/src/a.ts",
        "sdk/ruby/lib/motia/a.rb",
    ]


def test_an_overridden_or_private_thing_needs_no_docstring(repository_of):
    text = '"""Owns a."""\n\nclass _A:\n    def b(self): ...\n\n@override\ndef c(): ...\n'
    repository = repository_of({"src/motia/a.py": text})

    assert list(check_docstrings(repository)) == []


@pytest.mark.parametrize("path", ["src/motia/util.py", "src/motia/helpers/a.py", "tests/unit/test_misc.py"])
def test_a_name_that_says_nothing_is_found(repository_of, path):
    repository = repository_of({path: ""})

    assert len(list(check_names(repository))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM runs",
        "insert",
        "INSERT OR IGNORE INTO a VALUES (1)",
        "\n  UPDATE runs SET x = 1",
        "PRAGMA x",
    ],
)
def test_sql_is_found_outside_its_rooms(repository_of, statement):
    text = f"x = {statement!r}\n"
    repository = repository_of({"src/motia/dispatch/a.py": text, "src/motia/ledger/a.py": text})

    paths = [finding.path for finding in check_sql(repository)]

    assert paths == ([] if statement == "insert" else ["src/motia/dispatch/a.py"])


def test_a_path_of_somebodys_machine_is_found(repository_of):
    home = "/" + "home"
    repository = repository_of(
        {
            "docs/a.md": f"see\n{home}/ada/notes\n",
            "docs/b.md": "see https://host/homepage and ~/home and src/work/x\n",
        }
    )

    (finding,) = check_paths(repository)

    assert (finding.path, finding.line) == ("docs/a.md", 2)


def test_a_file_of_an_sdk_with_a_name_that_says_nothing_is_found(repository_of):
    repository = repository_of({"sdk/node/src/worker/helpers.ts": "// Owns a.\n", "sdk/node/src/a.ts": ""})

    assert [finding.path for finding in check_names(repository)] == ["sdk/node/src/worker/helpers.ts"]
