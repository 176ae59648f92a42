"""A running job is stopped from either side, wherever it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import relay_client
from oban import Cancel, Record
from oban.job import Job
from relay_client import Client

import oban_workers
from support import World, executor, oban_node

BOTH = pytest.mark.worlds("python", "relay")
Hook = Callable[[oban_workers.Hook], dict[str, str]]


@BOTH
async def test_an_oban_node_stops_the_job_that_relay_cancels(
    world: World, relay: Client, queue: str, hook: Hook
) -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    async def until_cancelled(job: Job) -> Any:
        started.set()
        while not job.cancelled():
            await asyncio.sleep(0.01)
        stopped.set()
        return Cancel("stopped")

    async with oban_node(world, {queue: 5}):
        handle = await relay.async_("oban_workers.Hooked", hook(until_cancelled), queue=queue)
        await asyncio.wait_for(started.wait(), 5)
        assert await relay.cancel(handle)
        with pytest.raises(relay_client.Cancelled) as caught:
            await relay.await_(handle)
        await asyncio.wait_for(stopped.wait(), 2)
    assert caught.value.message == "cancelled by a caller"
    row = await world.job(handle.job_id)
    assert row["state"] == "cancelled" and row["cancelled_at"] is not None


@BOTH
async def test_an_oban_worker_that_ends_well_after_the_cancel_changes_nothing(
    world: World, relay: Client, queue: str, hook: Hook
) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def stubborn(job: Job) -> Any:
        started.set()
        await go_on.wait()
        return Record("too late")

    async with oban_node(world, {queue: 5}):
        handle = await relay.async_("oban_workers.Hooked", hook(stubborn), queue=queue)
        await asyncio.wait_for(started.wait(), 5)
        assert await relay.cancel(handle)
        go_on.set()
        # The node has acknowledged it once it takes the next one.
        assert await relay.call("oban_workers.Recorded", {"value": 1}, queue=queue) == 1
        with pytest.raises(relay_client.Cancelled):
            await relay.await_(handle)
    row = await world.job(handle.job_id)
    assert row["state"] == "cancelled" and "return" not in row["meta"]


@BOTH
@pytest.mark.parametrize("options", [{}, {"schedule_in": 60}])
async def test_a_waiting_job_that_oban_cancels_is_told_to_whoever_awaits_it(
    world: World, relay: Client, queue: str, options: dict[str, Any]
) -> None:
    async with oban_node(world) as oban:
        handle = await relay.async_("oban_workers.Recorded", {"value": 1}, queue=queue, **options)
        waiting = asyncio.create_task(relay.outcome(handle))
        await oban.cancel_job(handle.job_id)
        outcome = await waiting
    assert isinstance(outcome, relay_client.Failed)
    assert isinstance(outcome.error, relay_client.Cancelled)


@BOTH
async def test_a_waiting_job_of_obans_queue_that_relay_cancels_never_runs(
    world: World, relay: Client, queue: str
) -> None:
    handle = await relay.async_("oban_workers.Recorded", {"value": 1}, queue=queue)
    assert await relay.cancel(handle)
    async with oban_node(world, {queue: 5}):
        assert await relay.call("oban_workers.Recorded", {"value": 2}, queue=queue) == 2
    row = await world.job(handle.job_id)
    assert (row["state"], row["attempt"]) == ("cancelled", 0)


@pytest.mark.worlds("python")
@pytest.mark.parametrize("inserted_by", ["relay", "oban"])
async def test_our_executor_is_told_to_stop_the_job_that_oban_cancels(
    world: World, relay: Client, queue: str, inserted_by: str
) -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    async def until_cancelled(job: relay_client.Job) -> Any:
        started.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            stopped.set()
            raise

    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Wait": until_cancelled}):
        if inserted_by == "relay":
            job_id = (await relay.async_("Wait", queue=queue)).job_id
        else:
            job_id = (await oban.enqueue(Job("Wait", queue=queue))).id or 0
        await asyncio.wait_for(started.wait(), 5)
        await oban.cancel_job(job_id)
        await asyncio.wait_for(stopped.wait(), 2)
        row = await world.in_state(job_id, "cancelled")
    assert row["cancelled_at"] is not None


@BOTH
async def test_our_executor_is_told_to_stop_a_job_that_was_cancelled_in_the_row(
    world: World, relay: Client, queue: str
) -> None:
    """As Oban for Elixir cancels: the row first, then the word to the node that runs it."""
    started, stopped = asyncio.Event(), asyncio.Event()

    async def until_cancelled(job: relay_client.Job) -> Any:
        started.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            stopped.set()
            raise

    async with executor(world.address, {queue: 4}, {"Wait": until_cancelled}):
        handle = await relay.async_("Wait", queue=queue)
        await asyncio.wait_for(started.wait(), 5)
        await world.execute(
            "UPDATE oban_jobs SET state = 'cancelled', cancelled_at = timezone('UTC', now()) WHERE id = %s",
            (handle.job_id,),
        )
        await world.execute(
            "SELECT pg_notify('public.oban_signal', json_build_object('action', 'pkill', 'job_id', %s::bigint)::text)",
            (handle.job_id,),
        )
        with pytest.raises(relay_client.Cancelled):
            await relay.await_(handle)
        await asyncio.wait_for(stopped.wait(), 2)


@BOTH
async def test_a_waiting_job_that_oban_deletes_is_told_as_not_found_at_once(
    world: World, relay: Client, queue: str
) -> None:
    async with oban_node(world) as oban:
        handle = await relay.async_("oban_workers.Plain", queue=queue)
        waiting = asyncio.create_task(relay.outcome(handle, timeout=30))
        await oban.delete_job(handle.job_id)
        async with asyncio.timeout(5):
            outcome = await waiting
    assert isinstance(outcome, relay_client.Failed) and isinstance(outcome.error, relay_client.NotFound)
