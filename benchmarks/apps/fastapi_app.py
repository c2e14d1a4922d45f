"""The same two routes on FastAPI."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float
    tags: list[str]
    stock: int


@app.get("/hello/{name}")
async def hello(name: str):
    return {"hello": name}


@app.post("/items")
async def create(item: Item):
    return {"name": item.name, "total": item.price * item.stock, "tags": item.tags}
