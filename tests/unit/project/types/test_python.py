from __future__ import annotations

import ast
from typing import Any

import motia
from motia.project.types import targets_of
from motia.project.types.python import EXPORTS, python

ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "Of the shop."},
        "size": {"enum": ["s", "m", None]},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
        "more": {"type": "object", "additionalProperties": {"type": "number"}},
    },
    "required": ["id", "lines"],
}


def test_the_stub_has_every_public_name_of_the_package(make: Any) -> None:
    tree = ast.parse(python(targets_of(make.catalog())))
    declared = {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    declared |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}

    assert {*EXPORTS, *declared} >= {*motia.__all__, "__version__"}
    assert set(EXPORTS) <= set(motia.__all__)


def test_a_payload_is_a_typed_dict_of_its_own(make: Any) -> None:
    text = python(targets_of(make.catalog(make.step("place-order", schema=ORDER, description='Say "so".'))))

    ast.parse(text)
    assert (
        "class PlaceOrder(_TypedDict):\n"
        '    """Say \\"so\\"."""\n'
        "    # Of the shop.\n"
        "    id: str\n"
        '    size: _NotRequired[_Literal["s", "m"] | None]\n'
        "    lines: list[PlaceOrderLinesItem]\n"
        "    more: _NotRequired[_Mapping[str, float]]\n"
    ) in text
    assert "class PlaceOrderLinesItem(_TypedDict):\n    sku: _NotRequired[str]\n" in text
    assert (
        'target: _Literal["place-order"], payload: PlaceOrder, **options: _Unpack[_TriggerOptions])' in text
    )
    assert (
        "payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[PlaceOrder]" in text
    )


def test_a_payload_without_required_fields_may_be_left_out(make: Any) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}

    assert "payload: Mail = ...," in python(targets_of(make.catalog(make.step("mail", schema=schema))))


def test_keys_that_are_no_names_are_written_in_the_other_form(make: Any) -> None:
    schema = {"type": "object", "properties": {"a-b": {}, "class": {}, "__x": {"type": "string"}}}

    text = python(targets_of(make.catalog(make.step("odd", schema=schema))))

    ast.parse(text)
    assert 'Odd = _TypedDict("Odd", {"a-b": _NotRequired[_Any]' in text


def test_names_that_mean_something_else_are_not_taken(make: Any) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}

    text = python(
        targets_of(make.catalog(make.step("context", schema=schema), make.step("receipt", schema=schema)))
    )

    assert "class Context2(_TypedDict)" in text
    assert "class Receipt2(_TypedDict)" in text


def test_requests_are_no_targets(make: Any) -> None:
    assert '"post"' not in python(targets_of(make.catalog(make.api("post", body=ORDER))))
