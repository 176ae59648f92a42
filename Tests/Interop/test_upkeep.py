"""Stagers, pruners and unique inserts of both makers on one table."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import relay_client
from oban import Record
from oban.job import Job
from relay_client import Client, NewJob, Unique

import oban_workers
from support import (
    Database,
    World,
    eventually,
    executor,
    gateway,
    install_python_schema,
    oban_node,
    relay_program,
    until_leader,
)

Hook = Callable[[oban_workers.Hook], dict[str, str]]


# Staging.


@pytest.mark.worlds("python", "elixir+python", "relay")
async def test_scheduled_jobs_run_once_though_both_stage_them(
    world: World, relay: Client, queue: str, hook: Hook
) -> None:
    runs: Counter[int | None] = Counter()

    async def theirs(job: Job) -> Any:
        runs[job.id] += 1
        return Record("theirs")

    async def ours(job: relay_client.Job) -> str:
        runs[job.id] += 1
        return "ours"

    args = hook(theirs)
    async with (
        oban_node(world, {f"{queue}_theirs": 5}, stager={"interval": 0.05}) as oban,
        oban_node(world, {f"{queue}_theirs": 5}, stager={"interval": 0.05}),
        executor(world.address, {f"{queue}_ours": 5}, {"Ours": ours}),
    ):
        jobs = [NewJob("oban_workers.Hooked", args, queue=f"{queue}_theirs", schedule_in=0.5) for _ in range(20)]
        jobs += [NewJob("Ours", queue=f"{queue}_ours", schedule_in=0.5) for _ in range(20)]
        handles = await relay.submit_many(jobs)
        plain = await oban.enqueue_many(Job("Ours", queue=f"{queue}_ours", scheduled_in=0.5) for _ in range(20))
        outcomes = await relay.await_many(handles, timeout=15)
        for job in plain:
            assert job.id is not None
            row = await world.in_state(job.id, "completed")
            assert row["attempt"] == 1
    assert [outcome.unwrap() for outcome in outcomes if outcome] == ["theirs"] * 20 + ["ours"] * 20
    assert set(runs) == {handle.job_id for handle in handles} | {job.id for job in plain}
    assert set(runs.values()) == {1}


@pytest.mark.worlds("python")
async def test_a_job_runs_not_before_its_time(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        handle = await relay.async_("oban_workers.Recorded", {"value": 1}, queue=queue, schedule_in=1.0)
        assert await relay.await_(handle, timeout=10) == 1
    row = await world.job(handle.job_id)
    assert row["attempted_at"] >= row["scheduled_at"] > row["inserted_at"]


# Pruning.

EAGER = {"max_age": 1, "interval": 0.05}


@pytest.fixture
def plain(database: Database) -> Iterator[World]:
    """Oban for Python's schema, with nothing of ours."""
    install_python_schema(database)
    with gateway(database) as serving:
        yield World("python", database, serving)


@pytest.fixture
def observed(database: Database) -> Iterator[World]:
    """Oban for Python's schema with our outcome table."""
    install_python_schema(database)
    relay_program("migrate", "--observe", "--keys", database=database.url)
    with gateway(database) as serving:
        yield World("python", database, serving)


async def test_a_job_that_obans_pruner_deleted_is_not_found_and_never_guessed(plain: World, queue: str) -> None:
    async with (
        relay_client.connect(plain.address) as relay,
        oban_node(plain, {queue: 5}, pruner=EAGER) as oban,
    ):
        await until_leader(plain, oban)
        handle = await relay.async_("oban_workers.Recorded", {"value": 1}, queue=queue)

        async def gone() -> bool:
            return await plain.row(handle.job_id) is None

        await eventually(gone)
        with pytest.raises(relay_client.NotFound):
            await relay.await_(handle)


async def test_outcomes_outlive_obans_pruner_where_they_are_observed(observed: World, queue: str) -> None:
    async with (
        relay_client.connect(observed.address) as relay,
        oban_node(observed, {queue: 5}, pruner=EAGER) as oban,
    ):
        await until_leader(observed, oban)
        jobs = [
            NewJob("oban_workers.Recorded", {"value": {"n": 1}}, queue=queue),
            NewJob("oban_workers.Plain", queue=queue),
            NewJob("oban_workers.Cancels", queue=queue),
            NewJob("oban_workers.Fails", queue=queue, max_attempts=1),
        ]
        handles = await relay.submit_many(jobs)

        async def gone() -> bool:
            return not await observed.execute("SELECT 1 FROM oban_jobs")

        await eventually(gone)
        recorded, plain, cancelled, discarded = [await relay.outcome(handle) for handle in handles]
    assert (recorded.unwrap(), plain.unwrap()) == ({"n": 1}, None)
    assert isinstance(cancelled, relay_client.Failed) and isinstance(cancelled.error, relay_client.Cancelled)
    assert cancelled.error.message == "not wanted"
    assert isinstance(discarded, relay_client.Failed) and isinstance(discarded.error, relay_client.Discarded)
    assert (discarded.error.kind, discarded.error.message) == ("ValueError", "boom: really")


async def test_jobs_without_a_relay_leave_no_outcome(observed: World, queue: str) -> None:
    async with oban_node(observed, {queue: 5}) as oban:
        job = await oban.enqueue(Job("oban_workers.Plain", queue=queue))
        await observed.in_state(job.id or 0, "completed")
    assert await observed.execute("SELECT * FROM relay_outcomes") == []


# Unique jobs.


@pytest.mark.worlds("python", "elixir+python")
async def test_a_unique_insert_finds_the_job_that_oban_enqueued_and_awaits_it(
    world: World, relay: Client, queue: str
) -> None:
    async with oban_node(world) as client:
        theirs = await client.enqueue(Job("oban_workers.Recorded", queue=queue, args={"value": [1]}, meta={"k": 1}))
    handle = await relay.async_("oban_workers.Recorded", {"value": [1]}, queue=queue, unique=Unique())
    assert (handle.job_id, handle.duplicate) == (theirs.id, True)
    other = await relay.async_("oban_workers.Recorded", {"value": [2]}, queue=queue, unique=Unique())
    assert other.job_id != theirs.id and not other.duplicate
    async with oban_node(world, {queue: 5}):
        assert await relay.await_(handle) == [1]
        assert await relay.await_(other) == [2]
    assert (await world.job(handle.job_id))["meta"]["k"] == 1


@pytest.mark.worlds("python")
async def test_two_unique_inserts_that_find_obans_job_share_its_answer(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world) as client:
        theirs = await client.enqueue(Job("oban_workers.Recorded", queue=queue, args={"value": 7}))
    unique = Unique(keys=["value"])
    handles = await asyncio.gather(
        *(relay.async_("oban_workers.Recorded", {"value": 7, "n": n}, queue=queue, unique=unique) for n in range(5))
    )
    assert {handle.job_id for handle in handles} == {theirs.id}
    async with oban_node(world, {queue: 5}):
        outcomes = await relay.await_many(handles)
    assert [outcome.unwrap() for outcome in outcomes if outcome] == [7] * 5


@pytest.mark.worlds("python")
async def test_a_unique_insert_that_finds_a_job_running_at_obans_gets_its_result(
    world: World, relay: Client, queue: str, hook: Hook
) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def hold(job: Job) -> Any:
        started.set()
        await go_on.wait()
        return Record("held")

    args = hook(hold)
    async with oban_node(world, {queue: 5}) as oban:
        await oban.enqueue(Job("oban_workers.Hooked", queue=queue, args=args))
        await asyncio.wait_for(started.wait(), 5)
        handle = await relay.async_("oban_workers.Hooked", args, queue=queue, unique=Unique())
        go_on.set()
        assert handle.duplicate
        assert await relay.await_(handle) == "held"


@pytest.mark.worlds("python")
async def test_a_unique_insert_that_finds_a_job_of_obans_running_here_gets_its_result(
    world: World, relay: Client, queue: str
) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def hold(job: relay_client.Job) -> str:
        started.set()
        await go_on.wait()
        return "held"

    async with oban_node(world) as oban, executor(world.address, {queue: 2}, {"Hold": hold}):
        await oban.enqueue(Job("Hold", queue=queue, args={"n": 1}))
        await asyncio.wait_for(started.wait(), 5)
        handle = await relay.async_("Hold", {"n": 1}, queue=queue, unique=Unique())
        go_on.set()
        assert handle.duplicate
        assert await relay.await_(handle) == "held"


@pytest.mark.worlds("python")
async def test_obans_enqueue_beside_a_unique_job_of_ours_is_a_second_job(
    world: World, relay: Client, queue: str
) -> None:
    """Oban for Python without Pro has no unique jobs: it heeds nobody's, its own neither."""
    handle = await relay.async_("oban_workers.Plain", {"n": 1}, queue=queue, unique=Unique())
    async with oban_node(world) as oban:
        job = await oban.enqueue(Job("oban_workers.Plain", queue=queue, args={"n": 1}))
    assert job.id != handle.job_id
    again = await relay.async_("oban_workers.Plain", {"n": 1}, queue=queue, unique=Unique())
    assert again.duplicate and again.job_id == handle.job_id


@pytest.mark.late
@pytest.mark.worlds("python")
async def test_our_pruner_deletes_old_relayed_jobs_and_nobody_elses(world: World) -> None:
    """The first time it prunes is a minute after the gateway's start."""

    async def pruned() -> bool:
        return await world.row(world.aged["ours"]) is None

    await eventually(pruned, timeout=80)
    assert (await world.job(world.aged["theirs"]))["state"] == "completed"
