"""Jobs that are called through Relay and run by a node of Oban for Python, which tells nobody how they ended."""

from __future__ import annotations

import pytest
import relay_client
from relay_client import Client, NewJob

from support import World, eventually, gateway, oban_node

VALUES = [
    None,
    True,
    False,
    0,
    255,
    -7,
    2**31,
    2**40,
    2**64 - 1,
    -(2**40),
    1.5,
    -0.0,
    1.25e-7,
    "",
    "plain",
    "grüße, 世界",
    [],
    [1, [2, "three", None]],
    list(range(100)),
    {},
    {"a": {"b": [1, 2.5, None, True]}, "ü": "x"},
    "long " * 1_000,
]


async def test_recorded_values_come_back_as_they_were(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 10}):
        jobs = [NewJob("oban_workers.Recorded", {"value": value}, queue=queue) for value in VALUES]
        outcomes = await relay.await_many(await relay.submit_many(jobs), timeout=10)
    assert [outcome.unwrap() for outcome in outcomes if outcome] == VALUES


async def test_a_plain_return_is_an_answer_without_a_value(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        assert await relay.call("oban_workers.Plain", {"n": 1}, queue=queue) is None


async def test_an_exception_ends_the_wait_with_its_class_message_and_traceback(
    world: World, relay: Client, queue: str
) -> None:
    async with oban_node(world, {queue: 5}):
        with pytest.raises(relay_client.JobError) as caught:
            await relay.call("oban_workers.Fails", queue=queue)
    error = caught.value
    assert (error.kind, error.message, error.state) == ("ValueError", "boom: really", "retryable")
    assert error.attempt == 1
    assert "oban_workers.py" in error.stacktrace


async def test_the_last_attempt_that_fails_is_told_as_discarded(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        with pytest.raises(relay_client.Discarded) as caught:
            await relay.call("oban_workers.Fails", queue=queue, max_attempts=1)
    assert (caught.value.kind, caught.value.message) == ("ValueError", "boom: really")


async def test_a_wait_with_retries_gets_what_the_second_attempt_recorded(
    world: World, relay: Client, queue: str
) -> None:
    async with oban_node(world, {queue: 5}):
        outcome = await relay.call_outcome("oban_workers.FailsOnce", queue=queue, with_retries=True, timeout=15)
    assert outcome.unwrap() == {"attempt": 2}
    assert outcome.attempt == 2


async def test_a_snooze_is_told_and_can_be_waited_through(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        handle = await relay.async_("oban_workers.SnoozesOnce", queue=queue)
        with pytest.raises(relay_client.Snoozed) as caught:
            await relay.await_(handle)
        assert (caught.value.state, caught.value.attempt) == ("scheduled", 1)
        assert await relay.await_(handle, with_retries=True, timeout=15) == {"snoozed": 1}


async def test_a_worker_that_cancels_its_job_is_told_with_its_reason(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        with pytest.raises(relay_client.Cancelled) as caught:
            await relay.call("oban_workers.Cancels", queue=queue)
    assert caught.value.message == "not wanted"


async def test_a_workers_own_timeout_is_an_exception(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        with pytest.raises(relay_client.JobError) as caught:
            await relay.call("oban_workers.TooSlow", queue=queue)
    assert caught.value.kind == "JobTimeoutError"
    assert "timed out after 0.1s" in caught.value.message


async def test_a_worker_that_oban_does_not_know_is_an_exception(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        with pytest.raises(relay_client.JobError) as caught:
            await relay.call("no_such_module.Worker", queue=queue)
    assert caught.value.kind == "WorkerResolutionError"


@pytest.mark.worlds("python")
async def test_a_timeout_says_that_the_job_runs_and_that_its_queue_is_served(
    world: World, relay: Client, queue: str
) -> None:
    async with oban_node(world, {queue: 5}):

        async def timed_out() -> relay_client.TimedOut | None:
            # The gateway learns of other executors with its next beat.
            with pytest.raises(relay_client.TimedOut) as caught:
                await relay.await_(handle, timeout=0.2)
            return caught.value if caught.value.executors else None

        handle = await relay.async_("oban_workers.Sleeps", {"ms": 6_000}, queue=queue)
        error = await eventually(timed_out)
        assert (error.state, error.attempt, error.executors) == ("executing", 1, 1)
        await relay.cancel(handle)


async def test_await_many_answers_each_ending_in_the_order_of_the_relays(
    world: World, relay: Client, queue: str
) -> None:
    jobs = [
        NewJob("oban_workers.Sleeps", {"ms": 300}, queue=queue),
        NewJob("oban_workers.Recorded", {"value": [1]}, queue=queue),
        NewJob("oban_workers.Fails", queue=queue),
        NewJob("oban_workers.Fails", queue=queue, max_attempts=1),
        NewJob("oban_workers.Cancels", queue=queue),
        NewJob("oban_workers.SnoozesOnce", queue=queue),
        NewJob("oban_workers.Plain", queue=queue),
        NewJob("oban_workers.Sleeps", {"ms": 20_000}, queue=queue),
    ]
    async with oban_node(world, {queue: 10}, shutdown_grace_period=0.1):
        handles = await relay.submit_many(jobs)
        outcomes = await relay.await_many(handles, timeout=1.5)
        again = await relay.await_many(handles[:2], timeout=3)
    kinds = [type(outcome.error).__name__ if isinstance(outcome, relay_client.Failed) else "Ok" for outcome in outcomes]
    assert kinds == ["Ok", "Ok", "JobError", "Discarded", "Cancelled", "Snoozed", "Ok", "TimedOut"]
    assert [outcome.unwrap() for outcome in again if outcome] == [{"slept": 300}, [1]]


@pytest.mark.worlds("relay")
async def test_a_job_that_sql_inserted_with_its_own_rows_is_awaited_after_the_commit(
    world: World, relay: Client, queue: str
) -> None:
    async with oban_node(world, {queue: 5}):
        (row,) = await world.execute(
            """SELECT relay_async('oban_workers.Recorded', '{"value": [1, "two"]}', queue => %s) AS relay""", (queue,)
        )
        assert await relay.await_(relay_client.Relay.parse(row["relay"])) == [1, "two"]


@pytest.mark.worlds("python")
async def test_the_same_answer_comes_later_and_from_another_gateway(world: World, relay: Client, queue: str) -> None:
    async with oban_node(world, {queue: 5}):
        handle = await relay.async_("oban_workers.Recorded", {"value": {"n": 1}}, queue=queue)
        first = await relay.await_(handle)
    with gateway(world.database) as other:
        async with relay_client.connect(other.address) as elsewhere:
            again = await elsewhere.await_(relay_client.Relay.parse(str(handle)), timeout=0)
    assert first == again == {"n": 1}


@pytest.mark.worlds("python")
@pytest.mark.parametrize("size", [20_000, 6_000_000])
async def test_a_large_recorded_value_is_an_answer_and_no_broken_connection(
    world: World, relay: Client, queue: str, size: int
) -> None:
    """Oban's own limit for a record is 64 MB, a message of ours holds 4 MiB."""
    async with oban_node(world, {queue: 5}):
        outcome = await relay.call_outcome("oban_workers.Large", {"bytes": size}, queue=queue, timeout=10)
        # The connection still serves others.
        assert await relay.call("oban_workers.Recorded", {"value": 1}, queue=queue) == 1
    if outcome.ok:
        assert outcome.unwrap() == "x" * size
    else:
        assert isinstance(outcome.error, relay_client.ResultTooLarge)
