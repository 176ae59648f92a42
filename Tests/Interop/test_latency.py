"""How soon a caller has the answer of a job that an Oban node completed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC

import pytest
import relay_client

from support import SCHEMAS, Timings, World, gateway, new_database, oban_node, relay_program

JOBS = 20
LANES = 5


@pytest.fixture
def observing(request: pytest.FixtureRequest) -> Iterator[World]:
    """Oban for Python's schema and a gateway of its own, with what `relay migrate` adds on request."""
    database = new_database()
    SCHEMAS["python"](database)
    relay_program("migrate", "--keys", *request.param, database=database.url)
    with gateway(database) as serving:
        yield World("python", database, serving)


async def measure(world: World, queue: str, timings: Timings) -> None:
    """From the commit that completed the job, by the database's clock, which is this machine's."""
    chance = random.Random(7)

    async def one_after_another() -> None:
        for _ in range(JOBS):
            # So that the ends fall into any phase of the sweep.
            args = {"ms": chance.randrange(20, 220)}
            handle = await relay.async_("oban_workers.Sleeps", args, queue=queue)
            await relay.await_(handle)
            answered = time.time()
            completed = (await world.job(handle.job_id))["completed_at"].replace(tzinfo=UTC)
            timings.values.append(answered - completed.timestamp())

    async with relay_client.connect(world.address) as relay, oban_node(world, {queue: LANES}):
        await asyncio.gather(*(one_after_another() for _ in range(LANES)))


@pytest.mark.parametrize("observing", [()], indirect=True, ids=["sweep"])
async def test_the_sweep_finds_the_end_of_a_foreign_job_within_150_ms(
    observing: World, queue: str, timings: Callable[[str], Timings]
) -> None:
    measured = timings("from completion at Oban's to the answer, by sweep")
    await measure(observing, queue, measured)
    assert measured.median < 0.150, str(measured)


@pytest.mark.parametrize("observing", [("--observe",)], indirect=True, ids=["observe"])
async def test_observed_the_end_of_a_foreign_job_is_told_within_20_ms(
    observing: World, queue: str, timings: Callable[[str], Timings]
) -> None:
    measured = timings("from completion at Oban's to the answer, with --observe")
    await measure(observing, queue, measured)
    assert measured.median < 0.020, str(measured)
