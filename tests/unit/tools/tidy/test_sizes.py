"""Files and functions that are too long."""

from __future__ import annotations

from tools.tidy.sizes import check_files, check_functions


def test_a_file_over_500_lines_is_found_and_one_of_500_passes(repository_of):
    repository = repository_of({"src/motia/a.py": "x = 1\n" * 501, "src/motia/b.py": "x = 1\n" * 500})

    (finding,) = check_files(repository)

    assert (finding.path, finding.amount) == ("src/motia/a.py", 501)


def test_a_function_over_70_lines_is_found_without_its_docstring(repository_of):
    long = "def long():\n" + "    x = 1\n" * 70
    documented = 'def documented():\n    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * 69
    repository = repository_of({"src/motia/a.py": long + documented})

    (finding,) = check_functions(repository)

    assert (finding.name, finding.amount) == ("long", 71)
