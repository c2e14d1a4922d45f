"""Orders come in here and go through stock, payment and shipping."""

import uuid
from dataclasses import dataclass

from motia import HttpError, api, response, state, trigger

PRICES = {"coffee": 450, "tea": 300, "cake": 520}


@dataclass
class Item:
    product: str
    quantity: int = 1


@dataclass
class Order:
    userId: str
    items: list[Item]


@api(
    id="place-order",
    method="POST",
    path="/orders",
    flows=["orders"],
    triggers=["reserve-stock", "order.placed"],
)
async def place_order(order: Order):
    unknown = [item.product for item in order.items if item.product not in PRICES]
    if unknown or not order.items:
        raise HttpError(422, "The shop does not have this", {"unknown": unknown, "has": sorted(PRICES)})
    order_id = uuid.uuid4().hex[:12]
    total = sum(PRICES[item.product] * item.quantity for item in order.items)
    items = [{"product": item.product, "quantity": item.quantity} for item in order.items]
    record = {"id": order_id, "userId": order.userId, "items": items, "totalCents": total, "status": "placed"}
    await state.set("orders", order_id, record)
    await trigger("reserve-stock", {"orderId": order_id})
    await trigger(
        "order.placed",
        {"userId": order.userId, "actions": ["order"], "metadata": {"orderId": order_id}},
    )
    return response(record, status=202)


@api(id="get-order", method="GET", path="/orders/:id", flows=["orders"])
async def get_order(id: str):
    order = await state.get("orders", id)
    if order is None:
        raise HttpError(404, f"no order {id}")
    return order
