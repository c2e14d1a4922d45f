"""Api and cron steps of the conformance suite."""

import asyncio

from motia import Context, HttpError, api, cron, noop, response, trigger


@api(id="get-user", method="GET", path="/users/:id")
async def get_user(id, request):
    return {"id": id, "method": request.method}


@api(id="create-user", method="POST", path="/users", schema={"body": {"name": str, "age": int}})
async def create_user(name, age):
    return response({"name": name, "age": age}, status=201, headers={"x-made": "yes"})


@api(id="nothing", method="DELETE", path="/users/:id")
async def nothing(id):
    return None


@api(id="text", path="/text")
async def text():
    return "plain words"


@api(id="raw", method="POST", path="/raw")
async def raw(request):
    return response(request.raw, headers={"content-type": "application/x-own"})


@api(id="refuses", path="/refuses")
async def refuses():
    raise HttpError(409, "taken", {"by": "somebody"}, headers={"x-why": "so"})


@api(id="breaks", path="/breaks")
async def breaks():
    raise KeyError("missing")


async def stamp(request, ctx, next):
    answer = await next()
    return answer.with_header("x-stamp", ctx.step_id)


async def guard(request, ctx, next):
    if request.headers.get("authorization") is None:
        return response({"error": "who are you"}, status=401)
    return await next()


@api(id="guarded", path="/guarded", middleware=[stamp, guard])
async def guarded():
    return {"secret": True}


@api(id="streams", path="/streams")
async def streams():
    yield "one"
    yield {"two": 2}


@api(id="floods", path="/floods")
async def floods():
    async def pieces():
        for _ in range(16):
            yield b"p" * 65_536

    return response(pieces(), headers={"content-type": "application/octet-stream"})


@api(id="breaks-midway", path="/breaks-midway")
async def breaks_midway():
    yield "one"
    await asyncio.sleep(0)
    raise RuntimeError("midway")


@api(id="upload", method="POST", path="/upload")
async def upload(request):
    file = request.files["doc"]
    return {
        "filename": file.filename,
        "size": file.size_bytes,
        "text": file.text(),
        "title": request.form["title"],
    }


@api(id="accepts", method="POST", path="/accepts")
async def accepts(request):
    receipt = await trigger("echo", request.body)
    return response(dict(receipt), status=202)


@cron(id="nightly", schedule="0 3 * * *", timezone="Europe/Berlin", overlap="queue")
async def nightly(ctx: Context):
    return {"at": ctx.trigger.details.get("scheduledAt")}


noop(id="approval", triggers=["echo"], description="a person says yes")
