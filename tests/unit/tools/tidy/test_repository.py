"""What belongs to the repository."""

from __future__ import annotations


def test_templates_of_projects_and_made_folders_are_left_out(repository_of):
    repository = repository_of(
        {
            "src/motia/a.py": "",
            "src/motia/cli/templates/minimal/motia/steps/hello.py": "print(1)\n",
            "examples/x/.motia/b.py": "",
            "tests/node_modules/c.py": "",
        }
    )

    assert [file.path for file in repository.python] == ["src/motia/a.py"]


def test_a_file_knows_its_module_and_room(repository_of):
    repository = repository_of(
        {"src/motia/ledger/sqlite/writer.py": "", "src/motia/engine.py": "", "src/motia/__init__.py": ""}
    )
    found = {file.module: file.room for file in repository.package}

    assert found == {"motia.ledger.sqlite.writer": "ledger", "motia.engine": "engine.py", "motia": ""}
