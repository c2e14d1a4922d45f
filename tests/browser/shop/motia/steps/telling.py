"""Steps that log, keep state, and answer requests of several shapes."""

from motia import api, event, logger, state


@event(id="chatter", schema={"lines": int})
async def chatter(lines: int):
    for number in range(lines):
        logger.info(f"line {number}", {"number": number})


@event(id="speak", schema={"word": str})
async def speak(word: str):
    logger.debug(f"{word} whispered")
    logger.warn(f"{word} shouted", {"loudness": {"decibels": 97}})
    logger.error(f"{word} cried")


@event(id="keep", schema={"group": str, "key": str, "value": dict})
async def keep(group: str, key: str, value: dict):
    await state.set(group, key, value)


@api(
    id="get-order",
    method="GET",
    path="/orders/:id",
    schema={"params": {"id": str}, "query": {"verbose": bool}},
)
async def get_order(id: str, verbose: bool = False):
    return {"id": id, "verbose": verbose}
