"""Jobs that Oban for Python enqueues and our executors run: the rows end as Oban's own do."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import relay_client
from oban import Oban
from oban._recorded import decode_recorded
from oban.job import Job
from relay_client import Client

from support import RELAY, World, executor, oban_node


async def enqueued(oban: Oban, worker: str, queue: str, **options: Any) -> int:
    job = await oban.enqueue(Job(worker, queue=queue, **options))
    assert job.id is not None
    return job.id


async def echo(job: relay_client.Job) -> Any:
    return job.args


async def fail(job: relay_client.Job) -> Any:
    raise ValueError("boom")


async def fail_once(job: relay_client.Job) -> Any:
    if job.attempt == 1:
        raise ValueError("not yet")


async def snooze(job: relay_client.Job) -> Any:
    raise relay_client.Snooze(60)


async def cancel(job: relay_client.Job) -> Any:
    raise relay_client.Cancel("not wanted")


async def discard(job: relay_client.Job) -> Any:
    raise relay_client.Discard("useless")


async def test_a_completed_job_looks_like_one_of_obans(world: World, queue: str) -> None:
    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Echo": echo}):
        job_id = await enqueued(oban, "Echo", queue, args={"n": 1}, tags=["b", "a"], priority=3, meta={"k": "v"})
        row = await world.in_state(job_id, "completed")
        job = await oban.get_job(job_id)
    assert job is not None and job.state == "completed" and job.errors == []
    assert (job.attempt, job.args, job.tags, job.priority) == (1, {"n": 1}, ["a", "b"], 3)
    assert row["attempted_by"][0] == world.gateway.node
    assert len(row["attempted_by"]) >= 2
    assert row["meta"] == {"k": "v"}, "nobody asked for a result, and the row carries none"
    # Each is the time when its transaction began, and a claim may begin a little before the insert that it finds.
    assert row["scheduled_at"] - timedelta(milliseconds=50) <= row["attempted_at"] <= row["completed_at"]
    assert (row["cancelled_at"], row["discarded_at"]) == (None, None)
    now = datetime.now(UTC).replace(tzinfo=None)
    assert abs(now - row["completed_at"]) < timedelta(seconds=10)


async def test_the_executor_is_given_the_job_as_it_was_enqueued(world: World, queue: str) -> None:
    given: asyncio.Future[relay_client.Job] = asyncio.get_running_loop().create_future()

    async def take(job: relay_client.Job) -> None:
        given.set_result(job)

    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"my_app.Take": take}):
        args = {"ü": [1, None, {"x": 1.5}]}
        job_id = await enqueued(
            oban, "my_app.Take", queue, args=args, tags=["a, b", "c"], meta={"k": 1}, max_attempts=3
        )
        job = await asyncio.wait_for(given, 10)
    assert (job.id, job.args, job.tags, job.meta) == (job_id, args, ("a, b", "c"), {"k": 1})
    assert (job.worker, job.queue, job.attempt, job.max_attempts) == ("my_app.Take", queue, 1, 3)


async def test_a_failed_attempt_is_retryable_with_obans_backoff_and_error_form(world: World, queue: str) -> None:
    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Fail": fail}):
        job_id = await enqueued(oban, "Fail", queue)
        row = await world.in_state(job_id, "retryable")
        job = await oban.get_job(job_id)
    assert job is not None and len(job.errors) == 1
    (error,) = row["errors"]
    assert error["attempt"] == 1
    assert "ValueError" in error["error"] and "boom" in error["error"]
    assert datetime.fromisoformat(error["at"]).tzinfo is not None
    # 15 s + 2^1 s, with jitter of up to a tenth of it.
    assert timedelta(seconds=14) < row["due_in"] < timedelta(seconds=20)


async def test_a_job_that_oban_retries_runs_here_again(world: World, queue: str) -> None:
    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"FailOnce": fail_once}):
        job_id = await enqueued(oban, "FailOnce", queue, max_attempts=1)
        await world.in_state(job_id, "discarded")
        await oban.retry_job(job_id)
        row = await world.in_state(job_id, "completed")
    assert (row["attempt"], row["max_attempts"]) == (2, 2)


async def test_a_snooze_gives_the_attempt_back_and_is_counted_in_meta(world: World, queue: str) -> None:
    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Snooze": snooze}):
        job_id = await enqueued(oban, "Snooze", queue)
        row = await world.in_state(job_id, "scheduled")
    assert (row["attempt"], row["max_attempts"], row["meta"], row["errors"]) == (0, 20, {"snoozed": 1}, [])
    assert timedelta(seconds=50) < row["due_in"] < timedelta(seconds=61)


@pytest.mark.parametrize(
    ("worker", "handler", "state", "reason"),
    [("Cancel", cancel, "cancelled", "not wanted"), ("Discard", discard, "discarded", "useless")],
)
async def test_an_executor_that_gives_a_job_up_leaves_the_reason_in_errors(
    world: World,
    queue: str,
    worker: str,
    handler: Callable[[relay_client.Job], Awaitable[Any]],
    state: str,
    reason: str,
) -> None:
    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {worker: handler}):
        job_id = await enqueued(oban, worker, queue)
        row = await world.in_state(job_id, "cancelled", "discarded")
    assert row["state"] == state
    assert row[f"{state}_at"] is not None
    assert row["errors"][-1]["attempt"] == 1 and reason in row["errors"][-1]["error"]


async def test_jobs_are_taken_by_priority_then_time_then_id(world: World, queue: str) -> None:
    order: list[int] = []

    async def note(job: relay_client.Job) -> None:
        order.append(job.args["n"])

    async with oban_node(world) as oban:
        jobs = [Job("Note", queue=queue, priority=p, args={"n": n}) for n, p in enumerate([5, 0, 9, 0, 5, 1])]
        ids = [job.id for job in await oban.enqueue_many(jobs)]
        async with executor(world.address, {queue: 1}, {"Note": note}):
            for job_id in ids:
                assert job_id is not None
                await world.in_state(job_id, "completed")
    assert order == [1, 3, 5, 0, 4, 2]


async def test_oban_decodes_what_our_executor_recorded(world: World, relay: Client, queue: str) -> None:
    values = [
        None,
        True,
        -5,
        2**40,
        -(2**40),
        1.5,
        "grüße",
        [],
        [1, "two", None],
        {"a": {"b": [1, 2.5]}},
        list(range(70_000, 70_100)),
    ]

    async def give(job: relay_client.Job) -> Any:
        return job.args["value"]

    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Give": give}):
        for value in values:
            handle = await relay.async_("Give", {"value": value}, queue=queue)
            assert await relay.await_(handle) == value
            job = await oban.get_job(handle.job_id)
            assert job is not None and job.meta["recorded"] is True
            assert decode_recorded(job.meta["return"]) == value


async def test_oban_decodes_a_result_that_we_compressed(world: World, relay: Client, queue: str) -> None:
    async def give(job: relay_client.Job) -> Any:
        return {"text": "all work and no play " * 200}

    async with oban_node(world) as oban, executor(world.address, {queue: 4}, {"Give": give}):
        handle = await relay.async_("Give", queue=queue)
        value = await relay.await_(handle)
        job = await oban.get_job(handle.job_id)
    assert job is not None
    assert len(job.meta["return"]) < 1_000
    assert decode_recorded(job.meta["return"]) == value


@pytest.mark.worlds("python")
async def test_relay_work_runs_obans_jobs_with_any_program(world: World, queue: str) -> None:
    worker = await asyncio.create_subprocess_exec(
        RELAY,
        *("work", "--queue", f"{queue}:2", "--address", world.address, "--log-level", "error", "--"),
        *("sh", "-c", 'test "$RELAY_WORKER" = shell.Good || { echo "no such thing" >&2; exit 3; }'),
        env=dict(os.environ),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with oban_node(world) as oban:
            good = await enqueued(oban, "shell.Good", queue, args={"n": 1})
            bad = await enqueued(oban, "shell.Bad", queue, max_attempts=1)
            await world.in_state(good, "completed")
            row = await world.in_state(bad, "discarded")
    finally:
        worker.terminate()
        await worker.wait()
    assert "no such thing" in json.dumps(row["errors"])
