"""A worker: runs handlers for the jobs of some queues, with bounded concurrency."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import inspect
import json
import logging
import random
import signal
import ssl
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, TypeVar

from . import _address
from ._connection import Connection
from ._errors import ConnectionLost, RelayError, Unavailable
from ._proto.relay.v1 import wire_pb2 as wire
from ._proto.relay.v1 import worker_pb2 as pb
from ._types import duration, value_to_wire

logger = logging.getLogger("relay_client.worker")

NAME = "relay-python-worker/0.1.0"
PROGRESS_LIMIT = 4096
STACK_LIMIT = 16_384
FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Snooze(Exception):
    """Raised by a handler: run the job again after so many seconds; the attempt does not count."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"snoozed for {seconds} s")
        self.seconds = seconds


class Cancel(Exception):
    """Raised by a handler: cancel the job, with the reason that its waiters are told."""


class Discard(Exception):
    """Raised by a handler: never try the job again, with the reason that its waiters are told."""


@dataclass(slots=True)
class Job:
    """One attempt of a job, as its handler sees it."""

    id: int
    attempt: int
    max_attempts: int
    worker: str
    queue: str
    args: dict[str, Any]
    meta: dict[str, Any]
    tags: tuple[str, ...]
    priority: int
    inserted_at: datetime
    scheduled_at: datetime
    attempted_at: datetime
    remaining: float | None
    traceparent: str
    _report: Callable[[Any], None] = field(repr=False, compare=False)
    _cancelled: bool = field(default=False, repr=False, compare=False)

    @property
    def cancelled(self) -> bool:
        """Whether somebody cancelled the job: a handler that looks may stop."""
        return self._cancelled

    def progress(self, value: Any) -> None:
        """Tells waiters that asked for it how far the job is; best effort, at most 4 KB."""
        self._report(value)


class Worker:
    """Runs jobs of some queues by handlers: coroutines, or plain functions on threads."""

    def __init__(
        self,
        address: str = _address.DEFAULT,
        *,
        queues: Mapping[str, int],
        token: str = "",
        instance: str = "",
        name: str = "",
        grace: float = 25.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not queues or any(limit < 1 for limit in queues.values()):
            raise ValueError("name at least one queue, each with a limit of at least 1")
        self._addresses = _address.parse(address)
        self._queues = dict(queues)
        self._token = token
        self._instance = instance
        self._name = name
        self._grace = grace
        self._tls = tls
        self._handlers: dict[str, Callable[[Job], Any]] = {}
        self._threads = ThreadPoolExecutor(sum(queues.values()), thread_name_prefix="relay")
        self._stream: _WorkStream | None = None
        self._stopping: asyncio.Event | None = None
        self.ready = asyncio.Event()

    def handler(self, worker: str) -> Callable[[Handler], Handler]:
        """Registers a handler for a worker's name: `def handler(job: Job) -> Any`."""

        def register(function: Handler) -> Handler:
            self._handlers[worker] = function
            return function

        return register

    def run_sync(self) -> None:
        """Runs until SIGTERM or SIGINT, then lets running handlers finish within the grace."""
        asyncio.run(self.run(handle_signals=True))

    def stop(self) -> None:
        """Takes no more jobs; `run` returns once the handlers finished, or the grace is over."""
        if self._stopping is not None:
            self._stopping.set()

    async def run(self, *, handle_signals: bool = False) -> None:
        """Runs until `stop`; connects again whenever the connection is lost."""
        self._stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        if handle_signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
        tries = 0
        turn = 0
        try:
            while not self._stopping.is_set():
                try:
                    address = self._addresses[turn % len(self._addresses)]
                    connection = await Connection.open(address, NAME, self._token, self._tls)
                    tries = 0
                    await self._serve(connection)
                except (ConnectionLost, Unavailable) as error:
                    if self._stopping.is_set():
                        break
                    logger.warning("%s; connecting again", error)
                    turn += 1
                    delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(tries, 16))
                    tries += 1
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(
                            self._stopping.wait(), delay * random.uniform(0.5, 1.0)
                        )
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _serve(self, connection: Connection) -> None:
        assert self._stopping is not None
        stream = _WorkStream(connection, self._handlers, self._threads)
        subscribe = pb.Subscribe(
            instance=self._instance,
            node=self._name,
            queues=[pb.QueueLimit(queue=q, limit=n) for q, n in self._queues.items()],
        )
        stream.begin(subscribe, self.ready)
        stopping = asyncio.ensure_future(self._stopping.wait())
        ended = asyncio.ensure_future(stream.wait())
        try:
            await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                stream.drain()
                done, _ = await asyncio.wait({ended}, timeout=self._grace)
                if not done:
                    logger.warning("%d handlers did not finish in time", stream.running)
            if ended.done():
                ended.result()
        finally:
            stopping.cancel()
            ended.cancel()
            self.ready.clear()
            stream.close()
            connection.close()


class _WorkStream:
    """One stream: its running jobs, and its end."""

    def __init__(
        self,
        connection: Connection,
        handlers: Mapping[str, Callable[[Job], Any]],
        threads: ThreadPoolExecutor,
    ) -> None:
        self._connection = connection
        self._handlers = handlers
        self._threads = threads
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[tuple[int, int], tuple[Job, asyncio.Task[None]]] = {}
        self._end: asyncio.Future[None] = self._loop.create_future()
        self._call_id = 0
        self._ready = asyncio.Event()

    @property
    def running(self) -> int:
        return len(self._tasks)

    def begin(self, subscribe: pb.Subscribe, ready: asyncio.Event) -> None:
        self._ready = ready
        frame = wire.ClientFrame(work_request=pb.WorkRequest(subscribe=subscribe))
        self._call_id = self._connection.begin(frame, self, stream=True)

    def drain(self) -> None:
        with contextlib.suppress(RelayError):
            self._send(pb.WorkRequest(drain=pb.Drain()))

    async def wait(self) -> None:
        """Returns when the stream has ended well; raises otherwise."""
        await asyncio.shield(self._end)

    def close(self) -> None:
        for job, task in self._tasks.values():
            job._cancelled = True
            task.cancel()
        if not self._end.done():
            self._end.cancel()

    def _send(self, request: pb.WorkRequest) -> None:
        self._connection.send(self._call_id, wire.ClientFrame(work_request=request))

    # What the connection calls.

    def received(self, frame: wire.ServerFrame) -> None:
        response = frame.work_response
        kind = response.WhichOneof("message")
        if kind == "job":
            self._start(response.job)
        elif kind == "cancel":
            self._cancel((response.cancel.job_id, response.cancel.attempt))
        elif kind == "finished" and not response.finished.accepted:
            logger.warning(
                "the result of job %d, attempt %d was not accepted: another attempt owns it",
                response.finished.job_id,
                response.finished.attempt,
            )
        elif kind == "subscribed":
            self._ready.set()

    def ended(self, error: RelayError | None) -> None:
        if self._tasks and isinstance(error, ConnectionLost):
            logger.warning("%d running jobs were handed back with the connection", self.running)
        if self._end.done():
            return
        if error is None:
            self._end.set_result(None)
        else:
            self._end.set_exception(error)
            self._end.exception()

    # Jobs.

    def _start(self, wired: pb.Job) -> None:
        key = (wired.id, wired.attempt)
        job = self._job(wired, key)
        self._tasks[key] = (job, self._loop.create_task(self._run(key, job)))

    def _cancel(self, key: tuple[int, int]) -> None:
        found = self._tasks.get(key)
        if found is not None:
            found[0]._cancelled = True
            handler = self._handlers.get(found[0].worker)
            if handler is not None and inspect.iscoroutinefunction(handler):
                found[1].cancel()

    async def _run(self, key: tuple[int, int], job: Job) -> None:
        finish = pb.Finish(job_id=key[0], attempt=key[1])
        try:
            finish.ok.CopyFrom(value_to_wire(await self._perform(job)))
        except Snooze as snooze:
            finish.snooze.CopyFrom(duration(max(0.0, snooze.seconds)))
        except Cancel as cancel:
            finish.cancel = str(cancel)
        except Discard as discard:
            finish.discard = str(discard)
        except asyncio.CancelledError:
            finish.cancel = "cancelled"
        except Exception as error:
            finish.exception.CopyFrom(_exception(error))
        self._tasks.pop(key, None)
        with contextlib.suppress(RelayError):
            self._send(pb.WorkRequest(finish=finish))

    async def _perform(self, job: Job) -> Any:
        handler = self._handlers.get(job.worker)
        if handler is None:
            known = ", ".join(sorted(self._handlers)) or "none"
            raise _UnknownWorkerError(
                f"no handler is registered here for the worker {job.worker}; there are: {known}"
            )
        if inspect.iscoroutinefunction(handler):
            return await handler(job)
        context = contextvars.copy_context()
        call = functools.partial(context.run, handler, job)
        # A thread cannot be stopped: the handler looks at job.cancelled, and its end is awaited.
        return await asyncio.shield(self._loop.run_in_executor(self._threads, call))

    def _job(self, wired: pb.Job, key: tuple[int, int]) -> Job:
        def report(value: Any) -> None:
            self._loop.call_soon_threadsafe(self._report, key, value)

        return Job(
            id=wired.id,
            attempt=wired.attempt,
            max_attempts=wired.max_attempts,
            worker=wired.worker,
            queue=wired.queue,
            args=json.loads(wired.args or "{}"),
            meta=json.loads(wired.meta or "{}"),
            tags=tuple(wired.tags),
            priority=wired.priority,
            inserted_at=wired.inserted_at.ToDatetime(timezone.utc),
            scheduled_at=wired.scheduled_at.ToDatetime(timezone.utc),
            attempted_at=wired.attempted_at.ToDatetime(timezone.utc),
            remaining=wired.remaining.ToTimedelta().total_seconds()
            if wired.HasField("remaining")
            else None,
            traceparent=wired.traceparent,
            _report=report,
        )

    def _report(self, key: tuple[int, int], value: Any) -> None:
        if key not in self._tasks:
            return
        made = value_to_wire(value)
        if made.ByteSize() > PROGRESS_LIMIT:
            logger.warning("a progress report of job %d is over 4 KB and was dropped", key[0])
            return
        report = pb.ProgressReport(job_id=key[0], attempt=key[1], value=made)
        with contextlib.suppress(RelayError):
            self._send(pb.WorkRequest(progress=report))


class _UnknownWorkerError(Exception):
    """No handler is registered for a worker."""


def _exception(error: Exception) -> pb.Exception:
    kind = "UnknownWorker" if isinstance(error, _UnknownWorkerError) else type(error).__name__
    stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    clean = str(error).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return pb.Exception(
        kind=kind,
        message=clean[:STACK_LIMIT],
        stacktrace=stack.replace("\0", "\N{REPLACEMENT CHARACTER}")[-STACK_LIMIT:],
    )
