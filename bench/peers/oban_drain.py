"""Runs a node of Oban for Python until N jobs are done: `oban_drain.py N CONCURRENCY` prints one JSON object.

The database is that of DATABASE_URL; its jobs are inserted before the clock runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time

import psycopg
from oban import Oban, worker
from psycopg_pool import AsyncConnectionPool


@worker(queue="drained")
class Echo:
    async def process(self, job: object) -> None:
        return None


async def drain(count: int, concurrency: int) -> float:
    url = os.environ["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        name = f"{Echo.__module__}.{Echo.__qualname__}"
        await connection.execute(
            "INSERT INTO public.oban_jobs (state, queue, worker, args) SELECT 'available', 'drained', %s, '{\"id\":1}'"
            " FROM generate_series(1, %s)", (name, count),
        )
        await connection.execute("ANALYZE public.oban_jobs")
        async with AsyncConnectionPool(url, min_size=2, max_size=10, open=False) as pool:
            began = time.monotonic()
            async with Oban(pool=pool, queues={"drained": concurrency}):
                while True:
                    row = await (await connection.execute(
                        "SELECT count(*) FROM public.oban_jobs WHERE queue = 'drained' AND state = 'completed'"
                    )).fetchone()
                    if row and row[0] >= count:
                        break
                    await asyncio.sleep(0.02)
                elapsed = time.monotonic() - began
        await connection.execute("DELETE FROM public.oban_jobs WHERE queue = 'drained'")
    return count / elapsed


if __name__ == "__main__":
    print(json.dumps({"jobs_per_second": asyncio.run(drain(int(sys.argv[1]), int(sys.argv[2])))}))
