import msgspec
import pytest
from starlette.requests import Request

from motia.model import CallerError, PayloadTooLarge
from motia.workbench.endpoint import read_body, read_query


class Wanted(msgspec.Struct, kw_only=True):
    name: str | None = None
    limit: int = 5
    tags: tuple[str, ...] = ()
    deep: bool = False


def asked(query="", pieces=(b"",)):
    left = list(pieces)

    async def receive():
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": query.encode()}
    return Request(scope, receive), left


def test_a_query_is_read_by_its_types():
    request, _ = asked("name=a%20b&limit=7&tags=x&tags=y&deep=true")

    assert read_query(request, Wanted) == Wanted(name="a b", limit=7, tags=("x", "y"), deep=True)


@pytest.mark.parametrize("query", ["limit=many", "name=a&name=b", "nmae=a", "deep=perhaps"])
def test_a_query_that_does_not_fit_is_refused(query):
    request, _ = asked(query)

    with pytest.raises(CallerError):
        read_query(request, Wanted)


def test_a_route_without_parameters_refuses_all():
    request, _ = asked("x=1")

    with pytest.raises(CallerError, match="'x'"):
        read_query(request, None)


async def test_an_empty_body_is_an_empty_object():
    request, _ = asked()

    assert await read_body(request, Wanted, bytes_max=10) == Wanted()


async def test_half_of_a_character_is_named():
    request, _ = asked(pieces=[b'{"name": "\\ud800"}'])

    with pytest.raises(CallerError, match=r"\\ud800 is half of a character.*\(byte 10\)"):
        await read_body(request, Wanted, bytes_max=100)


async def test_a_body_is_read_no_further_than_its_bound():
    request, left = asked(pieces=[b"x" * 6] * 100)

    with pytest.raises(PayloadTooLarge):
        await read_body(request, Wanted, bytes_max=10)

    assert len(left) == 98
