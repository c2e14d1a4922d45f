"""An order that fails until it is mended, and what follows from it."""

from motia import api, cron, event, logger, response, state, trigger


@api(
    id="place-order",
    method="POST",
    path="/orders",
    flows=["orders"],
    triggers=["charge-card"],
    description="Take an order",
    schema={"body": {"item": str, "cents": int}},
)
async def place_order(item: str, cents: int):
    receipt = await trigger("charge-card", {"item": item, "cents": cents})
    return response({"accepted": item, "run": receipt.run_id}, status=202)


@event(
    id="charge-card",
    flows=["orders"],
    triggers=["order.charged"],
    retries=0,
    schema={"item": str, "cents": int},
)
async def charge_card(item: str, cents: int):
    logger.info("charging", {"item": item})
    fee = cents // 0
    await trigger("order.charged", {"item": item})
    return {"charged": cents + fee}


@event(id="ship", flows=["orders"], topics=["order.charged"])
async def ship(item: str):
    await state.set("shipped", item, {"item": item})
    return {"shipped": item}


@cron(id="nightly", schedule="0 3 * * *", timezone="Europe/Berlin", flows=["reports"])
async def nightly():
    return {"orders": len(await state.list("shipped"))}
