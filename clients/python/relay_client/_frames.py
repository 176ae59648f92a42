"""Frames: one byte of flags, four of length, the message. No I/O."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from ._errors import ConnectionLost
from ._proto.relay.v1 import wire_pb2 as wire

HEADER = struct.Struct(">BI")
COMPRESSED = 1
COMPRESS_FROM = 1024
DEFAULT_LIMIT = 4 * 1024 * 1024


def encode(frame: wire.ClientFrame, *, compress: bool = False) -> bytes:
    """A frame as it travels; large ones are compressed where the server accepts that."""
    body = frame.SerializeToString()
    if compress and len(body) >= COMPRESS_FROM:
        packed = zlib.compress(body, 1)
        if len(packed) < len(body):
            return HEADER.pack(COMPRESSED, len(packed)) + packed
    return HEADER.pack(0, len(body)) + body


class Decoder:
    """Cuts what arrives into frames; refuses what no gateway sends."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self.limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[wire.ServerFrame]:
        """The frames that are whole now."""
        self._buffer += data
        position = 0
        buffer = self._buffer
        try:
            while len(buffer) - position >= HEADER.size:
                flags, length = HEADER.unpack_from(buffer, position)
                if flags & ~COMPRESSED:
                    raise ConnectionLost("the peer does not speak Relay's protocol")
                if length > self.limit:
                    raise ConnectionLost(f"the gateway sent a frame over {self.limit} bytes")
                start = position + HEADER.size
                if len(buffer) - start < length:
                    break
                body = bytes(buffer[start : start + length])
                position = start + length
                yield self._parse(self._inflate(body) if flags else body)
        finally:
            del buffer[:position]

    def _inflate(self, body: bytes) -> bytes:
        inflater = zlib.decompressobj()
        try:
            plain = inflater.decompress(body, self.limit + 1)
        except zlib.error as error:
            raise ConnectionLost("the gateway sent a broken compressed frame") from error
        if len(plain) > self.limit or not inflater.eof or inflater.unused_data:
            raise ConnectionLost("the gateway sent a broken compressed frame")
        return plain

    @staticmethod
    def _parse(body: bytes) -> wire.ServerFrame:
        frame = wire.ServerFrame()
        try:
            frame.ParseFromString(body)
        except Exception as error:
            raise ConnectionLost("the gateway sent a broken frame") from error
        return frame
