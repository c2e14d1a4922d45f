"""The warehouse takes parcels back. Who comes before and after these steps is in motia/workflows/return.yaml."""

from motia import Fatal, event, logger, state


@event(id="inspect-parcel", flows=["returns"], schema={"orderId": str})
async def inspect_parcel(orderId: str):
    order = await state.get("orders", orderId)
    if order is None:
        raise Fatal(f"no order {orderId}")
    return {"userId": order["userId"], "cents": order["totalCents"], "items": order["items"]}


@event(id="restock", flows=["returns"])
async def restock(payload: dict):
    items = payload["inspect-parcel"]["items"]
    for item in items:
        await state.increment("reserved", item["product"], -item["quantity"])
    return {"pieces": sum(item["quantity"] for item in items)}


@event(id="escalate-return", flows=["returns"])
async def escalate_return(payload: dict):
    logger.error("a return failed", {"at": payload["step"], "order": payload["payload"]})
    await state.set("incidents", payload["instance"], {"step": payload["step"]})
