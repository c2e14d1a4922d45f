"""Runs the project inside the test, with a clock that the test turns."""

from pathlib import Path

from motia.testing import app

PROJECT = Path(__file__).parent.parent


async def test_hello_greets_by_name():
    async with app(PROJECT) as client:
        answer = await client.request("GET", "/hello?name=Ada")

        assert answer.status == 200
        assert answer.json() == {"message": "Hello, Ada!"}
