from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from motia.model import StartError
from motia.project import KEYS, Settings, WorkerPools, load_config

MIB = 1024 * 1024
TOKEN = "0123456789abcdef0123456789abcdef"


def load(
    root: Path,
    *,
    command: str = "dev",
    environment: str | None = None,
    flags: dict[str, Any] | None = None,
    environ: dict[str, str] | None = None,
) -> Settings:
    return load_config(
        root,
        command=command,
        environment=environment,
        flags=flags or {},
        environ=environ or {"PATH": "/usr/bin:/bin"},
    )


def refused(root: Path, **more: Any) -> StartError:
    with pytest.raises(StartError) as caught:
        load(root, **more)
    return caught.value


def python_config(root: Path, text: str) -> None:
    (root / "motia.config.py").write_text(text)


def test_without_a_file_development_has_the_documented_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)
    config = settings.config

    assert (config.environment, config.host, config.port) == ("development", "127.0.0.1", 3001)
    assert (config.workbench.enabled, config.workbench.port, config.workbench.token) == (True, 3000, None)
    assert config.database_url == "sqlite://./.motia/motia.db"
    assert config.redis_url is None
    assert (config.limits.body_bytes, config.limits.payload_bytes) == (10 * MIB, MIB)
    assert (config.limits.request_timeout_s, config.shutdown_grace_s) == (60.0, 30.0)
    assert (config.retention.runs_s, config.retention.logs_s) == (7 * 86_400, 3 * 86_400)
    assert config.cors_origins == ("localhost",)
    assert config.workers == WorkerPools()
    assert config.root == tmp_path
    assert settings.origins["port"] == (3001, "default (development)")
    assert list(settings.origins) == [key.name for key in KEYS]


def test_start_has_the_documented_defaults_of_production(tmp_path: Path) -> None:
    config = load(tmp_path, command="start").config

    assert (config.environment, config.host, config.port) == ("production", "0.0.0.0", 8080)
    assert (config.workbench.enabled, config.workbench.port) == (False, 3000)
    assert config.cors_origins == ()
    assert config.workers.request >= 1
    assert config.is_production


@pytest.mark.parametrize(
    ("command", "flag", "environ", "expected"),
    [
        ("dev", None, {}, "development"),
        ("check", None, {}, "development"),
        ("start", None, {}, "production"),
        ("start", None, {"NODE_ENV": "development"}, "development"),
        ("dev", None, {"NODE_ENV": "test", "MOTIA_ENV": "production"}, "production"),
        ("dev", "staging", {"NODE_ENV": "test", "MOTIA_ENV": "production"}, "staging"),
        ("dev", None, {"MOTIA_ENV": ""}, "development"),
    ],
)
def test_the_environment_is_the_flag_then_motia_env_then_node_env(
    tmp_path: Path, command: str, flag: str | None, environ: dict[str, str], expected: str
) -> None:
    assert load(tmp_path, command=command, environment=flag, environ=environ).config.environment == expected


def test_a_bad_environment_name_is_refused_with_its_place(tmp_path: Path) -> None:
    error = refused(tmp_path, environ={"MOTIA_ENV": "../x"})

    assert error.message.startswith("MOTIA_ENV: '../x'")
    assert "development, production" in error.hint


def test_a_flag_beats_the_environment_beats_dotenv_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    python_config(
        tmp_path, "config = {'port': 1, 'host': 'file', 'workbench': {'port': 2}, 'shutdown': {'grace': 3}}"
    )
    (tmp_path / ".env").write_text("MOTIA_WORKBENCH_PORT=20\nMOTIA_HOST=dotenv\nMOTIA_PORT=10\n")

    settings = load(
        tmp_path, flags={"port": 1000, "host": None}, environ={"MOTIA_PORT": "100", "MOTIA_HOST": "real"}
    )

    assert settings.origins["port"] == (1000, "flag --port")
    assert settings.origins["host"] == ("real", "environment variable MOTIA_HOST")
    assert settings.origins["workbench.port"] == (20, ".env MOTIA_WORKBENCH_PORT")
    assert settings.origins["shutdown.grace"] == (3.0, "motia.config.py")
    assert settings.origins["limits.payload_bytes"] == (MIB, "default (development)")
    assert settings.config.port == 1000
    assert settings.config.workbench.port == 20
    assert settings.environ["MOTIA_HOST"] == "real"
    assert settings.environ["MOTIA_WORKBENCH_PORT"] == "20"


def test_flags_may_be_spelled_with_dots_dashes_or_underscores(tmp_path: Path) -> None:
    for name in ("workbench.port", "workbench-port", "workbench_port"):
        settings = load(tmp_path, flags={name: 7})
        assert settings.origins["workbench.port"] == (7, "flag --workbench-port")


def test_every_key_has_an_environment_variable(tmp_path: Path) -> None:
    environ = {
        "MOTIA_LIMITS_BODY_BYTES": "2MiB",
        "MOTIA_TRIGGERS_STRICT": "true",
        "MOTIA_CORS_ORIGINS": "https://a.example, localhost",
        "MOTIA_RETENTION_RUNS": "14 days",
        "MOTIA_WORKERS_BACKGROUND": "3",
        "MOTIA_TRACES_SAMPLE_PER_S": "5",
    }

    config = load(tmp_path, environ=environ).config

    assert config.limits.body_bytes == 2 * MIB
    assert config.triggers_strict
    assert config.cors_origins == ("https://a.example", "localhost")
    assert config.retention.runs_s == 14 * 86_400
    assert config.workers.background == 3
    assert config.trace_sample_per_s == 5


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1 day", 86_400),
        ("1h 30m", 5_400),
        ("1.5h", 5_400),
        ("500ms", 0.5),
        ("45", 45),
        (12, 12),
    ],
)
def test_durations_are_seconds_or_text(tmp_path: Path, value: Any, seconds: float) -> None:
    python_config(tmp_path, f"config = {{'limits': {{'request_timeout': {value!r}}}}}")

    assert load(tmp_path).config.limits.request_timeout_s == seconds


@pytest.mark.parametrize(
    ("value", "size"),
    [("10MiB", 10 * MIB), ("500 kB", 500_000), ("1.5 MiB", 3 * MIB // 2), ("2048", 2048), (4096, 4096)],
)
def test_sizes_are_bytes_or_text(tmp_path: Path, value: Any, size: int) -> None:
    python_config(tmp_path, f"config = {{'limits': {{'body_bytes': {value!r}}}}}")

    assert load(tmp_path).config.limits.body_bytes == size


def test_an_object_keyed_by_environment_applies_the_chosen_one(tmp_path: Path) -> None:
    python_config(
        tmp_path,
        "config = {'development': {'port': 4001}, 'production': {'port': 4002}, 'qa': {'port': 4003}}",
    )

    assert load(tmp_path).config.port == 4001
    assert load(tmp_path, command="start").origins["port"] == (4002, "motia.config.py [production]")
    assert load(tmp_path, environment="qa").config.port == 4003


def test_names_of_ones_own_are_environments_when_they_hold_settings(tmp_path: Path) -> None:
    python_config(tmp_path, "config = {'qa': {'port': 4003}}")

    settings = load(tmp_path)

    assert settings.config.port == 3001
    assert "has no section 'development', only 'qa'" in settings.warnings[0]


def test_a_mistake_in_another_environments_section_is_found_too(tmp_path: Path) -> None:
    python_config(tmp_path, "config = {'development': {}, 'production': {'prot': 1}}")

    error = refused(tmp_path)

    assert error.message == "motia.config.py [production]: unknown key 'prot'"
    assert error.hint == "did you mean 'port'?"


def test_dotted_and_camel_case_keys_are_understood(tmp_path: Path) -> None:
    python_config(
        tmp_path, "config = {'workbench.port': 9, 'limits': {'bodyBytes': 7, 'payload_bytes': None}}"
    )

    config = load(tmp_path).config

    assert (config.workbench.port, config.limits.body_bytes, config.limits.payload_bytes) == (9, 7, MIB)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{'prot': 1}", "motia.config.py: unknown key 'prot'", "did you mean 'port'?"),
        ("{'limits': {'body_size': 1}}", "motia.config.py: unknown key 'limits.body_size'", "'limits.body_bytes'"),
        ("{'wrokbench': {'port': 1}}", "motia.config.py: unknown key 'wrokbench'", "'workbench.port'"),
        ("{'workbench': 1}", "motia.config.py: 'workbench' holds settings, not a value", "workbench.enabled"),
        ("{'port': 'x'}", 'motia.config.py: port must be a whole number, not "x"', "motia config"),
        ("{'port': 70000}", "motia.config.py: port must be a whole number from 0 to 65,535, not 70000", "motia config"),
        ("{'port': True}", "motia.config.py: port must be a whole number, not true", "motia config"),
        ("{'host': 'http://x'}", "motia.config.py: host must be a host name", "motia config"),
        ("{'shutdown': {'grace': 'soon'}}", 'shutdown.grace must be seconds as a number, or text such as "30s"', "motia config"),  # noqa: E501
        ("{'shutdown': {'grace': -1}}", "shutdown.grace must be 0 to 86,400 seconds, not -1", "motia config"),
        ("{'limits': {'body_bytes': '10 bananas'}}", 'limits.body_bytes must be bytes as a whole number, or text such as "10MiB"', "motia config"),  # noqa: E501
        ("{'limits': {'body_bytes': '1 GiB'}}", "limits.body_bytes must be 1 to 67,108,864 bytes", "motia config"),
        ("{'workbench': {'enabled': 'maybe'}}", 'workbench.enabled must be true or false, not "maybe"', "motia config"),
        ("{'cors': {'origins': ['example.com']}}", "cors.origins must be origins such as", "motia config"),
        ("{'cors': {'origins': 5}}", "cors.origins must be a list of origins, not 5", "motia config"),
        ("{'database': {'url': 'postgresql://u:secret@db/x'}}", "this version keeps its ledger in SQLite only", "motia config"),  # noqa: E501
        ("{'database': {'url': 'mysql://u:secret@db/x'}}", 'such as "sqlite://./.motia/motia.db"', "motia config"),
        ("{'port': 3000}", "port and workbench.port are both 3000", "--workbench-port"),
        ("{'port': 1, 'production': {'port': 2}}", "mixes environments with the setting 'port'", "into each environment"),  # noqa: E501
        ("{'development': 3}", "motia.config.py [development]: is no object of settings", "{...}"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_its_place_and_a_hint(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    python_config(tmp_path, f"config = {text}")

    error = refused(tmp_path)

    assert message in error.message
    assert hint in error.hint
    assert "secret" not in error.message


def test_all_faults_are_reported_at_once_with_their_places(tmp_path: Path) -> None:
    python_config(tmp_path, "config = {'prot': 1, 'host': 5}")

    error = refused(tmp_path, flags={"port": "x", "colour": 1}, environ={"MOTIA_SHUTDOWN_GRACE": "never"})

    assert [detail["where"] for detail in error.details] == [
        "flag --port",
        "--colour",
        "environment variable MOTIA_SHUTDOWN_GRACE",
        "motia.config.py",
        "motia.config.py",
    ]
    assert error.message.startswith("5 mistakes in the configuration:")
    assert "unknown key 'prot' (did you mean 'port'?)" in error.message


def test_two_configuration_files_are_an_error_that_names_both(tmp_path: Path) -> None:
    python_config(tmp_path, "config = {}")
    (tmp_path / "motia.config.js").write_text("module.exports = {}")

    error = refused(tmp_path)

    assert "motia.config.py, motia.config.js" in error.message
    assert "keep one" in error.hint


def test_production_refuses_a_workbench_without_a_strong_token(tmp_path: Path) -> None:
    on = {"MOTIA_WORKBENCH_ENABLED": "1"}

    missing = refused(tmp_path, command="start", environ=on)
    short = refused(tmp_path, command="start", environ={**on, "MOTIA_WORKBENCH_TOKEN": TOKEN[:31]})
    dull = refused(tmp_path, command="start", environ={**on, "MOTIA_WORKBENCH_TOKEN": "ab" * 40})
    settings = load(tmp_path, command="start", environ={**on, "MOTIA_WORKBENCH_TOKEN": TOKEN})

    assert "environment variable MOTIA_WORKBENCH_ENABLED" in missing.message
    assert "needs workbench.token" in missing.message
    for error in (missing, short, dull):
        assert "openssl rand -hex 32" in error.hint
    assert "environment variable MOTIA_WORKBENCH_TOKEN: workbench.token is too weak" in short.message
    assert "too weak" in dull.message
    assert TOKEN[:31] not in short.message
    assert settings.config.workbench.token == TOKEN


def test_secrets_are_masked_among_the_origins_and_kept_in_the_configuration(tmp_path: Path) -> None:
    environ = {"MOTIA_WORKBENCH_TOKEN": TOKEN, "MOTIA_REDIS_URL": "redis://user:hunter2@cache:6379/0"}

    settings = load(tmp_path, environ=environ)

    assert settings.origins["workbench.token"] == ("********", "environment variable MOTIA_WORKBENCH_TOKEN")
    assert settings.origins["redis.url"][0] == "redis://********@cache:6379/0"
    assert settings.config.redis_url == "redis://user:hunter2@cache:6379/0"
    assert "Redis" in settings.warnings[0]


def test_a_misspelled_variable_is_a_warning_with_the_closest(tmp_path: Path) -> None:
    settings = load(tmp_path, environ={"MOTIA_PORTS": "1", "MOTIA_WORKER_FD": "3", "MOTIA_ENV": "test"})

    assert settings.warnings == (
        "environment variable MOTIA_PORTS is no setting and has no effect; did you mean MOTIA_PORT?",
    )


def test_the_file_sees_the_environment_with_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MY_PORT=4711\n")
    python_config(tmp_path, "import os\nconfig = {'port': int(os.environ['MY_PORT'])}")

    assert load(tmp_path).config.port == 4711
