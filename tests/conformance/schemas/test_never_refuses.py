"""What an author's schema accepts, the engine accepts: its JSON form is never stricter."""

from __future__ import annotations

import json
import os

import jsonschema_rs
import pytest

from motia.project.schemas import compile_schema

SEED = int(os.environ.get("MOTIA_SEED", "20261122"))
SCHEMAS = int(os.environ.get("MOTIA_SCHEMAS", "1200"))
VALUES_MIN = 4_000


@pytest.fixture(scope="module")
def lines(script):
    print(f"seed {SEED}, {SCHEMAS} schemas")
    return script("generate.ts", str(SEED), str(SCHEMAS))


def test_the_json_form_accepts_whatever_the_library_accepts(lines):
    count = 0
    refused = []
    for line in lines:
        edge = jsonschema_rs.validator_for(line["json"], validate_formats=True)
        payload = compile_schema(json.dumps(line["json"]).encode())
        for value in line["values"]:
            count += 1
            if not edge.is_valid(value) or not payload.is_valid(value):
                refused.append((line["library"], line["json"], value))

    print(f"seed {SEED}: {count} values")
    assert not refused, f"seed {SEED}, {len(refused)} refused, such as {refused[:3]}"
    assert count >= VALUES_MIN


def test_the_json_form_still_refuses_most_nonsense(lines):
    """A form that accepts everything would pass the test above and be worth nothing."""
    nonsense = [None, 3.5, "§§", [["§"]], {"§": {"§": "§"}}, True]

    closed = sum(not all(jsonschema_rs.is_valid(line["json"], value) for value in nonsense) for line in lines)

    assert closed / len(lines) > 0.6
