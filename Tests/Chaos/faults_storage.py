"""F11 to F14, F20 and F23: slow and full disks, standbys, and wrong clocks."""

from __future__ import annotations

import asyncio
import contextlib
import datetime

import psycopg

from cluster import Cluster
from faults_database import tell_p99
from scenario import Watch, scenario
from shim import unable
from world import Settings, World

SHIMMED = Settings(postgres=("fsync=on", "wal_recycle=off"), shim=True)


@scenario(
    "F11",
    "a sync of the disk takes 50 ms, then 500 ms",
    "slower, with larger batches; no session is taken for dead",
    settings=Settings(rate=60, postgres=("fsync=on",), shim=True),
    unable=unable,
    may_repeat=False,
    seconds=16,
)
async def slow_disk(world: World) -> None:
    for milliseconds in (50, 500):
        world.shim.set(sync=milliseconds / 1000)
        watch = Watch()
        before = world.load.journal.operations
        await asyncio.sleep(world.seconds / 2)
        world.seen.append(f"{milliseconds} ms: {(world.load.journal.operations - before) / watch.seconds:.0f} ops/s")
        tell_p99(world, watch)
    world.shim.set()


@scenario(
    "F12",
    "the disk of Postgres is full: no file can grow, nor the log of writes",
    "UNAVAILABLE or RESOURCE_EXHAUSTED; nothing acknowledged is lost, though Postgres panics",
    settings=SHIMMED,
    unable=unable,
    seconds=12,
)
async def full_disk(world: World) -> None:
    world.shim.set(full=True)
    await asyncio.sleep(world.seconds / 2)
    # A new file of the log is begun once those that are there are used up, and cannot be.
    with contextlib.suppress(psycopg.Error):
        for _ in range(100):
            await world.query("SELECT pg_logical_emit_message(false, 'chaos', ''), pg_switch_wal()")
    await asyncio.sleep(world.seconds / 2)
    world.shim.set()
    text = world.cluster.log.read_text(errors="replace")
    assert world.cluster.process is not None
    died = world.cluster.process.poll() is not None
    world.seen.append(f"{text.count('No space left')} refusals, {text.count('PANIC')} panics, server ended: {died}")


@scenario(
    "F23",
    "Postgres crashes and forgets claims that it had answered, since those do not wait for the disk",
    "the jobs are claimed again under the attempts that run, which go on; one result; no slot of a worker is lost",
    settings=Settings(rate=0.01, gateways=1, workers=2, worker_limit=8, postgres=("wal_writer_delay=10s",)),
)
async def forgotten_claims(world: World) -> None:
    slots, jobs = 16, 8
    insert = (
        "SELECT relay_async('Chaos', jsonb_build_object('key', %s || n::text, 'ms', 3000), queue => 'chaos')"
        " FROM generate_series(1, %s) n"
    )
    await world.query(insert, ("forgotten-", jobs))
    while len(begun(world, "forgotten-")) < jobs:
        await asyncio.sleep(0.02)
    await asyncio.to_thread(world.cluster.stop)
    crash = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    await asyncio.to_thread(world.cluster.start, again=True)
    await asyncio.sleep(8)
    again = await world.query(
        "SELECT count(*) AS n FROM oban_jobs WHERE args->>'key' LIKE 'forgotten-%%' AND attempted_at > %s", (crash,)
    )
    twice = len(begun(world, "forgotten-")) - jobs
    world.seen.append(f"{again[0]['n']} of {jobs} claims forgotten, {twice} run twice")
    if not again[0]["n"]:
        world.violations.append("no claim was forgotten")
    if twice:
        world.violations.append(f"{twice} jobs were begun again beside the attempt that ran")
    # As many jobs as there are slots run at the same time, if none was lost.
    await world.query(insert, ("after-", slots))
    await asyncio.sleep(2.5)
    running = len(begun(world, "after-"))
    world.seen.append(f"{running} of {slots} slots afterwards")
    if running < slots:
        world.violations.append(f"{slots - running} of {slots} slots are lost")


def begun(world: World, prefix: str) -> list[str]:
    """The keys of the attempts that began."""
    return [line["key"] for line in world.executions() if line["op"] == "start" and line["key"].startswith(prefix)]


@scenario(
    "F13",
    "the primary crashes, and a synchronous standby is promoted; both are in the URL",
    "connected to the new primary within 10 s; nothing acknowledged is lost",
    settings=Settings(standby="last"),
    recovery=10,
)
async def switch_over(world: World) -> None:
    standby = world.standby
    assert standby is not None
    await asyncio.to_thread(_make_synchronous, world.cluster)
    await asyncio.sleep(world.seconds / 3)
    world.cluster.stop()
    await asyncio.sleep(1)
    await asyncio.to_thread(standby.execute, "SELECT pg_promote()")
    world.adopt_standby()
    watch = Watch()
    await world.first_success()
    world.seen.append(f"first success {watch.seconds:.1f} s after the promotion")
    await asyncio.sleep(world.seconds / 3)


@scenario(
    "F14",
    "a standby is first in the URL",
    "every connection goes on to the primary; nobody listens on the standby",
    settings=Settings(standby="first"),
    may_repeat=False,
)
async def standby_first(world: World) -> None:
    watch = Watch()
    await asyncio.sleep(world.seconds / 2)
    ended = await world.terminate()
    await asyncio.sleep(world.seconds / 2)
    assert world.standby is not None
    rows = await asyncio.to_thread(
        world.standby.execute,
        "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name LIKE 'relay%' AND state = 'idle'",
    )
    if rows[0]["n"]:
        world.violations.append(f"{rows[0]['n']} connections to the standby")
    world.seen.append(f"{ended} backends ended in between")
    tell_p99(world, watch, 3.0)


def _make_synchronous(primary: Cluster) -> None:
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    primary.execute("SELECT pg_reload_conf()")


@scenario(
    "F20",
    "one gateway's clock is 1 h ahead, the other's 1 h behind, and both jump by 5 min each second",
    "nothing is rescued early; schedules and timeouts are right",
    settings=Settings(shifted_clocks=True),
    unable=unable,
    may_repeat=False,
)
async def wrong_clocks(world: World) -> None:
    watch = Watch()
    turn = 0
    while watch.seconds < world.seconds:
        for number, shim in enumerate(world.clocks):
            shim.set(clock=(3600 if number == 0 else -3600) + (300 if turn % 2 else -300))
        turn += 1
        await asyncio.sleep(1)
    rows = await world.query(
        "SELECT count(*) AS n FROM oban_jobs WHERE abs(extract(epoch FROM inserted_at - timezone('UTC', now()))) > 300"
        " OR abs(extract(epoch FROM scheduled_at - timezone('UTC', now()))) > 300"
        " OR abs(extract(epoch FROM completed_at - timezone('UTC', now()))) > 300"
    )
    if rows[0]["n"]:
        world.violations.append(f"{rows[0]['n']} rows have a time of a wrong clock")
    tell_p99(world, watch, 3.0)
