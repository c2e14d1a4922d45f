"""A test file beside each module."""

from __future__ import annotations

from tools.tidy.coverage import check_tests, path_of_tests

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
