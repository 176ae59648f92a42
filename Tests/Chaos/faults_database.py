"""F5 to F10, F15 to F19 and F21: what Postgres does to its clients."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Literal

import psycopg
from relay_client import InvalidArgument, NewJob

from load import QUEUE
from processes import usage
from proxy import Link
from scenario import Watch, scenario
from world import Settings, World

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
        if not link.label.startswith(WRITERS) or dice.random() > 0.4:
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


@scenario(
    "F10",
    "every process of Postgres is frozen (SIGSTOP) for 15 s",
    "calls are refused in time, memory is bounded, readiness says no",
    seconds=15,
)
async def hung_postgres(world: World) -> None:
    world.cluster.freeze(True)
    await asyncio.sleep(world.seconds - 3)
    statuses = [await world.readiness(gateway) for gateway in world.gateways]
    if 200 in statuses:
        world.violations.append(f"readiness said {statuses} while Postgres hung")
    memory = max(usage(gateway.process).memory for gateway in world.gateways)
    world.seen.append(f"readiness {statuses}, a gateway held at most {memory >> 20} MiB")
    await asyncio.sleep(3)
    world.cluster.freeze(False)


@scenario(
    "F15",
    "somebody holds an old snapshot of the jobs table",
    "correct; slower by what the dead rows cost",
    may_repeat=False,
    seconds=15,
)
async def old_snapshot(world: World) -> None:
    async with await psycopg.AsyncConnection.connect(world.cluster.url(world.database)) as holder:
        await holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await holder.execute("SELECT count(*) FROM oban_jobs")
        await asyncio.sleep(world.seconds * 0.6)
        watch = Watch()
        await asyncio.sleep(world.seconds * 0.4)
        tell_p99(world, watch, 3.0)
        await holder.rollback()


@scenario(
    "F16",
    "somebody who listens stays in a transaction, and the queue of notifications fills with junk",
    "no call fails: no transaction with data notifies",
    may_repeat=False,
)
async def full_notify_queue(world: World) -> None:
    url = world.cluster.url(world.database)
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as sleeper,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as sender,
    ):
        await sleeper.execute("LISTEN junk")
        await sleeper.execute("BEGIN")
        await sleeper.execute("SELECT 1")
        watch = Watch()
        while watch.seconds < world.seconds:
            await sender.execute("SELECT pg_notify('junk', repeat('x', 7900) || random()) FROM generate_series(1, 500)")
            await asyncio.sleep(0.1)
        cursor = await sender.execute("SELECT pg_notification_queue_usage()")
        row = await cursor.fetchone()
        assert row is not None
        world.seen.append(f"{row[0] * 100:.1f} % of the queue")
        await sleeper.rollback()
    errors = world.load.journal.errors
    if errors:
        world.violations.append(f"calls failed: {dict(errors)}")
    tell_p99(world, watch, 3.0)


@scenario(
    "F17",
    "another session holds an ACCESS EXCLUSIVE lock on the jobs table for 10 s",
    "lock_timeout, so UNAVAILABLE; then all goes on",
)
async def locked_table(world: World) -> None:
    async with await psycopg.AsyncConnection.connect(world.cluster.url(world.database)) as holder:
        await holder.execute("LOCK TABLE oban_jobs IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(10)
        await holder.rollback()


@scenario(
    "F19",
    "max_connections is exhausted, and one gateway loses its connections",
    "it backs off; the other gateway's connections go on working",
    settings=Settings(postgres=("max_connections=60",)),
    recovery=5,
)
async def no_connections_left(world: World) -> None:
    hogs: list[psycopg.AsyncConnection[tuple[object, ...]]] = []

    async def fill() -> None:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                hogs.append(await psycopg.AsyncConnection.connect(world.cluster.url(world.database), autocommit=True))

    async def release() -> None:
        for hog in hogs:
            await hog.close()

    world.healing.append(release)
    await fill()
    if not hogs:
        raise RuntimeError("no connection was to be had")
    lost = await hogs[0].execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s",
        ("relay%" + world.gateways[0].process.name,),
    )
    world.seen.append(f"{lost.rowcount} connections lost")
    watch = Watch()
    dialled = world.gateways[0].database.accepted
    while watch.seconds < world.seconds:
        await fill()
        await asyncio.sleep(0.02)
    before = len([at for at in world.load.journal.successes if at > watch.started + 3])
    dials = (world.gateways[0].database.accepted - dialled) / watch.seconds
    world.seen.append(f"{len(hogs)} taken by others, {dials:.0f} connects/s, {before} operations went on")
    if not before:
        world.violations.append("nothing went on meanwhile")


@scenario(
    "F21",
    "one of 500 outcomes that are written together is no JSON, and one of 500 jobs has args with U+0000",
    "the other 499 are written; that one is discarded, or refused",
    may_repeat=False,
)
async def poison(world: World) -> None:
    jobs = [NewJob("Chaos", {"key": f"poison-{n}", "ms": 300}, queue=QUEUE, max_attempts=1) for n in range(500)]
    jobs[250].args = {"key": "poison-250", "ms": 300, "end": "poison"}
    async with world.direct(world.gateways[0]) as client:
        try:
            await client.submit_many([NewJob("Chaos", {"key": "bad\0"}, queue=QUEUE), *jobs[:99]])
            world.violations.append("args with U+0000 were taken")
        except InvalidArgument as error:
            world.seen.append(f"args with U+0000: {error}")
        relays = await client.submit_many(jobs)
        outcomes = await client.await_many(relays, 30)
    failed = [n for n, outcome in enumerate(outcomes) if outcome is None or not outcome.ok]
    world.seen.append(f"of 500 outcomes failed: {failed}")
    if failed != [250]:
        world.violations.append(f"outcomes {failed} failed")
    else:
        world.seen.append(f"as {getattr(outcomes[250], 'error', None)!r}")
