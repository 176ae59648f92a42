"""One connection: calls are multiplexed on it, and each hears what belongs to it, once."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, Protocol

from . import _frames
from ._address import Address
from ._errors import ConnectionLost, RelayError, rpc_error
from ._proto.relay.v1 import wire_pb2 as wire

HELLO_TIMEOUT = 5.0
CONNECT_TIMEOUT = 5.0
SILENCE = 45.0
PONG_TIMEOUT = 15.0


class Sink(Protocol):
    """What a call does with what it hears."""

    def received(self, frame: wire.ServerFrame) -> None:
        """A response of the call."""

    def ended(self, error: RelayError | None) -> None:
        """The call is over; nothing follows."""


class Unary:
    """A call with one response."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[wire.ServerFrame] = loop.create_future()

    def received(self, frame: wire.ServerFrame) -> None:
        if not self.future.done():
            self.future.set_result(frame)

    def ended(self, error: RelayError | None) -> None:
        if not self.future.done():
            self.future.set_exception(error or ConnectionLost("the gateway ended the call early"))


class Connection(asyncio.Protocol):
    """A connection that said hello and was welcomed."""

    def __init__(self, address: Address, client: str, token: str) -> None:
        self.address = address
        self._loop = asyncio.get_running_loop()
        self._client = client
        self._token = token
        self._decoder = _frames.Decoder()
        self._transport: asyncio.Transport | None = None
        self._calls: dict[int, tuple[Sink, bool]] = {}
        self._next_id = 0
        self._compress = False
        self._out: list[bytes] = []
        self._flushing = False
        self._heard_at = self._loop.time()
        self._watch: asyncio.TimerHandle | None = None
        self._pinged = False
        self.welcome: asyncio.Future[wire.Welcome] = self._loop.create_future()
        self.lost: RelayError | None = None
        self.leaving = False
        self.max_calls = 65_536
        self.on_leaving: Callable[[], None] = lambda: None

    @classmethod
    async def open(
        cls,
        address: Address,
        client: str,
        token: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> Connection:
        """Connects, says hello and is welcomed, within bounds of time."""
        loop = asyncio.get_running_loop()

        def make() -> Connection:
            return cls(address, client, address.token or token)

        try:
            if address.path:
                opening: Any = loop.create_unix_connection(make, address.path)
            else:
                opening = loop.create_connection(make, address.host, address.port, ssl=tls)
            _, connection = await asyncio.wait_for(opening, CONNECT_TIMEOUT)
        except (OSError, asyncio.TimeoutError) as error:
            raise ConnectionLost(f"the gateway at {address} cannot be reached: {error}") from error
        assert isinstance(connection, Connection)
        try:
            await asyncio.wait_for(asyncio.shield(connection.welcome), HELLO_TIMEOUT)
        except asyncio.TimeoutError as error:
            connection.close()
            raise ConnectionLost(f"the gateway at {address} does not answer") from error
        except BaseException:
            connection.close()
            raise
        return connection

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        hello = wire.Hello(version=1, client=self._client, token=self._token, accept_zlib=True)
        self._write(wire.ClientFrame(hello=hello))

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._pinged = False
        try:
            for frame in self._decoder.feed(data):
                self._received(frame)
        except RelayError as error:
            self._lose(error)

    def connection_lost(self, exc: Exception | None) -> None:
        why = f": {exc}" if exc else ""
        self._lose(ConnectionLost(f"the connection to {self.address} is lost{why}"))

    # Calls.

    @property
    def usable(self) -> bool:
        """Whether calls may begin."""
        return self.lost is None and not self.leaving and len(self._calls) < self.max_calls

    @property
    def idle(self) -> bool:
        """Whether no call is open."""
        return not self._calls

    def begin(self, frame: wire.ClientFrame, sink: Sink, *, stream: bool = False) -> int:
        """Begins a call; its id is set here."""
        if self.lost is not None:
            raise self.lost
        self._next_id += 1
        frame.call_id = self._next_id
        self._calls[self._next_id] = (sink, stream)
        self._write(frame)
        self._watch_silence()
        return self._next_id

    async def unary(self, frame: wire.ClientFrame, timeout: float) -> wire.ServerFrame:
        """Makes a call with one response; leaving it abandons the call."""
        call = Unary(self._loop)
        call_id = self.begin(frame, call)
        try:
            return await asyncio.wait_for(call.future, timeout)
        except asyncio.TimeoutError as error:
            self.abandon(call_id)
            raise ConnectionLost(f"the gateway at {self.address} did not answer in time") from error
        except asyncio.CancelledError:
            self.abandon(call_id)
            raise

    def send(self, call_id: int, frame: wire.ClientFrame) -> None:
        """Goes on with an open call."""
        if self.lost is not None:
            raise self.lost
        frame.call_id = call_id
        self._write(frame)

    def abandon(self, call_id: int) -> None:
        """Stops a call; nothing more is heard of it."""
        if self._calls.pop(call_id, None) is not None and self.lost is None:
            self._write(wire.ClientFrame(call_id=call_id, abandon=wire.Abandon()))

    def close(self) -> None:
        """Closes the connection; open calls end with ConnectionLost."""
        self._lose(ConnectionLost("the client was closed"))

    # Steps.

    def _received(self, frame: wire.ServerFrame) -> None:
        body = frame.WhichOneof("body")
        if body == "ping":
            self._write(wire.ClientFrame(pong=wire.Pong(data=frame.ping.data)))
        elif body == "welcome":
            self._welcomed(frame.welcome)
        elif body == "go_away":
            self.leaving = True
            self.on_leaving()
            self._close_if_done()
        elif body == "status":
            self._status(frame)
        elif body is not None and body != "pong":
            self._response(frame)

    def _welcomed(self, welcome: wire.Welcome) -> None:
        self._compress = welcome.accept_zlib
        self.max_calls = welcome.max_calls or self.max_calls
        if welcome.max_message_bytes:
            self._decoder.limit = max(self._decoder.limit, welcome.max_message_bytes)
        if not self.welcome.done():
            self.welcome.set_result(welcome)

    def _status(self, frame: wire.ServerFrame) -> None:
        error = _error(frame.status)
        if frame.call_id == 0:
            self._lose(error or ConnectionLost("the gateway closed the connection"))
            return
        call = self._calls.pop(frame.call_id, None)
        if call is not None:
            call[0].ended(error)
        self._close_if_done()

    def _response(self, frame: wire.ServerFrame) -> None:
        call = self._calls.get(frame.call_id)
        if call is None:
            return
        sink, stream = call
        if not stream:
            del self._calls[frame.call_id]
        sink.received(frame)
        if not stream:
            self._close_if_done()

    def _close_if_done(self) -> None:
        if self.leaving and not self._calls:
            self.close()

    def _write(self, frame: wire.ClientFrame) -> None:
        self._out.append(_frames.encode(frame, compress=self._compress))
        if not self._flushing:
            # All that one turn of the loop writes goes out together.
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        out, self._out = self._out, []
        if self._transport is not None and self.lost is None:
            self._transport.write(b"".join(out))

    def _watch_silence(self) -> None:
        if self._watch is None and self.lost is None:
            self._watch = self._loop.call_later(SILENCE, self._check_silence)

    def _check_silence(self) -> None:
        self._watch = None
        if self.lost is not None or not self._calls:
            return
        silence = self._loop.time() - self._heard_at
        if self._pinged and silence >= PONG_TIMEOUT:
            self._lose(ConnectionLost(f"the gateway at {self.address} fell silent"))
            return
        if silence >= SILENCE:
            self._pinged = True
            self._write(wire.ClientFrame(ping=wire.Ping(data=b"alive?")))
            self._watch = self._loop.call_later(PONG_TIMEOUT, self._check_silence)
        else:
            self._watch = self._loop.call_later(SILENCE - silence, self._check_silence)

    def _lose(self, error: RelayError) -> None:
        if self.lost is not None:
            return
        self._flush()
        self.lost = error
        if self._watch is not None:
            self._watch.cancel()
        if not self.welcome.done():
            self.welcome.set_exception(error)
            self.welcome.exception()
        calls, self._calls = self._calls, {}
        for sink, _ in calls.values():
            sink.ended(error)
        if self._transport is not None:
            self._transport.close()
        self.on_leaving()


def _error(status: wire.Status) -> RelayError | None:
    if status.code == 0:
        return None
    violations = tuple((item.field, item.reason) for item in status.violations)
    after = (
        status.retry_after.ToTimedelta().total_seconds() if status.HasField("retry_after") else None
    )
    return rpc_error(status.code, status.reason, status.message, violations, after)
