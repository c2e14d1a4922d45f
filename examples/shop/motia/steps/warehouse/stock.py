"""The warehouse: stock is reserved, parcels leave. One step each, every one retried by itself."""

from lib.chance import may_fail

from motia import Fatal, event, state, trigger


@event(
    id="reserve-stock",
    flows=["orders"],
    triggers=["charge-card"],
    schema={"orderId": str},
    key="orderId",
)
async def reserve_stock(orderId: str):
    order = await state.update("orders", orderId, lambda order: _with_status(order, orderId, "reserved"))
    for item in order["items"]:
        await state.increment("reserved", item["product"], item["quantity"])
    await trigger("charge-card", {"orderId": orderId, "cents": order["totalCents"]})


@event(
    id="ship-order",
    flows=["orders"],
    triggers=["order.shipped"],
    schema={"orderId": str},
    backoff={"initial": 0.2, "cap": 2},
)
def ship_order(orderId: str):
    """A plain function: it runs on a thread, where `state` and `trigger` need no await."""
    may_fail("the carrier")
    order = state.update("orders", orderId, lambda order: _with_status(order, orderId, "shipped"))
    print("shipped", orderId)
    trigger("order.shipped", {"orderId": orderId, "userId": order["userId"], "cents": order["totalCents"]})
    return {"carrier": "demo"}


def _with_status(order: dict | None, order_id: str, status: str) -> dict:
    if order is None:
        raise Fatal(f"no order {order_id}")
    return {**order, "status": status}
