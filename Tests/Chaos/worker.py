"""A worker in a process of its own, to be killed or frozen; it logs what it began, and what it was told of each end.

The result of every execution is another one, so that whose result was stored can be seen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
import uuid
from typing import Any, TextIO

import relay_client
from relay_client import _worker as internals
from relay_client._proto.relay.v1 import wire_pb2 as wire
from relay_client._proto.relay.v1 import worker_pb2 as pb

_log: TextIO


def note(**what: Any) -> None:
    """One write per line, so that nothing noted is lost with the process."""
    _log.write(json.dumps({"t": time.monotonic(), "worker": os.getpid(), **what}) + "\n")
    _log.flush()


class NotingStream(internals._WorkStream):
    """Notes whether each outcome was accepted."""

    def received(self, frame: wire.ServerFrame) -> None:
        response = frame.work_response
        if response.WhichOneof("message") == "finished":
            done = response.finished
            note(op="finished", job=done.job_id, attempt=done.attempt, accepted=done.accepted)
        super().received(frame)

    def _send(self, request: pb.WorkRequest) -> None:
        if request.finish.ok.json == '"poison"':
            # As a client in a worse language might put it.
            request.finish.ok.json = '{"this is": no JSON'
        super()._send(request)


async def perform(job: relay_client.Job) -> Any:
    key, nonce = job.args["key"], uuid.uuid4().hex
    note(op="start", job=job.id, attempt=job.attempt, key=key, nonce=nonce)
    if job.args.get("ms"):
        await asyncio.sleep(job.args["ms"] / 1000)
    match job.args.get("end"):
        case "fail":
            raise ValueError(f"as asked to: {nonce}")
        case "poison":
            result = "poison"
        case _:
            result = f"{key}:{job.attempt}:{nonce}" + "." * job.args.get("padding", 0)
    note(op="end", job=job.id, attempt=job.attempt, nonce=nonce)
    return result


def main() -> None:
    global _log
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--queue", default="chaos")
    parser.add_argument("--limit", type=int, default=16)
    parser.add_argument("--log", required=True)
    options = parser.parse_args()
    _log = open(options.log, "a")  # noqa: SIM115 - until the process ends
    internals._WorkStream = NotingStream  # type: ignore[misc]
    worker = relay_client.Worker(
        options.address, queues={options.queue: options.limit}, token=os.environ["CHAOS_TOKEN"], grace=5
    )
    worker.handler("Chaos")(perform)
    worker.run_sync()


if __name__ == "__main__":
    main()
