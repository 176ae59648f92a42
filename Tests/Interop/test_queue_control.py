"""Operators who pause, resume and scale queues with Oban's own API reach our executors too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import relay_client
from oban import Oban
from oban.job import Job
from relay_client import Client

from support import World, eventually, executor, oban_node, relay_program

BOTH = pytest.mark.worlds("python", "relay")
ONE = pytest.mark.worlds("python")


@pytest_asyncio.fixture
async def oban(world: World) -> AsyncIterator[Oban]:
    async with oban_node(world) as node:
        yield node


async def echo(job: relay_client.Job) -> Any:
    return job.args


async def signals_heard(world: World, relay: Client, barrier: str) -> None:
    """The gateway has read what was sent before: a job comes back that was inserted afterwards and woken by a hint."""
    async with oban_node(world) as node:
        job = await node.enqueue(Job("Echo", queue=barrier))
        assert job.id is not None
        await world.in_state(job.id, "completed")


async def stays_available(relay: Client, handle: relay_client.Relay) -> None:
    """For longer than the gateway's poll."""
    with pytest.raises(relay_client.TimedOut) as caught:
        await relay.await_(handle, timeout=1.3)
    assert caught.value.state == "available"


@BOTH
async def test_a_queue_that_oban_pauses_starts_nothing_until_oban_resumes_it(
    world: World, relay: Client, queue: str, oban: Oban
) -> None:
    async with executor(world.address, {queue: 4, f"{queue}_b": 1}, {"Echo": echo}):
        await oban.pause_queue(queue)
        await signals_heard(world, relay, f"{queue}_b")
        handle = await relay.async_("Echo", {"n": 1}, queue=queue)
        job = await oban.enqueue(Job("Echo", queue=queue))
        await stays_available(relay, handle)
        assert job.id is not None and (await world.job(job.id))["state"] == "available"
        await oban.resume_queue(queue)
        assert await relay.await_(handle) == {"n": 1}
        await world.in_state(job.id, "completed")


@ONE
async def test_running_jobs_of_a_paused_queue_end_as_usual(world: World, relay: Client, queue: str, oban: Oban) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def hold(job: relay_client.Job) -> Any:
        started.set()
        await go_on.wait()
        return "held"

    async with executor(world.address, {queue: 4, f"{queue}_b": 1}, {"Hold": hold, "Echo": echo}):
        handle = await relay.async_("Hold", queue=queue)
        await asyncio.wait_for(started.wait(), 5)
        await oban.pause_queue(queue)
        await signals_heard(world, relay, f"{queue}_b")
        go_on.set()
        assert await relay.await_(handle) == "held"


@ONE
async def test_a_pause_of_all_queues_is_obeyed(world: World, relay: Client, queue: str, oban: Oban) -> None:
    async with executor(world.address, {queue: 4}, {"Echo": echo}):
        await oban.pause_all_queues()
        await oban.resume_queue(queue)
        # The word for one queue came after the one for all.
        assert await relay.call("Echo", {"n": 1}, queue=queue) == {"n": 1}
        await oban.pause_all_queues()
        handle = await paused(relay, queue)
        await oban.resume_all_queues()
        assert await relay.await_(handle) is not None


async def paused(relay: Client, queue: str) -> relay_client.Relay:
    """A job that waits since its queue is paused; those that came before the word did are let go."""

    async def waits() -> relay_client.Relay | None:
        handle = await relay.async_("Echo", {"n": 2}, queue=queue)
        outcome = await relay.outcome(handle, timeout=0.2)
        return handle if not outcome.ok else None

    handle = await eventually(waits)
    await stays_available(relay, handle)
    return handle


@ONE
async def test_a_word_for_one_node_is_for_that_node_only(world: World, relay: Client, queue: str, oban: Oban) -> None:
    async with executor(world.address, {queue: 4, f"{queue}_b": 1}, {"Echo": echo}):
        await oban.pause_queue(queue, node="somebody-else")
        await signals_heard(world, relay, f"{queue}_b")
        assert await relay.call("Echo", {"n": 1}, queue=queue) == {"n": 1}
        await oban.pause_queue(queue, node=world.gateway.node)
        handle = await paused(relay, queue)
        await oban.resume_queue(queue, node=world.gateway.node)
        assert await relay.await_(handle) == {"n": 2}


@ONE
async def test_a_queue_stays_paused_while_its_executors_come_and_go(
    world: World, relay: Client, queue: str, oban: Oban
) -> None:
    async with executor(world.address, {queue: 1}, {"Echo": echo}):
        await oban.pause_queue(queue)
        handle = await paused(relay, queue)
    async with executor(world.address, {queue: 1}, {"Echo": echo}):
        try:
            await stays_available(relay, handle)
        finally:
            await oban.resume_queue(queue)
        assert await relay.await_(handle) == {"n": 2}


@BOTH
async def test_a_queue_that_oban_scales_runs_so_many_jobs_at_once(
    world: World, relay: Client, queue: str, oban: Oban
) -> None:
    running = most = 0

    async def count(job: relay_client.Job) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1

    barrier = asyncio.Barrier(6)

    async def meet(job: relay_client.Job) -> str:
        await asyncio.wait_for(barrier.wait(), 5)
        return "met"

    handlers = {"Count": count, "Meet": meet, "Echo": echo}
    async with executor(world.address, {queue: 3, f"{queue}_b": 1}, handlers):
        await oban.scale_queue(queue=queue, limit=1)
        await signals_heard(world, relay, f"{queue}_b")
        handles = [await relay.async_("Count", queue=queue) for _ in range(6)]
        await relay.await_many(handles)
        assert most == 1
        await oban.scale_queue(queue=queue, limit=6)
        handles = [await relay.async_("Meet", queue=queue) for _ in range(6)]
        assert [outcome.unwrap() for outcome in await relay.await_many(handles, timeout=8) if outcome] == ["met"] * 6


async def producers(world: World, queue: str) -> list[dict[str, Any]]:
    return await world.execute("SELECT name, node, meta FROM oban_producers WHERE queue = %s", (queue,))


@ONE
async def test_our_executors_are_in_obans_register_of_producers(
    world: World, relay: Client, queue: str, oban: Oban
) -> None:
    async with executor(world.address, {queue: 3}, {"Echo": echo}):

        async def registered() -> list[dict[str, Any]]:
            return await producers(world, queue)

        (entry,) = await eventually(registered)
        assert (entry["name"], entry["node"]) == ("Oban", world.gateway.node)
        assert (entry["meta"]["local_limit"], entry["meta"]["paused"]) == (3, False)
        await oban.scale_queue(queue=queue, limit=5)

        async def scaled() -> bool:
            return (await producers(world, queue))[0]["meta"]["local_limit"] == 5

        await eventually(scaled)

    async def gone() -> bool:
        return not await producers(world, queue)

    await eventually(gone)


@ONE
async def test_obans_register_says_that_our_queue_is_paused(
    world: World, relay: Client, queue: str, oban: Oban
) -> None:
    async with executor(world.address, {queue: 3}, {"Echo": echo}):
        await oban.pause_queue(queue)

        async def shown() -> bool:
            return any(entry["meta"]["paused"] for entry in await producers(world, queue))

        # The next beat of the gateway.
        await eventually(shown, timeout=4.5)


@BOTH
async def test_obans_nodes_obey_what_an_operator_says_to_relay(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 2}) as node:

        async def says(*words: str) -> None:
            await asyncio.to_thread(relay_program, "queues", *words, database=world.database.url)

        async def becomes(paused: bool, limit: int) -> None:
            async def is_so() -> bool:
                info = node.check_queue(queue)
                return info is not None and (info.paused, info.limit) == (paused, limit)

            await eventually(is_so)

        await says("pause", queue)
        await becomes(True, 2)
        handle = await relay.async_("oban_workers.Plain", {"n": 1}, queue=queue)
        await stays_available(relay, handle)
        await says("scale", queue, "5")
        await becomes(True, 5)
        await says("resume", queue)
        await becomes(False, 5)
        assert await relay.await_(handle) is None
