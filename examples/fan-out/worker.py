"""The Python side of the fan-out example: digest and gzip ratio of a file, on the queue ``digests``."""

from __future__ import annotations

import gzip
import hashlib
import pathlib
import sys
from typing import Any

import relay_client

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7433"
worker = relay_client.Worker(address, queues={"digests": 8})


@worker.handler("Digest")
def digest(job: relay_client.Job) -> dict[str, Any]:
    data = pathlib.Path(job.args["path"]).read_bytes()
    packed = len(gzip.compress(data, compresslevel=6))
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "gzip": round(packed / len(data), 3) if data else 1.0,
    }


if __name__ == "__main__":
    worker.run_sync()
