"""The forms of Python, each as an event and as an api step."""

from tests.conformance.schemas.orders import DICT, Order, PlainOrder

from motia import api, event


@event(id="dict", schema=DICT)
def by_dict(payload):
    return payload


@api(id="dict-body", method="POST", path="/dict", schema={"body": DICT})
def by_dict_body(body):
    return body


@event(id="pydantic", schema=Order)
def by_pydantic(payload):
    return payload


@api(id="pydantic-body", method="POST", path="/pydantic", schema={"body": Order})
def by_pydantic_body(body):
    return body


@event(id="dataclass", schema=PlainOrder)
def by_dataclass(payload):
    return payload


@api(id="dataclass-body", method="POST", path="/dataclass", schema={"body": PlainOrder})
def by_dataclass_body(body):
    return body
