"""One schema in every form that Python has for it; the other languages' forms are in `project`."""

from __future__ import annotations

import dataclasses
import enum
import json
import uuid
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pydantic

PROJECT = Path(__file__).parent / "project"
JSON_SCHEMA: dict[str, Any] = json.loads((PROJECT / "motia" / "lib" / "order.json").read_text())

NOBODY = uuid.UUID(int=0)
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=4)]
Count = Annotated[int, msgspec.Meta(ge=1, le=9)]
Price = Annotated[float, msgspec.Meta(gt=0)]
Tags = Annotated[list[str], msgspec.Meta(min_length=1, max_length=2)]
Code = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]


class Inside(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    deep: bool


class Kind(enum.Enum):
    A = "a"
    B = "b"
    C = "c"
    D = "d"


class Order(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)
    name: str = pydantic.Field(min_length=1, max_length=4)
    count: int = pydantic.Field(ge=1, le=9)
    price: float = pydantic.Field(default=1.0, gt=0)
    kind: Kind
    state: Literal["new"]
    tags: list[str] = pydantic.Field(min_length=1, max_length=2)
    code: str = pydantic.Field(pattern="^[A-Z]{2}$")
    ref: uuid.UUID = NOBODY
    either: str | float = ""
    note: str | None
    inside: Inside


class ClosedInside(msgspec.Struct, forbid_unknown_fields=True):
    deep: bool


@dataclasses.dataclass
class PlainOrder:
    name: Name
    count: Count
    kind: Kind
    state: Literal["new"]
    tags: Tags
    code: Code
    note: str | None
    inside: ClosedInside
    price: Price = 1.0
    ref: uuid.UUID = NOBODY
    either: str | float = ""


DICT: dict[str, Any] = {
    "name": Name,
    "count": Count,
    "price": {**JSON_SCHEMA["properties"]["price"], "default": 1.0},
    "kind": Kind,
    "state": Literal["new"],
    "tags": Tags,
    "code": Code,
    "ref": {**JSON_SCHEMA["properties"]["ref"], "default": str(NOBODY)},
    "either": {**JSON_SCHEMA["properties"]["either"], "default": ""},
    "note": str | None,
    "inside": JSON_SCHEMA["properties"]["inside"],
}
PYTHON: dict[str, Any] = {"dict": DICT, "pydantic": Order, "dataclass": PlainOrder}
