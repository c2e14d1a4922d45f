"""Files and functions that are too long."""

from __future__ import annotations

from tools.tidy.sizes import check_files, check_functions, check_sdk_functions


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


def test_files_of_the_sdks_have_the_same_limit(repository_of):
    long = "a\n" * 501
    repository = repository_of(
        {"sdk/node/src/a.ts": long, "sdk/ruby/lib/motia/a.rb": long, "sdk/node/dist/b.ts": long}
        | {"sdk/node/src/node_modules/c.ts": long}
    )

    assert [finding.path for finding in check_files(repository)] == [
        "sdk/node/src/a.ts",
        "sdk/ruby/lib/motia/a.rb",
    ]


def test_functions_of_the_sdks_have_the_same_limit(repository_of):
    repository = repository_of(
        {
            "sdk/node/src/a.ts": "function long() {\n" + "  a();\n" * 69 + "}\n",
            "sdk/node/src/b.ts": "function fine() {\n" + "  a();\n" * 68 + "}\n",
            "sdk/ruby/lib/motia/a.rb": "def long\n" + "  a\n" * 69 + "end\n",
        }
    )

    assert [(finding.path, finding.name, finding.amount) for finding in check_sdk_functions(repository)] == [
        ("sdk/node/src/a.ts", "long", 71),
        ("sdk/ruby/lib/motia/a.rb", "long", 71),
    ]
