import asyncio
import contextlib

import pytest

from motia.workbench.http_client import Ended, ask


@contextlib.asynccontextmanager
async def answering(*pieces, hangs=False):
    """A server that answers each connection with these bytes."""
    done = asyncio.Event()

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            if hangs:
                await done.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        done.set()
        server.close()
        await server.wait_closed()


async def asked(port, *, bytes_max=100, is_head=False, limit_s=5.0, stream_s=0.2):
    """The exchange, read to its end, and its pieces."""
    exchange = await ask(
        "127.0.0.1",
        port,
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
        is_head=is_head,
        bytes_max=bytes_max,
        limit_s=limit_s,
        stream_s=stream_s,
    )
    try:
        pieces = [piece async for piece in exchange.pieces()]
    finally:
        exchange.close()
    return exchange, b"".join(pieces)


async def test_an_answer_is_read_to_its_end():
    async with answering(
        b"HTTP/1.1 201 Created\r\nA: 1\r\na: 2\r\ncontent-length: 2\r\n\r\nhi", hangs=True
    ) as port:
        answer, body = await asked(port)

    assert (answer.status, body, answer.ended) == (201, b"hi", Ended.WHOLE)
    assert answer.headers[:2] == [(b"A", b"1"), (b"a", b"2")]
    assert not answer.is_stream


async def test_chunks_are_put_together_and_an_interim_answer_is_passed_over():
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    async with answering(head, b"2\r\nhi\r\n0\r\n\r\n") as port:
        answer, body = await asked(port)

    assert (answer.status, body, answer.ended) == (200, b"hi", Ended.WHOLE)


async def test_a_long_answer_is_cut_at_the_bound():
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n" + b"x" * 1_000) as port:
        answer, body = await asked(port)

    assert (len(body), answer.ended) == (100, Ended.TOO_LARGE)


async def test_a_stream_is_read_for_a_while():
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n"
    async with answering(head, hangs=True) as port:
        answer, body = await asked(port)

    assert (body, answer.ended, answer.is_stream) == (b"hi", Ended.TOO_LONG, True)


async def test_a_piece_is_there_before_the_next_one():
    told, reads = asyncio.Event(), []

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\none")
        await told.wait()
        writer.write(b"two")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with asyncio.timeout(5), server:
        port = server.sockets[0].getsockname()[1]
        exchange = await ask(
            "127.0.0.1", port, b"GET / HTTP/1.1\r\n\r\n", is_head=False, bytes_max=9, limit_s=5, stream_s=5
        )
        async for piece in exchange.pieces():
            reads.append(piece)
            told.set()
        exchange.close()

    assert reads == [b"one", b"two"]


async def test_a_slow_reader_is_not_cut_off_in_its_own_time():
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi") as port:
        exchange = await ask(
            "127.0.0.1",
            port,
            b"GET / HTTP/1.1\r\n\r\n",
            is_head=False,
            bytes_max=9,
            limit_s=0.05,
            stream_s=0.05,
        )
        async for _ in exchange.pieces():
            await asyncio.sleep(0.1)
        exchange.close()

    assert exchange.ended is Ended.WHOLE


async def test_an_answer_that_breaks_off_is_cut():
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi") as port:
        answer, body = await asked(port)

    assert (body, answer.ended) == (b"hi", Ended.BROKEN)


async def test_an_answer_without_a_length_ends_with_its_connection():
    async with answering(b"HTTP/1.1 200 OK\r\n\r\nhi") as port:
        answer, body = await asked(port)

    assert (body, answer.ended) == (b"hi", Ended.WHOLE)


async def test_head_has_no_body_whatever_its_headers_say():
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", hangs=True) as port:
        answer, body = await asked(port, is_head=True)

    assert (body, answer.ended) == (b"", Ended.WHOLE)


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ((b"garbage\r\n\r\n",), ValueError),
        ((b"",), ConnectionError),
        ((b"HTTP/1.1 200 OK\r\n" + b"a: " + b"x" * 300_000,), ValueError),
    ],
)
async def test_what_is_no_answer_is_an_error(pieces, error):
    async with answering(*pieces) as port:
        with pytest.raises(error):
            await asked(port)


async def test_a_silent_server_is_not_waited_for_without_end():
    async with answering(hangs=True) as port:
        with pytest.raises(TimeoutError):
            await asked(port, limit_s=0.1)
