"""`motia config`."""

from __future__ import annotations

from motia.cli.config import config


def test_each_value_names_where_it_came_from(project, monkeypatch):
    (project.root / "motia.config.py").write_text('config = {"port": 4001}\n')
    monkeypatch.setenv("MOTIA_HOST", "127.0.0.9")

    rows = {row["key"]: row for row in project.json(config)}

    assert (rows["port"]["value"], rows["port"]["from"]) == (4001, "motia.config.py")
    assert rows["host"]["value"] == "127.0.0.9"
    assert "MOTIA_HOST" in rows["host"]["from"]
    assert "default" in rows["database.url"]["from"]


def test_secrets_are_masked(project, monkeypatch):
    monkeypatch.setenv("MOTIA_WORKBENCH_TOKEN", "0123456789abcdef" * 4)

    assert "0123456789abcdef" not in project.run(config, "--json").output
    assert "0123456789abcdef" not in project.run(config, "--no-json").output


def test_an_unknown_key_is_an_error_with_the_closest(project):
    (project.root / "motia.config.py").write_text('config = {"prot": 4001}\n')

    done = project.run(config, "--no-json")

    assert done.exit_code == 1
    assert "port" in done.stderr


def test_the_environment_can_be_named(project):
    rows = {row["key"]: row["value"] for row in project.json(config, "--env", "production")}

    assert rows["port"] == 8080
