"""A report every morning, and a clean-up every week."""

from motia import cron, logger, state


@cron(id="daily-report", schedule="0 7 * * *", timezone="Europe/Berlin", flows=["reports"])
async def daily_report():
    orders = (await state.list("orders")).values()
    report = {
        "orders": len(orders),
        "shipped": sum(order["status"] == "shipped" for order in orders),
        "cents": sum(order["totalCents"] for order in orders),
    }
    await state.set("reports", "latest", report)
    logger.info("daily report", report)
    return report


@cron(id="weekly-cleanup", schedule="0 3 * * SUN", flows=["reports"], overlap="skip")
async def weekly_cleanup():
    letters = await state.clear("outbox")
    return {"letters": letters}
