"""GET /hello answers with a greeting."""

from motia import api


@api(
    id="hello",
    method="GET",
    path="/hello",
    schema={"query": {"name": {"type": "string", "default": "world"}}},
)
async def hello(name: str):
    return {"message": f"Hello, {name}!"}
