"""Values on the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from motia.cli.errors import CommandError
from motia.cli.values import read_duration_ms, read_json


def test_a_value_comes_from_the_argument_a_file_or_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "a.json").write_text('{"a": 1}')
    monkeypatch.setattr("sys.stdin", io.StringIO("[2]"))

    assert read_json('"x"', option="--data") == "x"
    assert read_json(f"@{tmp_path / 'a.json'}", option="--data") == {"a": 1}
    assert read_json("-", option="--data") == [2]


@pytest.mark.parametrize(
    "text", ["{name: 1}", "", "NaN", "[Infinity]", "1e400", "[" * 100_000, r'{"a": "\ud800"}']
)
def test_what_is_not_json_is_refused_with_an_example(text: str):
    with pytest.raises(CommandError) as refused:
        read_json(text, option="--data")

    assert refused.value.message.startswith("--data is not JSON")
    assert "--data" in refused.value.hint


def test_the_example_names_an_option_only_where_there_is_one():
    with pytest.raises(CommandError) as refused:
        read_json("{bad", option="the value")

    assert "--" not in refused.value.hint


@pytest.mark.parametrize(
    ("text", "ms"),
    [("500ms", 500), ("1.5s", 1_500), ("5m", 300_000), ("2h", 7_200_000), ("1d", 86_400_000), ("3", 3_000)],
)
def test_a_duration_has_a_unit_or_is_seconds(text: str, ms: int):
    assert read_duration_ms(text, option="--delay") == ms


def test_another_duration_is_refused():
    with pytest.raises(CommandError, match="soon"):
        read_duration_ms("soon", option="--delay")
