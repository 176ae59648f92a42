"""Workers of the Oban nodes; Oban finds them by the names `oban_workers.…`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from oban import Cancel, Record, Snooze, worker
from oban.job import Job

Hook = Callable[[Job], Awaitable[Any]]
hooks: dict[str, Hook] = {}


@worker()
class Recorded:
    async def process(self, job: Job) -> Any:
        return Record(job.args["value"])


@worker()
class Plain:
    async def process(self, job: Job) -> Any:
        return job.args


@worker()
class Large:
    async def process(self, job: Job) -> Any:
        return Record("x" * job.args["bytes"])


@worker()
class Fails:
    async def process(self, job: Job) -> Any:
        raise ValueError("boom: really")


@worker()
class FailsOnce:
    async def process(self, job: Job) -> Any:
        if job.attempt == 1:
            raise ValueError("not yet")
        return Record({"attempt": job.attempt})

    def backoff(self, job: Job) -> int:
        return 0


@worker()
class SnoozesOnce:
    async def process(self, job: Job) -> Any:
        if "snoozed" not in job.meta:
            return Snooze(1)
        return Record({"snoozed": job.meta["snoozed"]})


@worker()
class Cancels:
    async def process(self, job: Job) -> Any:
        return Cancel("not wanted")


@worker()
class TooSlow:
    async def process(self, job: Job) -> Any:
        await asyncio.sleep(60)

    def timeout(self, job: Job) -> float:
        return 0.1


@worker()
class Sleeps:
    async def process(self, job: Job) -> Any:
        await asyncio.sleep(job.args["ms"] / 1000)
        return Record({"slept": job.args["ms"]})


@worker()
class Hooked:
    """Does what the test that is named in its args tells it."""

    async def process(self, job: Job) -> Any:
        return await hooks[job.args["hook"]](job)
