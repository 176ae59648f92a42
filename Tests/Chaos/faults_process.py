"""F0 to F4 and F22: gateways and workers are killed, frozen and restarted."""

from __future__ import annotations

import asyncio

from scenario import Watch, scenario
from world import World


@scenario("F0", "nothing, to compare with", "nothing runs twice, no error at all", may_repeat=False)
async def calm(world: World) -> None:
    await asyncio.sleep(world.seconds)
    errors = world.load.journal.errors
    if errors:
        world.violations.append(f"errors without a fault: {dict(errors)}")


@scenario(
    "C0",
    "the tables are tampered with at the end: a row lost, one doubled, a result changed, a job reopened",
    "the checker sees each, so it would see it elsewhere",
    must_find=(
        "I1, acknowledged and lost",
        "I1, acknowledged and never ended",
        "I2",
        "I3",
        "I5, two answers",
        "I10, a",
    ),
    seconds=4,
)
async def tampered(world: World) -> None:
    await asyncio.sleep(world.seconds)

    async def tamper() -> None:
        sents = [
            sent for sent in world.load.journal.sent.values() if sent.relay and not sent.end and not sent.cancelled
        ]
        ids = [sent.relay.job_id for sent in sents if sent.relay][-4:]
        done = 'UPDATE oban_jobs SET meta = meta || \'{"return": "g20AAAADYWJj"}\' WHERE id = %s'
        await world.query("DELETE FROM oban_jobs WHERE id = %s", ids[:1])
        await world.query("DELETE FROM relay_outcomes WHERE job_id = %s", ids[:1])
        columns = "state, queue, worker, args, meta, attempt, max_attempts, completed_at"
        await world.query(f"INSERT INTO oban_jobs ({columns}) SELECT {columns} FROM oban_jobs WHERE id = %s", ids[1:2])
        await world.query(done, ids[2:3])
        await world.query("UPDATE oban_jobs SET state = 'suspended' WHERE id = %s", ids[3:4])
        with world.gateways[0].process.log.open("a") as log:
            log.write("Fatal error: as the checker should see\n")

    world.tamper = tamper


@scenario(
    "F1",
    "kill -9 of a gateway every 3 s, in turn, each started again after 1 s",
    "clients go on at the other gateway with the same keys; its jobs run again",
    seconds=15,
)
async def kill_gateways(world: World) -> None:
    watch = Watch()
    turn = 0
    while watch.seconds < world.seconds:
        gateway = world.gateways[turn % len(world.gateways)]
        gateway.process.kill()
        await asyncio.sleep(1)
        gateway.process.start()
        await asyncio.sleep(2)
        turn += 1
    world.seen.append(f"{turn} kills")


@scenario(
    "F2",
    "kill -9 of a worker with jobs every 2 s",
    "its jobs are handed back at once, and run again elsewhere with attempt 2",
)
async def kill_workers(world: World) -> None:
    watch = Watch()
    turn = 0
    while watch.seconds < world.seconds:
        worker = world.workers[turn % len(world.workers)]
        worker.kill()
        await asyncio.sleep(0.5)
        worker.start()
        await asyncio.sleep(1.5)
        turn += 1
    rows = await world.query("SELECT count(*) AS n FROM oban_jobs WHERE attempt > 1")
    world.seen.append(f"{turn} kills, {rows[0]['n']} jobs with attempt 2 or more")


@scenario(
    "F3",
    "two workers are frozen (SIGSTOP) for longer than the gateways' patience, 45 s, then go on",
    "their jobs run elsewhere; their late results change nothing",
    seconds=52,
    ci=False,
)
async def freeze_workers(world: World) -> None:
    for worker in world.workers[:2]:
        worker.freeze()
    await asyncio.sleep(max(world.seconds, 48))
    rows = await world.query("SELECT count(*) AS n FROM oban_jobs WHERE attempt > 1")
    world.seen.append(f"{rows[0]['n']} jobs with attempt 2 or more")
    if not rows[0]["n"]:
        world.violations.append("no job was handed back")


@scenario(
    "F4",
    "a gateway is frozen (SIGSTOP) for 20 s, then goes on",
    "the other rescues its jobs; on waking it accepts nothing for lost attempts",
    seconds=20,
)
async def freeze_gateway(world: World) -> None:
    world.gateways[0].process.freeze()
    await asyncio.sleep(max(world.seconds, 16))
    rows = await world.query("SELECT count(*) AS n FROM oban_jobs WHERE attempt > 1")
    world.seen.append(f"{rows[0]['n']} jobs with attempt 2 or more when it went on")


@scenario(
    "F22",
    "both gateways in turn are told to end (SIGTERM) and started again, 5 times",
    "no client that honours GoAway sees an error; each ends within its grace",
    may_repeat=False,
    seconds=15,
)
async def rolling_restart(world: World) -> None:
    longest = 0.0
    for turn in range(5):
        gateway = world.gateways[turn % len(world.gateways)]
        longest = max(longest, await asyncio.to_thread(gateway.process.stop, 15))
        gateway.process.start()
        await world.ready(gateway)
        await asyncio.sleep(1)
    world.seen.append(f"the longest end took {longest:.1f} s")
    if longest > 11:
        world.violations.append(f"an end took {longest:.1f} s, longer than the grace")
    errors = world.load.journal.errors
    if errors:
        world.violations.append(f"clients saw errors: {dict(errors)}")
