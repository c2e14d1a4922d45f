"""The direction of imports, the doors of rooms, cycles."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.tidy.imports import check_cycles, check_direction, room_table
from tools.tidy.repository import Repository

ROOT = Path(__file__).parents[4]


def test_the_table_is_read_from_the_architecture_page():
    table = room_table((ROOT / "ARCHITECTURE.md").read_text("utf-8"))

    assert table["model"] == frozenset()
    assert table["ledger"] == {"model", "runtime", "telemetry"}
    assert "protocol" in table["dispatch"]
    assert "engine.py" in table["cli"]
    assert "cli" not in table["engine.py"]


def test_a_table_that_names_a_room_below_is_refused():
    with pytest.raises(ValueError, match="later"):
        room_table("| `model/` | nouns | later |\n| `later/` | x | |\n")


def test_an_import_against_the_table_is_found(repository_of):
    repository = repository_of({"src/motia/ledger/a.py": "from motia.dispatch import Claimer\n"})

    (finding,) = check_direction(repository)

    assert finding.message == "ledger may not import dispatch"
    assert (finding.path, finding.line) == ("src/motia/ledger/a.py", 1)


def test_an_import_inside_a_function_counts(repository_of):
    repository = repository_of({"src/motia/model/a.py": "def f():\n    import motia.engine\n"})

    (finding,) = check_direction(repository)

    assert finding.line == 2


def test_what_the_table_allows_passes(repository_of):
    text = "from motia.model import Run\nfrom motia.ledger import Ledger\nfrom motia.dispatch.own import x\n"
    repository = repository_of(
        {"src/motia/dispatch/a.py": text, "src/motia/engine.py": text.splitlines()[0] + "\n"}
    )

    assert list(check_direction(repository)) == []


def test_a_room_entered_by_a_side_door_is_found(repository_of):
    repository = repository_of({"src/motia/dispatch/a.py": "from motia.ledger.sqlite import writer\n"})

    (finding,) = check_direction(repository)

    assert finding.check == "rooms"


def test_a_room_that_the_table_does_not_have_is_found(repository_of):
    repository = repository_of({"src/motia/attic/a.py": ""})

    (finding,) = check_direction(repository)

    assert "attic" in finding.message


def test_a_cycle_is_found_once(repository_of):
    repository = repository_of(
        {
            "src/motia/ledger/a.py": "from motia.ledger import b\n",
            "src/motia/ledger/b.py": "from motia.ledger.c import x\n",
            "src/motia/ledger/c.py": "import motia.ledger.a\n",
        }
    )

    (finding,) = check_cycles(repository)

    assert finding.message == "motia.ledger.a -> motia.ledger.b -> motia.ledger.c -> motia.ledger.a"


def test_an_import_inside_a_function_or_for_types_makes_no_cycle(repository_of):
    repository = repository_of(
        {
            "src/motia/ledger/a.py": "def f():\n    from motia.ledger import b\n",
            "src/motia/ledger/b.py": "from motia.ledger import a\n",
            "src/motia/ledger/c.py": "if TYPE_CHECKING:\n    from motia.ledger import d\n",
            "src/motia/ledger/d.py": "from motia.ledger import c\n",
        }
    )

    assert list(check_cycles(repository)) == []


def test_a_name_that_a_package_passes_on_to_its_own_module_is_a_cycle(repository_of):
    repository = repository_of(
        {
            "src/motia/ledger/__init__.py": "from motia.ledger.a import A\nfrom motia.ledger.b import B\n",
            "src/motia/ledger/a.py": "from motia.ledger import B\n",
            "src/motia/ledger/b.py": "from motia.ledger import c\n",
            "src/motia/ledger/c.py": "",
        }
    )

    (finding,) = check_cycles(repository)

    assert finding.message == "motia.ledger -> motia.ledger.a -> motia.ledger"


def test_this_repository_has_no_cycle():
    assert list(check_cycles(Repository(ROOT))) == []
