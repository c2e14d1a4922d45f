"""Runs the unit tests of sdk/ruby, and compares its words with those of the engine's validator."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from motia.project import compile_schema, problems_of

SDK = Path(__file__).parents[3] / "sdk" / "ruby"
LIMIT_S = 50.0


def ruby(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    if shutil.which("ruby") is None:
        pytest.skip("ruby is not installed")
    return subprocess.run(
        ["ruby", "-w", f"-I{SDK}/lib", f"-I{SDK}/test", *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_the_unit_tests_of_the_ruby_library_pass():
    done = ruby(str(SDK / "test" / "all.rb"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 skips" in done.stdout
    assert "warning" not in done.stderr


def test_every_file_is_clean_of_warnings_and_says_that_its_texts_are_frozen():
    files = sorted(SDK.rglob("*.rb"))
    assert len(files) > 30

    done = ruby("-e", "ARGV.each { |file| RubyVM::InstructionSequence.compile_file(file) }", *map(str, files))

    assert (done.returncode, done.stderr) == (0, "")
    assert [
        file for file in files if not file.read_text().startswith("# frozen_string_literal: true\n")
    ] == []


CASES = [
    ({"type": "string"}, 5),
    ({"type": "integer"}, 1.5),
    ({"type": "integer"}, "x"),
    ({"type": ["string", "null"]}, {}),
    ({"type": "array", "items": {"type": "boolean"}}, [True, 1]),
    ({"enum": ["a", 1, None]}, "b"),
    ({"enum": ["a"]}, "b"),
    ({"const": {"a": 1}}, 2),
    ({"minimum": 5}, 1),
    ({"maximum": 5}, 6.5),
    ({"exclusiveMinimum": 5}, 5),
    ({"exclusiveMaximum": 5}, 5),
    ({"minLength": 3}, "ab"),
    ({"minLength": 1}, ""),
    ({"maxLength": 1}, "ab"),
    ({"minItems": 1}, []),
    ({"maxItems": 1}, [1, 2]),
    ({"type": "object", "properties": {"a/b": {"type": "string"}}}, {"a/b": 1}),
]


def test_problems_have_the_words_of_the_engine():
    script = (
        "require 'motia'; require 'json'\n"
        "puts JSON.generate(JSON.parse($stdin.read).map { |schema, value|\n"
        "  problems = []\n"
        "  Motia::Schemas::Checks.compile(schema, 'body').call(value, '', problems)\n"
        "  problems.map { |problem| [problem.path, problem.message, problem.keyword] } })\n"
    )

    done = ruby("-e", script, text=json.dumps(CASES))

    theirs = [
        [
            [problem.path, problem.message, problem.keyword]
            for problem in problems_of(compile_schema(json.dumps(schema).encode()), value)
        ]
        for schema, value in CASES
    ]
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == theirs
