"""A scripted gateway: speaks frames over a real socket, and does what each test tells it."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from relay_client._proto.relay.v1 import wire_pb2 as wire

Script = Callable[["Peer", wire.ClientFrame], Awaitable[None]]


class Peer:
    """One connection, seen from the gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def receive(self) -> wire.ClientFrame:
        _, length = struct.unpack(">BI", await self.reader.readexactly(5))
        frame = wire.ClientFrame()
        frame.ParseFromString(await self.reader.readexactly(length))
        return frame

    def send(self, frame: wire.ServerFrame) -> None:
        body = frame.SerializeToString()
        self.writer.write(struct.pack(">BI", 0, len(body)) + body)

    def cut(self) -> None:
        self.writer.transport.abort()


class FakeGateway:
    """Listens on a port of loopback; `script` is called with every frame after hello."""

    def __init__(self) -> None:
        self.script: Script = self._ignore
        self.frames: list[wire.ClientFrame] = []
        self.peers: list[Peer] = []
        self.address = ""
        self._server: asyncio.Server | None = None

    async def _ignore(self, peer: Peer, frame: wire.ClientFrame) -> None:
        return None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"127.0.0.1:{port}"

    async def stop(self) -> None:
        for peer in self.peers:
            peer.cut()
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self.peers.append(peer)
        try:
            hello = await peer.receive()
            assert hello.WhichOneof("body") == "hello"
            assert hello.hello.version == 1
            peer.send(wire.ServerFrame(welcome=wire.Welcome(version=1, node="fake")))
            while True:
                frame = await peer.receive()
                self.frames.append(frame)
                await self.script(peer, frame)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    fake = FakeGateway()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def address() -> str:
    """The real gateway, where one is running."""
    found = os.environ.get("RELAY_TEST_ADDRESS", "")
    if not found:
        pytest.skip("RELAY_TEST_ADDRESS names no running gateway")
    return found
