"""F5 to F11 and F15 to F19: what Postgres does to its clients."""

from __future__ import annotations

import asyncio
import random
from typing import Literal

from proxy import Link
from scenario import Watch, scenario
from world import World

# What the connections that write are called.
WRITERS = ("relay write", "relay insert", "relay finish", "relay keep")


@scenario(
    "F5",
    "Postgres crashes (stop -m immediate) and starts again, every 4 s",
    "errors are typed, nothing acknowledged is lost, calls succeed within 5 s of the start",
    seconds=16,
)
async def crash_postgres(world: World) -> None:
    watch = Watch()
    crashes = 0
    accepted = sum(gateway.database.accepted for gateway in world.gateways)
    while watch.seconds < world.seconds:
        await asyncio.to_thread(world.cluster.stop)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(world.cluster.start, again=True)
        crashes += 1
        await asyncio.sleep(3)
    dialled = sum(gateway.database.accepted for gateway in world.gateways) - accepted
    each = dialled / crashes / len(world.gateways)
    world.seen.append(f"{crashes} crashes, {each:.0f} connects per gateway and crash")


@scenario(
    "F6",
    "pg_terminate_backend on all backends of the gateways, each second",
    "commits in flight are resolved by key; no waiter is stuck",
)
async def terminate_all(world: World) -> None:
    watch = Watch()
    ended = 0
    while watch.seconds < world.seconds:
        ended += await world.terminate()
        await asyncio.sleep(1)
    world.seen.append(f"{ended} backends ended")


@scenario(
    "F7",
    "pg_terminate_backend on the listeners only, each second",
    "awaits go on by reading the rows; p99 of operations below 2 s",
    may_repeat=False,
)
async def terminate_listeners(world: World) -> None:
    watch = Watch()
    ended = 0
    while watch.seconds < world.seconds:
        ended += await world.terminate("relay listen%")
        await asyncio.sleep(1)
    world.seen.append(f"{ended} listeners ended")
    tell_p99(world, watch, 2.0)


@scenario(
    "F8",
    "the listeners' connections become black holes",
    "the self-test finds out within 7 s and connects again; no answer is lost",
    may_repeat=False,
    seconds=12,
)
async def deaf_listener(world: World) -> None:
    watch = Watch()
    holes = sum(gateway.database.hole(lambda link: link.label.startswith("relay listen")) for gateway in world.gateways)
    if holes != len(world.gateways):
        world.violations.append(f"{holes} listeners found")
    noticed = 0.0
    while watch.seconds < world.seconds:
        await asyncio.sleep(0.1)
        listeners = [
            link
            for gateway in world.gateways
            for link in gateway.database.links
            if link.label.startswith("relay listen") and not link.black_hole
        ]
        if len(listeners) == len(world.gateways) and not noticed:
            noticed = watch.seconds
    if not noticed or noticed > 8:
        world.violations.append(f"the deaf listeners were replaced after {noticed:.1f} s")
    world.seen.append(f"replaced after {noticed:.1f} s")
    tell_p99(world, watch, 3.0)


@scenario(
    "F9",
    "the connection is cut after a COMMIT was passed on and before its answer, 200 times",
    "never two rows, never a lost acknowledgement, no completion lost",
    seconds=20,
)
async def ambiguous_commits(world: World) -> None:
    dice = random.Random(world.seed)

    def cut(link: Link) -> Literal["", "answered", "at once"]:
        if not link.label.startswith(WRITERS) or dice.random() > 0.15:
            return ""
        return "answered" if dice.random() < 0.7 else "at once"

    proxies = [gateway.database for gateway in world.gateways]
    for proxy in proxies:
        proxy.cuts = cut
    watch = Watch()
    while watch.seconds < 3 * world.seconds and sum(proxy.commits_cut for proxy in proxies) < 10 * world.seconds:
        await asyncio.sleep(0.1)
    cuts = sum(proxy.commits_cut for proxy in proxies)
    world.seen.append(f"{cuts} commits cut")
    if cuts < 5 * world.seconds:
        world.violations.append(f"only {cuts} commits were cut")


def tell_p99(world: World, watch: Watch, bound: float = 0) -> None:
    """The p99 of the operations that ended since."""
    latencies = sorted(took for at, took in world.load.journal.latencies if at >= watch.started)
    if not latencies:
        world.violations.append("no operation ended")
        return
    p99 = latencies[int(len(latencies) * 0.99)]
    world.seen.append(f"p99 {p99 * 1000:.0f} ms")
    if bound and p99 > bound:
        world.violations.append(f"p99 of {p99:.1f} s")
