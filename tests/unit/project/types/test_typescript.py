from __future__ import annotations

from typing import Any

import pytest

from motia.project.types import targets_of
from motia.project.types.shapes import (
    ANYTHING,
    Array,
    Both,
    Field,
    Literal,
    Nothing,
    Primitive,
    Record,
    Shape,
    Tuple,
    Union,
)
from motia.project.types.typescript import text_of, typescript

TEXT, WHOLE, NULL = Primitive("string"), Primitive("integer"), Primitive("null")

EXPECTED = """\
declare module '@motia/core' {
  interface Steps {
    /**
     * Sends one.
     *
     * (event step, motia/steps/a.rb)
     */
    'send-sms': {
      input: {
        /** In full. */
        phone: string;
        'reply-to'?: string | null;
        tree: SendSmsTree;
      };
      output: unknown;
    };
  }
}

type SendSmsTree = {
  next?: SendSmsTree;
};

export {};
"""


def test_the_file_adds_each_target_to_the_steps_of_the_package(make: Any) -> None:
    schema = {
        "type": "object",
        "properties": {
            "phone": {"type": "string", "description": "In full."},
            "reply-to": {"type": ["string", "null"]},
            "tree": {"$ref": "#/$defs/Tree"},
        },
        "required": ["phone", "tree"],
        "$defs": {"Tree": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Tree"}}}},
    }

    text = typescript(
        targets_of(make.catalog(make.step("send-sms", schema=schema, description="Sends one.")))
    )

    head, _, body = text.partition("import '@motia/core';\n\n")
    assert "do not edit it, but do commit it" in head
    assert body == EXPECTED


def test_the_order_of_the_steps_makes_no_difference(make: Any) -> None:
    steps = [make.step(name, schema={"type": "object", "properties": {"x": {}}}) for name in "abc"]

    assert typescript(targets_of(make.catalog(*steps))) == typescript(targets_of(make.catalog(*steps[::-1])))


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (ANYTHING, "unknown"),
        (Nothing(), "never"),
        (Literal("it's \"\\ \u2028"), "'it\\'s \"\\\\ \\u2028'"),
        (Literal(True), "true"),
        (Array(Union((TEXT, WHOLE))), "(string | number)[]"),
        (Tuple((TEXT, WHOLE), 1, Primitive("null")), "[string, number?, ...null[]]"),
        (Both((Union((TEXT, WHOLE)), TEXT)), "(string | number) & string"),
        (Record(), "Record<string, never>"),
        (Record((), TEXT), "{ [key: string]: string }"),
        (Record((Field("a", NULL, False),), TEXT), "{\n  a?: null;\n  [key: string]: string | null | undefined;\n}"),
    ],
)  # fmt: skip
def test_a_shape_is_written_as_typescript_reads_it(shape: Shape, text: str) -> None:
    assert text_of(shape, "") == text


def test_no_description_leaves_its_comment(make: Any) -> None:
    step = make.step("a", description="Ends here */ export const x = 1; /*\n\u2028more")

    text = typescript(targets_of(make.catalog(step)))

    assert "Ends here *\\/ export" in text
    assert "\u2028" not in text
