"""State and hooks of the conformance suite."""

from steps.inner.shared import prefix

from motia import event, logger, on_start, on_stop, state

started = []


@on_start
async def open_pool():
    started.append("pool")


@on_stop
async def close_pool():
    logger.info("stop hook ran")
    print("closed", flush=True)


@event(id="hooked")
async def hooked():
    return started


@event(id="uses-state")
async def uses_state():
    await state.set("g", "k", {"a": 1})
    read = await state.get("g", "k")
    await state.increment("g", "n", 2)
    await state.delete("g", "k")
    await state.list("g", after="a", limit=5)
    await state.clear("g")
    await state.update("g", "k", [{"op": "append", "path": "items", "value": 1}])
    await state.compare_and_set("g", "k", 5, version=3)
    return prefix(read)
