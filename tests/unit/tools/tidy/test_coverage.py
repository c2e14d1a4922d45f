"""A test file beside each module."""

from __future__ import annotations

from tools.tidy.coverage import check_sdk_tests, check_tests, path_of_tests

LOGIC = "def f():\n    return 1\n"


def test_a_module_without_a_test_file_is_found(repository_of):
    repository = repository_of(
        {
            "src/motia/ledger/a.py": LOGIC,
            "src/motia/ledger/b.py": LOGIC,
            "tests/unit/ledger/test_b.py": "",
            "tools/tidy/c.py": LOGIC,
        }
    )

    assert [(finding.path, finding.message) for finding in check_tests(repository)] == [
        ("src/motia/ledger/a.py", "no tests/unit/ledger/test_a.py"),
        ("tools/tidy/c.py", "no tests/unit/tools/tidy/test_c.py"),
    ]


def test_a_module_that_only_declares_needs_none(repository_of):
    seam = 'class Seam(Protocol):\n    def f(self) -> int:\n        """F."""\n        ...\n'
    repository = repository_of({"src/motia/ledger/seam.py": seam, "src/motia/ledger/__init__.py": LOGIC})

    assert list(check_tests(repository)) == []


def test_the_place_of_a_test_follows_the_module():
    assert path_of_tests("src/motia/engine.py") == "tests/unit/test_engine.py"
    assert path_of_tests("src/motia/ledger/sqlite/writer.py") == "tests/unit/ledger/sqlite/test_writer.py"
    assert path_of_tests("tests/unit/test_engine.py") == ""


def test_a_file_of_an_sdk_without_its_tests_is_found(repository_of):
    typescript, ruby = "export function f() {\n  return 1;\n}\n", "def f\n  1\nend\n"
    repository = repository_of(
        {
            "sdk/node/src/worker/a.ts": typescript,
            "sdk/node/src/worker/b.ts": typescript,
            "sdk/node/src/main.ts": typescript,
            "sdk/node/src/types.ts": "export interface A {\n  f(): void;\n}\n",
            "sdk/node/tests/worker/b.test.ts": "",
            "sdk/ruby/lib/motia.rb": 'require_relative "motia/a"\n',
            "sdk/ruby/lib/motia/a.rb": ruby,
            "sdk/ruby/lib/motia/worker/b.rb": ruby,
            "sdk/ruby/test/worker/test_b.rb": "",
        }
    )

    assert [finding.message for finding in check_sdk_tests(repository)] == [
        "no sdk/node/tests/worker/a.test.ts",
        "no sdk/ruby/test/test_a.rb",
    ]
