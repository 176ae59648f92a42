"""The schema of Oban for Elixir, alone: arrays of jsonb, GIN indexes, a sequence, no register of producers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import relay_client
from relay_client import NewJob, Unique

from support import World, executor, gateway, install_elixir_schema, new_database


@pytest.fixture(
    scope="module",
    params=[{"version": 14}, {"version": 12, "tags": "varchar(255)[]"}],
    ids=["version 14", "version 12, without suspended"],
)
def elixir(request: pytest.FixtureRequest) -> Iterator[World]:
    database = new_database()
    install_elixir_schema(database, **request.param)
    with gateway(database, queues={"default": 10}) as serving:
        yield World("elixir", database, serving)


async def test_a_call_is_answered(elixir: World) -> None:
    async with relay_client.connect(elixir.address) as relay:
        args = {"n": 1, "ü": [None, True, 1.5]}
        handle = await relay.async_("Echo", args, tags=["b", "a"], meta={"k": 1}, priority=2)
        assert await relay.await_(handle) == args
        many = await relay.submit_many([NewJob("Echo", {"n": n}) for n in range(100)])
        outcomes = await relay.await_many(many)
    assert [outcome.unwrap()["n"] for outcome in outcomes if outcome] == list(range(100))
    row = await elixir.job(handle.job_id)
    assert (row["state"], row["attempt"], sorted(row["tags"]), row["errors"]) == ("completed", 1, ["a", "b"], [])
    assert row["meta"]["k"] == 1 and row["meta"]["recorded"] is True


async def test_failures_are_appended_to_the_array_of_errors(elixir: World) -> None:
    async with relay_client.connect(elixir.address) as relay:
        handle = await relay.async_("Fail", {"times": 1, "message": "boom"})
        with pytest.raises(relay_client.JobError) as caught:
            await relay.await_(handle)
        assert caught.value.message == "boom"
        await elixir.execute("UPDATE oban_jobs SET scheduled_at = inserted_at WHERE id = %s", (handle.job_id,))
        await relay.await_(handle, with_retries=True)
        with pytest.raises(relay_client.Discarded):
            await relay.call("Fail", {"message": "last"}, max_attempts=1)
    (kind,) = await elixir.execute(
        "SELECT pg_typeof(errors)::text AS type, cardinality(errors) AS count FROM oban_jobs WHERE id = %s",
        (handle.job_id,),
    )
    assert kind == {"type": "jsonb[]", "count": 1}
    row = await elixir.job(handle.job_id)
    assert set(row["errors"][0]) >= {"attempt", "at", "error"} and row["errors"][0]["attempt"] == 1


async def test_snoozes_cancels_and_discards_end_as_the_contract_says(elixir: World) -> None:
    async with relay_client.connect(elixir.address) as relay:
        with pytest.raises(relay_client.Snoozed):
            await relay.call("Snooze", {"seconds": 30})
        with pytest.raises(relay_client.Cancelled):
            await relay.call("Cancel")
        with pytest.raises(relay_client.Discarded):
            await relay.call("Discard")
        waiting = await relay.async_("Echo", schedule_in=60)
        assert await relay.cancel(waiting)
        with pytest.raises(relay_client.Cancelled):
            await relay.await_(waiting)


async def test_a_unique_job_is_inserted_once(elixir: World) -> None:
    mark = uuid.uuid4().hex
    unique = Unique(keys=["mark"], states=["available", "suspended", "scheduled", "executing", "completed"])
    async with relay_client.connect(elixir.address) as relay:
        first = await relay.async_("Echo", {"mark": mark, "n": 1}, queue="nobody", unique=unique)
        again = await relay.async_("Echo", {"mark": mark, "n": 2}, queue="nobody", unique=unique)
    assert (again.job_id, again.duplicate, first.duplicate) == (first.job_id, True, False)


async def test_a_unique_insert_finds_a_job_that_elixir_inserted(elixir: World) -> None:
    """By Oban's Basic engine: no relay, and in rows that old versions wrote no meta at all."""
    mark = uuid.uuid4().hex
    (theirs,) = await elixir.execute(
        """
        INSERT INTO oban_jobs (state, queue, worker, args, errors, tags, meta, scheduled_at)
        VALUES ('available', 'mail', 'MyApp.Mailer', jsonb_build_object('mark', %s::text), '{}', '{}', NULL,
            timezone('UTC', now()))
        RETURNING id
        """,
        (mark,),
    )

    async def send(job: relay_client.Job) -> Any:
        return job.args

    async with relay_client.connect(elixir.address) as relay:
        handle = await relay.async_("MyApp.Mailer", {"mark": mark}, queue="mail", unique=Unique())
        assert (handle.job_id, handle.duplicate) == (theirs["id"], True)
        async with executor(elixir.address, {"mail": 1}, {"MyApp.Mailer": send}):
            assert await relay.await_(handle) == {"mark": mark}


async def test_what_an_elixir_node_writes_is_told_to_whoever_awaits_it(elixir: World) -> None:
    """Its Basic engine acknowledges by id alone; a snooze raises max_attempts there, and gives no attempt back."""
    acknowledged = {
        "completed": ("state = 'completed', completed_at = timezone('UTC', now())", None),
        "recorded": (
            # {"ok": [1, nil]}, as Elixir's term_to_binary writes it.
            "state = 'completed', meta = meta || jsonb_build_object('recorded', true, 'return', "
            "'g3QAAAABbQAAAAJva2wAAAACYQF3A25pbGo')",
            {"ok": [1, None]},
        ),
        "failed": (
            "state = 'retryable', scheduled_at = timezone('UTC', now()) + interval '15 s', errors = errors || "
            "jsonb_build_object('attempt', attempt, 'at', now(), 'error', "
            "E'** (RuntimeError) boom\\n    (my_app 0.1.0) lib/mailer.ex:5: MyApp.Mailer.perform/1')",
            (relay_client.JobError, "RuntimeError", "boom"),
        ),
        "snoozed": (
            "state = 'scheduled', max_attempts = max_attempts + 1, "
            "scheduled_at = timezone('UTC', now()) + interval '60 s'",
            (relay_client.Snoozed, "", ""),
        ),
        "cancelled": (
            "state = 'cancelled', cancelled_at = timezone('UTC', now()), errors = errors || "
            "jsonb_build_object('attempt', attempt, 'at', now(), 'error', "
            "'** (Oban.PerformError) MyApp.Mailer failed with {:cancel, \"no\"}')",
            (relay_client.Cancelled, "Oban.PerformError", 'MyApp.Mailer failed with {:cancel, "no"}'),
        ),
    }
    async with relay_client.connect(elixir.address) as relay:
        for name, (change, expected) in acknowledged.items():
            handle = await relay.async_("MyApp.Mailer", {"n": name}, queue="elixir")
            await elixir.execute(
                "UPDATE oban_jobs SET state = 'executing', attempt = attempt + 1, "
                "attempted_by = ARRAY['web@1', 'uuid'], attempted_at = timezone('UTC', now()) WHERE id = %s",
                (handle.job_id,),
            )
            await elixir.execute(f"UPDATE oban_jobs SET {change} WHERE id = {handle.job_id}")
            outcome = await relay.outcome(handle)
            assert outcome.attempt == 1, name
            if isinstance(expected, tuple):
                assert isinstance(outcome, relay_client.Failed), name
                error = outcome.error
                assert (type(error), error.kind, error.message) == expected
            else:
                assert outcome.unwrap() == expected, name
