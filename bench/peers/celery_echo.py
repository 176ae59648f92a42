"""The task that Celery runs, and what loads it: `celery_echo.py IN-FLIGHT SECONDS` prints one JSON object.

The broker and the results are the Redis of CELERY_URL.
"""

from __future__ import annotations

import collections
import json
import os
import sys
import time

import celery

URL = os.environ["CELERY_URL"]
app = celery.Celery("celery_echo", broker=URL, backend=URL)
app.conf.update(
    task_serializer="json", result_serializer="json", accept_content=["json"], task_acks_late=False,
    worker_prefetch_multiplier=64, broker_connection_retry_on_startup=True,
)


@app.task
def echo(args: dict[str, int]) -> dict[str, int]:
    return args


def main() -> None:
    in_flight, seconds = int(sys.argv[1]), float(sys.argv[2])
    args = {"id": 1}
    echo.delay(args).get(timeout=30)
    took: list[float] = []
    open_calls: collections.deque[tuple[float, celery.result.AsyncResult]] = collections.deque()
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        while len(open_calls) < in_flight:
            open_calls.append((time.monotonic(), echo.delay(args)))
        sent, call = open_calls.popleft()
        assert call.get(timeout=30) == args
        took.append(time.monotonic() - sent)
    elapsed = time.monotonic() - began
    took.sort()
    print(json.dumps({
        "per_s": len(took) / elapsed,
        "p50_ms": took[len(took) // 2] * 1e3, "p99_ms": took[len(took) * 99 // 100] * 1e3,
    }))


if __name__ == "__main__":
    main()
