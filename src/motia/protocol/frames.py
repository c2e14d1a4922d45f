"""Frames: how messages are laid on a byte stream. Sans-I/O: bytes in, messages out.

A frame is `json_length:u32 | blob_length:u32 | json | blob`, both lengths big endian.

Invariants
1. Between two feeds a decoder holds less than one frame, and a frame is bounded.
2. A decoder that met a fault is dead: every later `feed` raises the same fault.
3. The work is linear in the bytes fed, however small the pieces are that they come in.
"""

from __future__ import annotations

import struct
from typing import Final, Generic, TypeVar

import msgspec

from motia.protocol.messages import EngineMessage, WorkerMessage

HEADER: Final = struct.Struct(">II")
JSON_BYTES_MIN: Final = 2
JSON_BYTES_MAX: Final = 16 * 1024 * 1024
BLOB_BYTES_MAX: Final = 64 * 1024 * 1024

MessageT = TypeVar("MessageT")

_encoder = msgspec.json.Encoder()


class ProtocolFault(Exception):
    """The peer broke the protocol; the connection is of no further use."""


def encode_frame(message: EngineMessage | WorkerMessage, blob: bytes = b"") -> bytes:
    """One frame holding `message` and `blob`.

    Raises:
        ProtocolFault: The message or the blob is over its bound; nothing was encoded.
    """
    body = _encoder.encode(message)
    if len(body) > JSON_BYTES_MAX or len(blob) > BLOB_BYTES_MAX:
        raise ProtocolFault(
            f"a frame holds at most {JSON_BYTES_MAX} bytes of JSON and {BLOB_BYTES_MAX} of blob, "
            f"not {len(body)} and {len(blob)}"
        )
    return HEADER.pack(len(body), len(blob)) + body + blob


class FrameDecoder(Generic[MessageT]):
    """Cuts a byte stream into `(message, blob)` pairs."""

    def __init__(self, message_type: object) -> None:
        """Decode messages of `message_type`: `EngineMessage` in workers, `WorkerMessage` in the engine."""
        self._decoder: msgspec.json.Decoder[MessageT] = msgspec.json.Decoder(message_type)  # type: ignore[arg-type]
        self._rest = bytearray()
        self._need = HEADER.size
        self._fault: ProtocolFault | None = None

    def feed(self, data: bytes) -> list[tuple[MessageT, bytes]]:
        """Take `data` and return the frames that are complete now, in order.

        Raises:
            ProtocolFault: A length over its bound, bad UTF-8 or JSON, an unknown type, a field of
                a wrong type. Frames before it in the same `feed` are lost with the connection.
        """
        if self._fault is not None:
            raise self._fault
        if self._rest:
            # Only gathered, and not looked at, until the frame is whole: joining and parsing at
            # every piece would make a large frame in small pieces quadratic.
            self._rest += data
            if len(self._rest) < self._need:
                return []
            data = bytes(self._rest)
            self._rest = bytearray()
        frames: list[tuple[MessageT, bytes]] = []
        try:
            start = self._cut(data, frames)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._fault = ProtocolFault(f"a frame does not hold a message of this protocol: {error}")
            raise self._fault from error
        except ProtocolFault as fault:
            self._fault = fault
            raise
        if start < len(data):
            self._rest += data[start:]
        return frames

    @property
    def buffered_bytes(self) -> int:
        """Bytes of a frame that is not complete yet."""
        return len(self._rest)

    def _cut(self, data: bytes, frames: list[tuple[MessageT, bytes]]) -> int:
        """Append the whole frames of `data` to `frames`; where the first incomplete one starts."""
        start, end = 0, len(data)
        while end - start >= HEADER.size:
            json_length, blob_length = HEADER.unpack_from(data, start)
            if not JSON_BYTES_MIN <= json_length <= JSON_BYTES_MAX or blob_length > BLOB_BYTES_MAX:
                raise ProtocolFault(f"frame lengths {json_length} and {blob_length} are out of bounds")
            body = start + HEADER.size
            blob = body + json_length
            stop = blob + blob_length
            if stop > end:
                self._need = stop - start
                return start
            # A slice of its own: a Raw field refers to what it was decoded from, and must not
            # keep a whole read alive.
            text = data[body:blob]
            if not text.isascii():
                text.decode()  # Raw fields are passed on undecoded: nobody else checks their UTF-8
            frames.append((self._decoder.decode(text), data[blob:stop] if blob_length else b""))
            start = stop
        self._need = HEADER.size
        return start
