from __future__ import annotations

from pathlib import Path

import pytest

from motia.authoring import Collector, StepFault, activate, deactivate, event
from motia.authoring.registry import Hook, add_faults, add_hook, relative
from motia.model import LoadFault

ERROR = LoadFault(code="bad-option", file="a.py", line=3, message="retries is -1")
WARNING = LoadFault(code="odd", file="a.py", line=4, message="odd", severity="warning")


def test_steps_and_hooks_go_to_the_collector_that_was_activated_last(tmp_path: Path) -> None:
    outer, inner = Collector(str(tmp_path)), Collector(str(tmp_path))
    activate(outer)
    activate(inner)
    try:
        event(id="one")(lambda: None)
        add_hook(Hook("start", lambda: None, "a.py", 1))
        deactivate(inner)
        event(id="two")(lambda: None)
    finally:
        deactivate(inner)
        deactivate(outer)

    assert [step.spec.id for step in inner.steps] == ["one"]
    assert [hook.when for hook in inner.hooks] == ["start"]
    assert [step.spec.id for step in outer.steps] == ["two"]


def test_faults_are_collected_all_together(collector: Collector) -> None:
    add_faults([ERROR, WARNING])

    assert collector.faults == [ERROR, WARNING]


def test_without_a_collector_an_error_is_raised_and_a_warning_is_not() -> None:
    add_faults([WARNING])
    with pytest.raises(StepFault) as caught:
        add_faults([WARNING, ERROR])

    assert caught.value.faults == (ERROR,)


def test_without_a_collector_a_right_declaration_leaves_the_function_as_it_was() -> None:
    def handler() -> int:
        return 7

    assert event(id="x")(handler)() == 7


def test_files_are_named_relative_to_the_project_and_others_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "project")
    collector = Collector(str(tmp_path / "link"))
    file = str(tmp_path / "project" / "motia" / "a.py")
    assert relative(file) == file

    activate(collector)
    try:
        assert relative(file) == "motia/a.py"
        assert relative(str(tmp_path / "projects.py")) == str(tmp_path / "projects.py")
    finally:
        deactivate(collector)
