"""The steps that the Workbench's benchmarks look at: a request, three events behind it, a noisy one."""

from motia import api, cron, event, logger, noop, trigger


@api(id="place-order", method="POST", path="/orders", flows=["orders"], triggers=["charge-card"])
async def place_order():
    receipt = await trigger("charge-card", {"order": 1, "cents": 300})
    return {"run": receipt.run_id}


@event(id="charge-card", flows=["orders"], triggers=["ship-order"])
async def charge_card():
    await trigger("ship-order", {"order": 1})


@event(id="ship-order", flows=["orders"], triggers=["send-mail"])
async def ship_order():
    await trigger("send-mail", {"order": 1})


@event(id="send-mail", flows=["orders"])
async def send_mail():
    logger.info("mail sent", {"order": 1})


@event(id="count-stock", flows=["stock"])
async def count_stock():
    return None


@event(id="speak")
async def speak(text: str):
    logger.info(text)


@event(id="quick", schema={"n": int})
async def quick(n: int):
    return None


@api(id="burst", method="POST", path="/burst", timeout=300, schema={"body": {"count": int}})
async def burst(count: int):
    for n in range(count):
        await trigger("quick", {"n": n})
    return {"triggered": count}


@cron(id="nightly-report", schedule="0 3 * * *", flows=["reports"])
async def nightly_report():
    return None


noop(id="approve-refund", flows=["refunds"])
