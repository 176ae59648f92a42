"""N1 to N8: what networks do between clients, workers and gateways."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from pathlib import Path

import relay_client
from relay_client import NewJob
from relay_client._proto.relay.v1 import relay_pb2 as pb
from relay_client._proto.relay.v1 import wire_pb2 as wire

from faults_database import tell_p99
from load import QUEUE
from processes import usage
from proxy import Proxy
from scenario import Watch, scenario
from world import Settings, World


def fronts(world: World) -> list[Proxy]:
    """The proxies before the gateways."""
    return [proxy for gateway in world.gateways for proxy in (gateway.clients, gateway.workers)]


def is_held(port: int, peer: int) -> bool:
    """Whether a process still holds the socket at a port to this peer; the peer cannot tell while it reads nothing."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ports = [int(address.rpartition(":")[2], 16) for address in fields[1:3]]
        if ports == [port, peer]:
            return fields[9] != "0"
    return False


@scenario(
    "N1",
    "100 ms ± 50 ms each way and 1 MB/s before the gateways",
    "correct; an operation takes its round trips and no more",
    may_repeat=False,
)
async def latency(world: World) -> None:
    for proxy in fronts(world):
        for faults in (proxy.up, proxy.down):
            faults.latency, faults.jitter, faults.bandwidth = 0.1, 0.05, 1e6
    watch = Watch()
    await asyncio.sleep(world.seconds)
    tell_p99(world, watch, 5.0)


@scenario(
    "N2",
    "connections are reset after 200 to 20,000 bytes, in either direction; some are half closed",
    "no job is doubled or lost; what was cut off is dropped",
)
async def resets(world: World) -> None:
    dice = random.Random(world.seed)
    for proxy in fronts(world):
        for faults in (proxy.up, proxy.down):
            faults.cut_after = lambda: dice.randint(200, 20_000)
    watch = Watch()
    accepted = sum(proxy.accepted for proxy in fronts(world))
    while watch.seconds < world.seconds:
        await asyncio.sleep(0.5)
        links = [link for proxy in fronts(world) for link in proxy.links]
        if links:
            dice.choice(links).half_close(towards_server=dice.random() < 0.5)
    world.seen.append(f"{sum(proxy.accepted for proxy in fronts(world)) - accepted} connections")


@scenario(
    "N3",
    "a black hole of 55 s before one gateway",
    "it closes what is silent within 45 s and hands the jobs back; no descriptor is left",
    seconds=55,
    ci=False,
)
async def black_hole(world: World) -> None:
    gateway = world.gateways[0]
    before = usage(gateway.process).descriptors
    links = len(gateway.clients.links) + len(gateway.workers.links)
    for proxy in (gateway.clients, gateway.workers):
        proxy.up.black_hole = proxy.down.black_hole = True
    await asyncio.sleep(max(world.seconds, 50))
    left = usage(gateway.process).descriptors
    world.seen.append(f"{before} descriptors with {links} connections before, {left} in the hole")
    if left > before - links:
        world.violations.append(f"{left} descriptors in the hole, {before} with {links} connections before")


@scenario(
    "N4",
    "every byte before the gateways is written alone",
    "the same results",
    settings=Settings(rate=30),
    may_repeat=False,
)
async def slices(world: World) -> None:
    for proxy in fronts(world):
        proxy.up.slice = proxy.down.slice = 1
    watch = Watch()
    await asyncio.sleep(world.seconds)
    tell_p99(world, watch, 3.0)


@scenario(
    "N5",
    "a client awaits 3,000 results of 7 KB and never reads",
    "it is closed; what waits for it is bounded; nobody else notices",
    may_repeat=False,
)
async def slow_reader(world: World) -> None:
    gateway = world.gateways[0]
    async with world.direct(gateway) as client:
        relays = []
        for start in range(0, 3_000, 500):
            made = [{"key": f"large-{start + n}", "padding": 7_000} for n in range(500)]
            relays += await client.submit_many([NewJob("Chaos", args, queue=QUEUE) for args in made])
        await client.await_many(relays, 60)
    before = usage(gateway.process).memory
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.connect(("127.0.0.1", gateway.port))
    hello = wire.Hello(version=1, client="slow", token=world.token)
    # Each asked for many times, so that far more than the limit is due.
    request = pb.AwaitManyRequest(relays=[relay._to_wire() for relay in relays * 3])
    for frame in (wire.ClientFrame(hello=hello), wire.ClientFrame(call_id=1, await_many_request=request)):
        data = frame.SerializeToString()
        await asyncio.to_thread(raw.sendall, struct.pack(">BI", 0, len(data)) + data)
    watch = Watch()
    closed, most = 0.0, 0
    while watch.seconds < max(world.seconds, 25) and not closed:
        most = max(most, usage(gateway.process).memory)
        if not is_held(gateway.port, raw.getsockname()[1]):
            closed = watch.seconds
        await asyncio.sleep(0.1)
    raw.close()
    world.seen.append(f"closed after {closed:.1f} s, {max(0, most - before) >> 20} MiB more meanwhile")
    if not closed:
        world.violations.append("the client that never reads was not closed")
    # Four times the limit of a client that does read, if slowly, and the answers that are made meanwhile.
    if most - before > 96 << 20:
        world.violations.append(f"{(most - before) >> 20} MiB were held for a client that never reads")
    # A debug build decodes these 63 MB in several seconds.
    tell_p99(world, watch, 6.0)


@scenario(
    "N6",
    "the workers of one gateway can send but not receive, for 68 s",
    "the workers' own keepalive ends the streams within 60 s, and their jobs are handed back",
    seconds=68,
    ci=False,
)
async def one_way(world: World) -> None:
    workers = world.gateways[0].workers
    workers.down.black_hole = True
    watch = Watch()
    gone = 0.0
    while watch.seconds < max(world.seconds, 68):
        await asyncio.sleep(0.2)
        rows = await world.query(
            "SELECT count(*) AS n FROM oban_jobs WHERE state = 'executing'"
            " AND attempted_at < timezone('UTC', now()) - interval '3 seconds'"
        )
        if rows[0]["n"]:
            gone = watch.seconds
    world.seen.append(f"the last job hung until {gone:.0f} s")
    if gone > 63:
        world.violations.append(f"jobs hung until {gone:.0f} s")


@scenario(
    "N7",
    "all connections of clients and workers are reset each second",
    "no job is doubled or lost; clients and workers connect again",
)
async def reset_all(world: World) -> None:
    watch = Watch()
    count = 0
    while watch.seconds < world.seconds:
        for proxy in fronts(world):
            count += proxy.reset()
        await asyncio.sleep(1)
    world.seen.append(f"{count} resets")


@scenario(
    "N8",
    "bits are turned in what a client that awaits sends",
    "its connection ends, at worst; nobody else notices",
    may_repeat=False,
)
async def turned_bits(world: World) -> None:
    gateway = world.gateways[0]
    proxy = await Proxy.start(("127.0.0.1", gateway.port), seed=world.seed)
    proxy.up.flip = 0.2
    relays = [sent.relay for sent in list(world.load.journal.sent.values()) if sent.relay][:20]
    ends: dict[str, int] = {}
    watch = Watch()
    try:
        while watch.seconds < world.seconds:
            end = "answered"
            try:
                async with (
                    asyncio.timeout(1),
                    relay_client.connect(f"127.0.0.1:{proxy.port}", token=world.token) as client,
                ):
                    await client.await_many(relays, 0.2)
            except (relay_client.RelayError, TimeoutError) as error:
                end = getattr(error, "reason", "") or type(error).__name__
            ends[end] = ends.get(end, 0) + 1
            await asyncio.sleep(0.02)
    finally:
        await proxy.stop()
    world.seen.append(", ".join(f"{count} {end}" for end, count in sorted(ends.items())))
    tell_p99(world, watch, 3.0)
