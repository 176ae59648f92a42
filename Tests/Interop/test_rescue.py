"""Nobody takes a job away from a node that lives, and each takes care of its own that died."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import relay_client
from oban import Record
from oban.job import Job
from relay_client import Client

import oban_workers
from support import ObanProcess, World, eventually, executor, gateway, oban_node, until_leader

Hook = Callable[[oban_workers.Hook], dict[str, str]]


@pytest.mark.worlds("python")
async def test_only_our_own_orphans_are_given_back_when_a_gateway_is_killed(
    world: World, relay: Client, queue: str, hook: Hook
) -> None:
    """Beside them: a job that an Oban node runs all the time, and one whose Oban node was killed."""
    started, go_on = asyncio.Event(), asyncio.Event()

    async def patient(job: Job) -> Any:
        started.set()
        await go_on.wait()
        return Record(job.attempt)

    killed = asyncio.Event()

    async def wait(job: relay_client.Job) -> Any:
        if job.attempt == 1:
            killed.set()
            await asyncio.sleep(60)
        return {"attempt": job.attempt}

    dead = ObanProcess(world, f"{queue}_dead")
    try:
        orphan = await relay.async_("oban_workers.Sleeps", {"ms": 60_000}, queue=f"{queue}_dead")
        async with oban_node(world, {f"{queue}_oban": 5}):
            alive = await relay.async_("oban_workers.Hooked", hook(patient), queue=f"{queue}_oban")
            await asyncio.wait_for(started.wait(), 5)
            with gateway(world.database) as doomed:
                running = asyncio.create_task(run_until_cut(doomed.address, queue, wait))
                ours = await relay.async_("Wait", queue=queue)
                await asyncio.wait_for(killed.wait(), 5)
                await world.in_state(orphan.job_id, "executing")
                dead.kill()
                doomed.kill()
                async with executor(world.address, {queue: 1}, {"Wait": wait}):
                    assert await relay.await_(ours, with_retries=True, timeout=20) == {"attempt": 2}
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            for handle in (orphan, alive):
                row = await world.job(handle.job_id)
                assert (row["state"], row["attempt"], row["errors"]) == ("executing", 1, [])
            go_on.set()
            assert await relay.await_(alive) == 1
    finally:
        dead.kill()
    row = await world.job(ours.job_id)
    assert row["attempted_by"][0] == world.gateway.node
    assert "lost" in row["errors"][0]["error"] and row["errors"][0]["attempt"] == 1
    await relay.cancel(orphan)


async def run_until_cut(address: str, queue: str, handler: Callable[[relay_client.Job], Any]) -> None:
    async with executor(address, {queue: 1}, {"Wait": handler}):
        await asyncio.Event().wait()


# The gateway is to renew attempted_at often enough for Oban's default of 300 s; once a minute is what is asked here.
RENEWED_WITHIN = timedelta(seconds=70)


@pytest.mark.late
@pytest.mark.worlds("python")
async def test_a_long_job_of_a_gateway_that_lives_is_not_stolen(world: World, relay: Client, queue: str) -> None:
    """Oban for Python rescues by the age of attempted_at alone; this job has run since the suite began."""
    handle = world.marathon
    assert handle is not None

    async def old_enough() -> bool:
        now = datetime.now(UTC).replace(tzinfo=None)
        return now - (await world.job(handle.job_id))["inserted_at"] > RENEWED_WITHIN

    await eventually(old_enough, timeout=80)
    lifeline = {"interval": 0.2, "rescue_after": RENEWED_WITHIN.total_seconds()}
    async with oban_node(world, {queue: 1}, lifeline=lifeline) as oban:
        await until_leader(world, oban)
        with pytest.raises(relay_client.TimedOut):
            await relay.await_(handle, timeout=1)
    row = await world.job(handle.job_id)
    assert "rescued" not in row["meta"]
    assert (row["state"], row["attempt"]) == ("executing", 1)


@pytest.mark.worlds("python")
async def test_a_job_that_oban_took_away_is_not_ended_by_the_attempt_that_lost_it(
    world: World, relay: Client, queue: str
) -> None:
    """Should it be stolen in spite of all, the first attempt is fenced off and the second one answers."""
    first, go_on = asyncio.Event(), asyncio.Event()

    async def wait(job: relay_client.Job) -> int:
        if job.attempt == 1:
            first.set()
            await go_on.wait()
        return job.attempt

    async with executor(world.address, {queue: 2}, {"Wait": wait}):
        handle = await relay.async_("Wait", queue=queue)
        await asyncio.wait_for(first.wait(), 5)
        await world.execute(
            "UPDATE oban_jobs SET state = 'available', meta = meta || '{\"rescued\": 1}' WHERE id = %s",
            (handle.job_id,),
        )
        assert await relay.await_(handle) == 2
        go_on.set()
        assert await relay.await_(handle) == 2
    row = await world.job(handle.job_id)
    assert (row["state"], row["attempt"], row["meta"]["rescued"]) == ("completed", 2, 1)


@pytest.mark.worlds("python", "relay")
async def test_obans_rescue_of_its_own_orphan_is_waited_through(world: World, relay: Client, queue: str) -> None:
    dead = ObanProcess(world, queue)
    try:
        handle = await relay.async_("oban_workers.Sleeps", {"ms": 1_500}, queue=queue)
        await world.in_state(handle.job_id, "executing")
    finally:
        dead.kill()
    await world.execute(
        "UPDATE oban_jobs SET attempted_at = attempted_at - interval '10 minutes' WHERE id = %s", (handle.job_id,)
    )
    async with oban_node(world, {queue: 5}, lifeline={"interval": 0.2, "rescue_after": 300.0}) as oban:
        await until_leader(world, oban)
        assert await relay.await_(handle, timeout=10) == {"slept": 1_500}
    row = await world.job(handle.job_id)
    assert (row["attempt"], row["meta"]["rescued"]) == (2, 1)
    assert row["completed_at"] - row["attempted_at"] > timedelta(seconds=1)
