"""A proxy that does to TCP connections what networks do: delays, cuts, silence, and worse.

It runs in the process of the test, which changes its faults at any time:

    proxy = await Proxy.start(("127.0.0.1", 5432))
    proxy.up.latency = 0.1              # from whoever connects to the server
    proxy.hole(lambda link: "listen" in link.label)
    proxy.heal()
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Literal

CHUNK = 65_536


@dataclass
class Faults:
    """What befalls the bytes of one direction."""

    latency: float = 0
    jitter: float = 0
    # Bytes a second; 0 is no bound.
    bandwidth: float = 0
    # The bytes of one write; 0 leaves them as they come.
    slice: int = 0
    # Neither read nor written, but the sockets stay.
    black_hole: bool = False
    # The connection is reset after this many bytes, counted from when the fault was set.
    cut_after: Callable[[], int] | None = None
    # How likely a chunk is to have one bit turned.
    flip: float = 0

    def heal(self) -> None:
        for each in fields(self):
            setattr(self, each.name, each.default)


@dataclass(eq=False)
class Link:
    """One connection through the proxy, and its two sockets."""

    proxy: Proxy
    client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    # What a client of Postgres calls itself.
    label: str = ""
    black_hole: bool = False
    # Set once the server's answers are swallowed and the first one ends the connection.
    doomed: bool = False
    budgets: dict[int, int] = field(default_factory=dict)

    def reset(self) -> None:
        """Ends both sides with RST."""
        for _, writer in (self.client, self.server):
            raw = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        self.proxy.links.discard(self)

    def half_close(self, *, towards_server: bool = True) -> None:
        """Says the end in one direction only."""
        _, writer = self.server if towards_server else self.client
        with contextlib.suppress(OSError):
            writer.write_eof()


class CommitCutter:
    """Follows a client of Postgres message by message, and finds the ends of its Syncs, which commit."""

    def __init__(self) -> None:
        self._left = 0
        self._head = b""
        self._kind = 0
        self._started = False

    def ends_of_syncs(self, data: bytes) -> list[int]:
        ends: list[int] = []
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                if self._left == 0:
                    self._ended(ends, at)
                continue
            size = 5 if self._started else 8
            step = min(size - len(self._head), len(data) - at)
            self._head += data[at : at + step]
            at += step
            if len(self._head) == size:
                if self._started:
                    self._kind = self._head[0]
                    self._left = int.from_bytes(self._head[1:5], "big") - 4
                else:
                    # A request for TLS or GSS is as long as this; the real beginning of a session is longer.
                    length = int.from_bytes(self._head[:4], "big")
                    self._kind = 0
                    self._started = length > 8
                    self._left = length - 8
                self._head = b""
                if self._left == 0:
                    self._ended(ends, at)
        return ends

    def _ended(self, ends: list[int], at: int) -> None:
        if self._kind == ord("S"):
            ends.append(at)


class Proxy:
    """Listens on a port of its own and passes connections on to one server."""

    def __init__(self, target: tuple[str, int], *, postgres: bool, seed: int) -> None:
        self.target = target
        self.up = Faults()
        self.down = Faults()
        self.links: set[Link] = set()
        self.accepted = 0
        self.port = 0
        # Asked at the end of each Sync: whether to cut here, with the Sync passed on and its answer not. "answered" is
        # once the server has answered, so the commit is certain; "at once" leaves even that open.
        self.cuts: Callable[[Link], Literal["", "answered", "at once"]] | None = None
        self.commits_cut = 0
        self._postgres = postgres
        self._random = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls, target: tuple[str, int], *, postgres: bool = False, seed: int = 0) -> Proxy:
        proxy = cls(target, postgres=postgres, seed=seed)
        proxy._server = await asyncio.start_server(proxy._accept, "127.0.0.1", 0, limit=CHUNK)
        proxy.port = proxy._server.sockets[0].getsockname()[1]
        return proxy

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Faults.

    def hole(self, which: Callable[[Link], bool]) -> int:
        """Makes those connections black holes."""
        found = [link for link in self.links if which(link)]
        for link in found:
            link.black_hole = True
        return len(found)

    def reset(self, which: Callable[[Link], bool] = lambda link: True) -> int:
        found = [link for link in self.links if which(link)]
        for link in found:
            link.reset()
        return len(found)

    def heal(self) -> None:
        """No more faults; what is lost stays lost, and what waited in a hole goes on."""
        self.up.heal()
        self.down.heal()
        self.cuts = None
        for link in self.links:
            link.black_hole = False
            link.budgets.clear()

    # Connections.

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            while self.up.black_hole:
                await asyncio.sleep(0.05)
            server = await asyncio.open_connection(*self.target, limit=CHUNK)
        except (OSError, asyncio.CancelledError):
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return
        link = Link(self, (reader, writer), server)
        self.links.add(link)
        for each in (writer, server[1]):
            each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            # Not a TaskGroup: the end of one direction is not the end of the other.
            await asyncio.gather(
                self._pump(link, reader, server[1], self.up, upward=True),
                self._pump(link, server[0], writer, self.down, upward=False),
            )
        except (OSError, RuntimeError, asyncio.CancelledError):
            # RuntimeError is a write after a half close.
            link.reset()
        finally:
            self.links.discard(link)
            writer.close()
            server[1].close()

    async def _pump(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, faults: Faults, *, upward: bool
    ) -> None:
        """Reads on while what was read is still under way, as a wire does."""
        loop = asyncio.get_running_loop()
        wire: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        delivery = asyncio.create_task(self._deliver(link, wire, writer, faults, upward=upward))
        try:
            while not delivery.done():
                while link.black_hole or faults.black_hole:
                    await asyncio.sleep(0.02)
                data = await reader.read(CHUNK)
                rest = max(0.0, faults.latency + self._random.uniform(-1, 1) * faults.jitter)
                await wire.put((loop.time() + rest, data))
                if not data:
                    break
            await delivery
        finally:
            delivery.cancel()

    async def _deliver(
        self,
        link: Link,
        wire: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        faults: Faults,
        *,
        upward: bool,
    ) -> None:
        loop = asyncio.get_running_loop()
        cutter = CommitCutter() if upward and self._postgres else None
        while True:
            due, data = await wire.get()
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            while link.black_hole or faults.black_hole:
                await asyncio.sleep(0.02)
            if not data:
                with contextlib.suppress(OSError):
                    writer.write_eof()
                return
            if link.doomed and not upward:
                # The commit is done, and nobody hears of it.
                self.commits_cut += 1
                return link.reset()
            if cutter is not None:
                self._name(link, data)
                how = self._cut(link, cutter.ends_of_syncs(data))
                if how is not None:
                    end, at_once = how
                    await self._write(link, writer, data[:end], faults, upward=True)
                    if at_once:
                        self.commits_cut += 1
                        return link.reset()
                    link.doomed = True
                    data = data[end:]
                    if not data:
                        continue
            await self._write(link, writer, data, faults, upward=upward)

    def _cut(self, link: Link, ends: list[int]) -> tuple[int, bool] | None:
        for end in ends:
            how = self.cuts(link) if self.cuts is not None and not link.doomed else ""
            if how:
                return end, how == "at once"
        return None

    @staticmethod
    def _name(link: Link, data: bytes) -> None:
        _, found, rest = data.partition(b"application_name\0") if not link.label else (b"", b"", b"")
        if found:
            link.label = rest.partition(b"\0")[0].decode(errors="replace")

    async def _write(
        self, link: Link, writer: asyncio.StreamWriter, data: bytes, faults: Faults, *, upward: bool
    ) -> None:
        if faults.flip and self._random.random() < faults.flip:
            changed = bytearray(data)
            changed[self._random.randrange(len(changed))] ^= 1 << self._random.randrange(8)
            data = bytes(changed)
        if faults.cut_after is not None:
            left = link.budgets.setdefault(upward, faults.cut_after())
            link.budgets[upward] = left - len(data)
            if len(data) >= left:
                writer.write(data[:left])
                await asyncio.sleep(0)
                return link.reset()
        step = faults.slice or len(data)
        for start in range(0, len(data), step):
            part = data[start : start + step]
            writer.write(part)
            if faults.bandwidth:
                await asyncio.sleep(len(part) / faults.bandwidth)
        await writer.drain()
