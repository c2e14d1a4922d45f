"""Frames: any split gives the same messages, garbage is a fault, buffering is bounded."""

from __future__ import annotations

import contextlib
import itertools
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motia.protocol import (
    BLOB_BYTES_MAX,
    JSON_BYTES_MAX,
    Call,
    Chunk,
    FrameDecoder,
    Log,
    Pong,
    ProtocolFault,
    Result,
    WorkerMessage,
    encode_frame,
)

MESSAGES: list[tuple[WorkerMessage, bytes]] = [
    (Result(invocation=1, value=msgspec.Raw(b'{"a":1}')), b""),
    (Result(invocation=2, status=200), b"body"),
    (Chunk(invocation=3), bytes(range(256))),
    (Call(call=1, invocation=2, op="trigger", args=msgspec.Raw('{"target":"zählen"}'.encode())), b""),
    (Log(level="info", message="größe\n"), b""),
    (Pong(token=7), b""),
]


def decoder() -> FrameDecoder[WorkerMessage]:
    return FrameDecoder(WorkerMessage)


def raw(text: bytes, blob: bytes = b"") -> bytes:
    return struct.pack(">II", len(text), len(blob)) + text + blob


@given(
    picks=st.lists(st.sampled_from(MESSAGES), max_size=12),
    cuts=st.lists(st.integers(min_value=0, max_value=4_000), max_size=40),
)
def test_any_split_of_a_stream_gives_the_same_messages(
    picks: list[tuple[WorkerMessage, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(encode_frame(message, blob) for message, blob in picks)
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    reader = decoder()

    got = [pair for a, b in itertools.pairwise(edges) for pair in reader.feed(stream[a:b])]

    assert [(msgspec.json.encode(m), blob) for m, blob in got] == [
        (msgspec.json.encode(m), blob) for m, blob in picks
    ]
    assert reader.buffered_bytes == 0


@given(pieces=st.lists(st.binary(max_size=200), max_size=20))
def test_garbage_is_a_protocol_fault_and_nothing_else(pieces: list[bytes]) -> None:
    reader = decoder()

    for piece in pieces:
        try:
            reader.feed(piece)
        except ProtocolFault:
            with pytest.raises(ProtocolFault):
                reader.feed(b"")
            return
    assert reader.buffered_bytes <= sum(map(len, pieces))


@given(text=st.binary(min_size=2, max_size=300))
def test_a_well_formed_frame_of_garbage_is_a_fault_or_a_message(text: bytes) -> None:
    with contextlib.suppress(ProtocolFault):
        assert len(decoder().feed(raw(text))) == 1


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", JSON_BYTES_MAX + 1, 0),
        struct.pack(">II", 10, BLOB_BYTES_MAX + 1),
        struct.pack(">II", 0, 0),
        struct.pack(">II", 1, BLOB_BYTES_MAX),
        raw(b'{"type":"unheard-of"}'),
        raw(b'{"type":"result"}'),
        raw(b'{"type":"result","invocation":"one"}'),
        raw(b'{"type":"result","invocation":1,"value":"\xff"}'),
        raw(b'{"type":"log","level":"info","message":"\xc3\x28"}'),
        raw(b'{"type":"result","invocation":1'),
        raw(b"[]"),
        raw(b'{"type":"log","level":"info","message":"","fields":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ],
)
def test_a_broken_frame_is_a_fault_for_good(data: bytes) -> None:
    reader = decoder()

    with pytest.raises(ProtocolFault) as first:
        reader.feed(data)
    with pytest.raises(ProtocolFault) as second:
        reader.feed(encode_frame(Pong(token=1)))

    assert second.value is first.value


def test_a_length_over_its_bound_is_refused_before_its_bytes_are_kept() -> None:
    reader = decoder()

    with pytest.raises(ProtocolFault):
        reader.feed(struct.pack(">II", JSON_BYTES_MAX + 1, 0) + b"x" * 1_000)

    assert reader.buffered_bytes == 0


def test_a_large_frame_in_small_pieces_is_parsed_once() -> None:
    blob = bytes(4 * 1024 * 1024)
    stream = encode_frame(Chunk(invocation=1), blob)
    looks = 0

    class Counting(FrameDecoder[WorkerMessage]):
        def _cut(self, data: bytes, frames: list[tuple[WorkerMessage, bytes]]) -> int:
            nonlocal looks
            looks += 1
            return super()._cut(data, frames)

    reader = Counting(WorkerMessage)
    got = [pair for at in range(0, len(stream), 1_024) for pair in reader.feed(stream[at : at + 1_024])]

    assert looks == 2  # the header in the first piece, the whole frame with the last
    assert got[0][1] == blob


def test_a_frame_over_its_bound_is_not_encoded() -> None:
    with pytest.raises(ProtocolFault, match="at most"):
        encode_frame(Chunk(invocation=1), bytes(BLOB_BYTES_MAX + 1))
