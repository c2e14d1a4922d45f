from motia import event


@event(id="half")
async def half():
    return 1


def (
