from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from motia.project import Config
from motia.project.config_keys import KEY_BY_NAME, KEYS, MIB, read_bytes, read_duration_s


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(5, 5), (0.5, 0.5), ("7", 7), ("500ms", 0.5), ("30s", 30), ("1h 30m", 5_400), ("7 days", 604_800)],
)
def test_a_duration_is_a_number_or_text_with_units(value: Any, seconds: float):
    assert read_duration_s(value) == seconds


@pytest.mark.parametrize("value", ["", "5 parsecs", "soon", "1h 7", True, None, float("nan"), [5]])
def test_what_is_no_duration_is_refused_with_what_was_expected(value: Any):
    with pytest.raises(ValueError, match="seconds as a number, or text such as"):
        read_duration_s(value)


@pytest.mark.parametrize(("value", "size"), [(5, 5), ("500 kB", 500_000), ("10MiB", 10 * MIB), (2.0, 2)])
def test_a_size_is_whole_bytes_or_text_with_a_unit(value: Any, size: int):
    assert read_bytes(value) == size


@pytest.mark.parametrize("value", ["", "10 potatoes", 1.5, False, None])
def test_what_is_no_size_is_refused_with_what_was_expected(value: Any):
    with pytest.raises(ValueError, match="bytes as a whole number, or text such as"):
        read_bytes(value)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_default_is_in_its_own_range(key: Any):
    for environment in ("development", "production"):
        default = key.default(environment)
        if default is not None:
            read = key.read(list(default) if isinstance(default, tuple) else default)
            assert read == default


def test_every_key_has_its_field_in_the_configuration(tmp_path: Path):
    config = Config(root=tmp_path)

    for key in KEYS:
        reduce(getattr, key.field.split("."), config)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 65_536),
        ("port", "80 80"),
        ("host", "http://x"),
        ("triggers.strict", "maybe"),
        ("cors.origins", ["ftp://x"]),
        ("database.url", "postgresql://x"),
        ("redis.url", "http://x"),
        ("limits.payload_bytes", "16MiB"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: Any):
    with pytest.raises(ValueError):
        KEY_BY_NAME[name].read(value)


def test_secrets_are_masked_wherever_they_stand():
    assert KEY_BY_NAME["workbench.token"].shown("abc") == "********"
    assert KEY_BY_NAME["redis.url"].shown("redis://me:pw@host:1/2") == "redis://********@host:1/2"
    assert KEY_BY_NAME["port"].shown(3001) == 3001


def test_a_variable_is_named_after_its_key():
    assert KEY_BY_NAME["limits.request_timeout"].variable == "MOTIA_LIMITS_REQUEST_TIMEOUT"
