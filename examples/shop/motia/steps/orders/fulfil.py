"""Stock, payment, shipping: one step each, every one retried by itself."""

from lib.chance import may_fail

from motia import Context, Fatal, event, state, trigger


async def _advance(order_id: str, status: str) -> dict:
    def change(order):
        if order is None:
            raise Fatal(f"no order {order_id}")
        return {**order, "status": status}

    return await state.update("orders", order_id, change)


@event(
    id="reserve-stock",
    flows=["orders"],
    triggers=["charge-card"],
    schema={"orderId": str},
    key="orderId",
)
async def reserve_stock(orderId: str):
    order = await _advance(orderId, "reserved")
    for item in order["items"]:
        await state.increment("reserved", item["product"], item["quantity"])
    await trigger("charge-card", {"orderId": orderId, "cents": order["totalCents"]})


@event(
    id="charge-card",
    flows=["orders"],
    triggers=["ship-order"],
    schema={"orderId": str, "cents": int},
    retries=4,
    backoff={"initial": 0.2, "cap": 2},
)
async def charge_card(orderId: str, cents: int, ctx: Context):
    if cents <= 0:
        raise Fatal("nothing to charge")
    may_fail("the payment provider")
    # A provider that knows idempotency keys would charge once, however often this is tried.
    await state.set("payments", ctx.idempotency_key, {"orderId": orderId, "cents": cents})
    await _advance(orderId, "paid")
    await trigger("ship-order", {"orderId": orderId})


@event(
    id="ship-order",
    flows=["orders"],
    schema={"orderId": str},
    backoff={"initial": 0.2, "cap": 2},
)
def ship_order(orderId: str):
    """A plain function: it runs on a thread, where `state` and `trigger` need no await."""
    may_fail("the carrier")
    state.update("orders", orderId, lambda order: {**order, "status": "shipped"})
    print("shipped", orderId)
    return {"carrier": "demo"}
