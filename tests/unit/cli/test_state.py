"""`motia state`."""

from __future__ import annotations

from motia.cli.state import state


def test_a_value_is_read_whole_and_by_any_key(project):
    assert project.json(state, "get", "users", "a/b") == {"name": "Ada", "token": "t0p"}


def test_a_value_is_set_read_and_deleted(project):
    set_ = project.json(state, "set", "users", "c", '{"name": "Bob"}')
    got = project.json(state, "get", "users", "c")
    deleted = project.json(state, "delete", "users", "c")

    assert (set_["version"], got, deleted) == (1, {"name": "Bob"}, {"deleted": True})


def test_what_is_not_there_is_said(project):
    got = project.run(state, "get", "users", "zz", "--no-json")
    deleted = project.run(state, "delete", "users", "zz", "--no-json")

    assert got.exit_code == deleted.exit_code == 1
    assert "motia state list users" in got.stderr
    assert "there is no users/zz" in deleted.stderr


def test_groups_and_keys_are_listed(project):
    assert project.json(state, "list") == [{"group": "users", "keys": 1}]
    assert [entry["key"] for entry in project.json(state, "list", "users")] == ["a/b"]
    assert project.run(state, "list", "none", "--no-json").stdout == "There is nothing in none.\n"
