"""Inserted jobs start by a hint, not by the next poll: from either side, in every encoding that an Oban sends."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
import relay_client
from oban import Record
from oban.job import Job
from relay_client import Client

import oban_workers
from support import Timings, World, executor, oban_node

Hook = Callable[[oban_workers.Hook], dict[str, str]]
ROUNDS = 15


async def test_a_job_that_oban_enqueues_starts_here_at_once(
    world: World, queue: str, timings: Callable[[str], Timings]
) -> None:
    measured = timings(f"from Oban's enqueue to our handler, schema {world.schema}")
    began: asyncio.Queue[float] = asyncio.Queue()

    async def note(job: relay_client.Job) -> None:
        began.put_nowait(time.perf_counter())

    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Note": note}):
        for pause in pauses(ROUNDS):
            start = time.perf_counter()
            await oban.enqueue(Job("Note", queue=queue))
            measured.values.append(await asyncio.wait_for(began.get(), 5) - start)
            await asyncio.sleep(pause)
    # By the poll of one second alone it would be half a second.
    assert measured.median < 0.2


def pauses(count: int) -> list[float]:
    """So that what is measured does not march in step with the poll."""
    chance = random.Random(1)
    return [chance.uniform(0, 0.06) for _ in range(count)]


def packed(queue: str) -> str:
    return base64.b64encode(gzip.compress(json.dumps({"queue": queue}).encode())).decode()


@pytest.mark.worlds("python")
@pytest.mark.parametrize("encoding", ["plain", "gzip (Oban for Python, Elixir before 2.21)", "Z: (Elixir)"])
async def test_a_hint_is_read_in_each_encoding_of_obans(
    world: World, queue: str, encoding: str, timings: Callable[[str], Timings]
) -> None:
    payload = {"p": f'{{"queue":"{queue}"}}', "g": packed(queue), "Z": f"Z:{packed(queue)}"}[encoding[0]]
    measured = timings(f"from a hint to our handler, {encoding}")
    began: asyncio.Queue[float] = asyncio.Queue()

    async def note(job: relay_client.Job) -> None:
        began.put_nowait(time.perf_counter())

    async with executor(world.address, {queue: 4}, {"Note": note}):
        for pause in pauses(ROUNDS):
            start = time.perf_counter()
            await world.execute(
                """
                WITH new AS (INSERT INTO oban_jobs (queue, worker) VALUES (%s, 'Note'))
                SELECT pg_notify('public.oban_insert', %s)
                """,
                (queue, payload),
            )
            measured.values.append(await asyncio.wait_for(began.get(), 5) - start)
            await asyncio.sleep(pause)
    assert measured.median < 0.2


@pytest.mark.worlds("python")
async def test_obans_own_notifier_wakes_our_executor(world: World, queue: str) -> None:
    """What its cron sends, by its own code."""
    began: asyncio.Queue[float] = asyncio.Queue()

    async def note(job: relay_client.Job) -> None:
        began.put_nowait(time.perf_counter())

    waits: list[float] = []
    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Note": note}):
        for pause in pauses(9):
            await world.execute("INSERT INTO oban_jobs (queue, worker) VALUES (%s, 'Note')", (queue,))
            start = time.perf_counter()
            await oban._notifier.notify("insert", {"queue": queue})
            waits.append(await asyncio.wait_for(began.get(), 5) - start)
            await asyncio.sleep(pause)
    assert sorted(waits)[4] < 0.2


JUNK = ["hello", "", "{", "[]", "null", '"x"', "Z:", "Z:AAAA", "H4sI", "H4sIAAAA", "{}", '{"queue":1}']
JUNK += ["é" * 500, "h", "s !", '{"action":"scale","limit":-1}', '{"action":"pkill","job_id":"x"}', "p 1 1 {"]
CHANNELS = ["public.oban_insert", "public.oban_signal", "public.relay"]


@pytest.mark.worlds("python")
async def test_junk_from_anybody_is_dropped_and_hints_still_get_through(world: World, queue: str) -> None:
    """No Oban node is there: some of this takes its notifier down for good."""
    began: asyncio.Queue[float] = asyncio.Queue()

    async def note(job: relay_client.Job) -> None:
        began.put_nowait(time.perf_counter())

    waits: list[float] = []
    async with executor(world.address, {queue: 4}, {"Note": note}):
        for junk in JUNK:
            await world.execute("SELECT pg_notify(c, %s) FROM unnest(%s::text[]) c", (junk, CHANNELS))
            start = time.perf_counter()
            await world.execute(
                """
                WITH new AS (INSERT INTO oban_jobs (queue, worker) VALUES (%s, 'Note'))
                SELECT pg_notify('public.oban_insert', %s)
                """,
                (queue, f'{{"queue":"{queue}"}}'),
            )
            waits.append(await asyncio.wait_for(began.get(), 5) - start)
    assert sorted(waits)[len(waits) // 2] < 0.2
    assert world.gateway.process.poll() is None


async def test_a_job_that_relay_inserts_starts_at_oban_at_once(
    world: World, relay: Client, queue: str, hook: Hook, timings: Callable[[str], Timings]
) -> None:
    measured = timings(f"from Relay's async to Oban's worker, schema {world.schema}")
    began: asyncio.Queue[float] = asyncio.Queue()

    async def note(job: Job) -> Any:
        began.put_nowait(time.perf_counter())
        return Record(None)

    args = hook(note)
    # Without its poll, which would come every second.
    async with oban_node(world, {queue: 4}, stager={"interval": 3_600}):
        for pause in pauses(ROUNDS):
            start = time.perf_counter()
            await relay.async_("oban_workers.Hooked", args, queue=queue)
            measured.values.append(await asyncio.wait_for(began.get(), 5) - start)
            await asyncio.sleep(pause)
    assert measured.median < 0.2


@pytest.mark.worlds("python")
async def test_a_job_that_our_stager_made_available_wakes_oban(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 4}, stager={"interval": 3_600}):
        assert await relay.call("oban_workers.Recorded", {"value": 1}, queue=queue, schedule_in=0.3, timeout=10) == 1
