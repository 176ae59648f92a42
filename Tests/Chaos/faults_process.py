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
