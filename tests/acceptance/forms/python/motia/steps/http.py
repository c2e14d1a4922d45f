"""Api steps in every form of the contract."""

from motia import Context, HttpError, api, response


@api(id="get-image", method="GET", path="/images/:imageId")
def get_image(imageId: str, ctx: Context):
    return {"id": imageId, "step": ctx.step_id}


@api(
    id="create-user",
    method="POST",
    path="/users",
    schema={"body": {"name": str, "age": {"type": "integer", "default": 18}}},
)
async def create_user(name, age):
    return response({"name": name, "age": age}, status=201, headers={"x-made": "yes"})


@api(
    id="parts",
    method="PUT",
    path="/parts/:id",
    schema={"query": {"limit": int}, "params": {"id": int}},
)
async def parts(request, body, params, query, headers):
    return {
        "method": request.method,
        "body": body,
        "params": params,
        "query": query,
        "agent": headers["user-agent"],
        "raw": len(request.raw),
    }


@api(id="nothing", method="DELETE", path="/things/:id")
async def nothing(id):
    return None


@api(id="text", path="/text")
async def text():
    return response("plain words")


@api(id="bytes", path="/bytes")
async def raw_bytes():
    return response(b"\x00\xff", headers={"content-type": "application/x-own"})


@api(id="pieces", path="/pieces")
async def pieces():
    async def parts():
        yield b"one,"
        yield b"two"

    return response(parts(), headers={"content-type": "text/csv"})


@api(id="events", path="/events")
async def events():
    yield "one"
    yield {"two": 2}


@api(id="refuses", path="/refuses")
async def refuses():
    raise HttpError(409, "taken", {"by": "somebody"})


@api(id="breaks", path="/breaks")
async def breaks():
    raise RuntimeError("inside")


async def guard(request, ctx, next):
    if "authorization" not in request.headers:
        return response({"error": "who are you"}, status=401)
    answer = await next()
    return answer.with_header("x-step", ctx.step_id)


@api(id="guarded", path="/guarded", middleware=[guard])
async def guarded():
    return {"secret": True}
