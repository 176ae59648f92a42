"""The asyncio client."""

from __future__ import annotations

import asyncio
import random
import ssl
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

from . import _address
from ._connection import Connection
from ._errors import ConnectionLost, FailedPrecondition, RelayError, TimedOut, Unavailable
from ._proto.relay.v1 import relay_pb2 as pb
from ._proto.relay.v1 import wire_pb2 as wire
from ._types import (
    CancelOn,
    Failed,
    NewJob,
    Outcome,
    Progress,
    Relay,
    duration,
    outcome_from_wire,
    value_from_wire,
)

NAME = "relay-python/0.1.0"
MARGIN = 5.0
RPC_TIMEOUT = 30.0
FIRST_DELAY = 0.05
LONGEST_DELAY = 2.0


def connect(
    address: str = _address.DEFAULT,
    *,
    token: str = "",
    instance: str = "",
    tls: ssl.SSLContext | None = None,
    automatic_keys: bool = True,
) -> Client:
    """A client, for `async with`; of several addresses, separated by commas, one is used."""
    return Client(address, token=token, instance=instance, tls=tls, automatic_keys=automatic_keys)


class Client:
    """Calls jobs and awaits their answers, over one connection that is made again when it is lost.

    Inserts carry an idempotency key by default, so that sending again never doubles a job.
    """

    def __init__(
        self,
        address: str = _address.DEFAULT,
        *,
        token: str = "",
        instance: str = "",
        tls: ssl.SSLContext | None = None,
        automatic_keys: bool = True,
    ) -> None:
        self._addresses = _address.parse(address)
        self._token = token
        self._instance = instance
        self._tls = tls
        self._automatic_keys = automatic_keys
        self._current: Connection | None = None
        self._leaving: set[Connection] = set()
        self._connecting = asyncio.Lock()
        self._turn = 0
        self._closed = False

    async def __aenter__(self) -> Client:
        await self._ready(asyncio.get_running_loop().time() + RPC_TIMEOUT, attempts=1)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection; open calls end with ConnectionLost."""
        self._closed = True
        for connection in [self._current, *self._leaving]:
            if connection is not None:
                connection.close()
        await asyncio.sleep(0)

    # Inserting.

    async def async_(
        self,
        worker: str,
        args: Mapping[str, Any] | None = None,
        *,
        rpc_timeout: float = RPC_TIMEOUT,
        **options: Any,
    ) -> Relay:
        """Inserts a job and returns its relay; the options are those of `NewJob`."""
        relays = await self.submit_many([NewJob(worker, args, **options)], rpc_timeout=rpc_timeout)
        return relays[0]

    submit = async_

    async def submit_many(
        self, jobs: Sequence[NewJob], *, rpc_timeout: float = RPC_TIMEOUT
    ) -> list[Relay]:
        """Inserts jobs, all or none of them, and returns their relays in order."""
        made = [job._to_wire() for job in jobs]
        automatic = self._add_keys(made)

        def frame(_: float) -> wire.ClientFrame:
            return wire.ClientFrame(
                async_request=pb.AsyncRequest(instance=self._instance, jobs=made)
            )

        deadline = self._now() + rpc_timeout
        answer = await self._insert(frame, made, automatic, deadline)
        return [Relay._from_wire(relay) for relay in answer.async_response.relays]

    async def call(
        self,
        worker: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float = 5.0,
        with_retries: bool = False,
        cancel_on: CancelOn = CancelOn.NEVER,
        **options: Any,
    ) -> Any:
        """Inserts a job and returns its value, or raises why there is none."""
        outcome = await self.call_outcome(
            worker, args, timeout=timeout, with_retries=with_retries, cancel_on=cancel_on, **options
        )
        return outcome.unwrap()

    async def call_outcome(
        self,
        worker: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float = 5.0,
        with_retries: bool = False,
        cancel_on: CancelOn = CancelOn.NEVER,
        **options: Any,
    ) -> Outcome:
        """Inserts a job and returns its outcome, whatever it is."""
        made = [NewJob(worker, args, **options)._to_wire()]
        automatic = self._add_keys(made)

        def frame(left: float) -> wire.ClientFrame:
            return wire.ClientFrame(
                call_request=pb.CallRequest(
                    instance=self._instance,
                    job=made[0],
                    timeout=duration(left),
                    with_retries=with_retries,
                    cancel_on=pb.CancelOn.Name(cancel_on),
                )
            )

        answer = await self._insert(frame, made, automatic, self._now() + timeout, margin=MARGIN)
        return outcome_from_wire(answer.call_response.result)

    # Awaiting.

    async def await_(
        self,
        relay: Relay,
        timeout: float = 5.0,
        *,
        with_retries: bool = False,
        cancel_on: CancelOn = CancelOn.NEVER,
    ) -> Any:
        """Waits for a relay's value, or raises why there is none; may be asked again."""
        outcome = await self.outcome(relay, timeout, with_retries=with_retries, cancel_on=cancel_on)
        return outcome.unwrap()

    result = await_

    async def outcome(
        self,
        relay: Relay,
        timeout: float = 5.0,
        *,
        with_retries: bool = False,
        cancel_on: CancelOn = CancelOn.NEVER,
    ) -> Outcome:
        """Waits for a relay's outcome, whatever it is."""

        def frame(left: float) -> wire.ClientFrame:
            return wire.ClientFrame(
                await_request=pb.AwaitRequest(
                    relay=relay._to_wire(),
                    timeout=duration(left),
                    with_retries=with_retries,
                    cancel_on=pb.CancelOn.Name(cancel_on),
                )
            )

        answer = await self._unary(frame, self._now() + timeout, safe=True, margin=MARGIN)
        return outcome_from_wire(answer.await_response.result)

    async def await_many(
        self,
        relays: Iterable[Relay],
        timeout: float = 5.0,
        *,
        with_retries: bool = False,
        stop_after: int = 0,
        fail_fast: bool = False,
    ) -> list[Outcome | None]:
        """Waits for many relays and returns their outcomes in order.

        None stands for what was still open when `stop_after` or `fail_fast` ended the wait.
        """
        wanted = list(relays)
        outcomes: list[Outcome | None] = [None] * len(wanted)
        async for index, outcome in self.stream_many(
            wanted, timeout, with_retries=with_retries, stop_after=stop_after, fail_fast=fail_fast
        ):
            outcomes[index] = outcome
        return outcomes

    async def stream_many(
        self,
        relays: Iterable[Relay],
        timeout: float = 5.0,
        *,
        with_retries: bool = False,
        stop_after: int = 0,
        fail_fast: bool = False,
    ) -> AsyncIterator[tuple[int, Outcome]]:
        """Yields each outcome as it happens, with its relay's position."""
        events = self._events(relays, timeout, with_retries, stop_after, fail_fast, False)
        async for index, event in events:
            if not isinstance(event, Progress):
                yield index, event

    as_completed = stream_many

    async def stream_events(
        self,
        relays: Iterable[Relay],
        timeout: float = 5.0,
        *,
        with_retries: bool = False,
        stop_after: int = 0,
        fail_fast: bool = False,
    ) -> AsyncIterator[tuple[int, Outcome | Progress]]:
        """Yields progress reports too."""
        events = self._events(relays, timeout, with_retries, stop_after, fail_fast, True)
        async for item in events:
            yield item

    async def cancel(self, relay: Relay, *, rpc_timeout: float = RPC_TIMEOUT) -> bool:
        """Cancels the job, not the wait; False if it had ended already."""

        def frame(_: float) -> wire.ClientFrame:
            return wire.ClientFrame(cancel_request=pb.CancelRequest(relay=relay._to_wire()))

        answer = await self._unary(frame, self._now() + rpc_timeout, safe=True)
        return answer.cancel_response.cancelled

    # Steps.

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def _add_keys(self, jobs: list[pb.NewJob]) -> bool:
        """Gives each job a key of its own, unless the caller or `unique` says what is the same."""
        if not self._automatic_keys:
            return False
        if any(job.idempotency_key or job.HasField("unique") for job in jobs):
            return False
        for job in jobs:
            job.idempotency_key = uuid.uuid4().hex
        return True

    async def _insert(
        self,
        frame: Any,
        jobs: list[pb.NewJob],
        automatic: bool,
        deadline: float,
        margin: float = 0.0,
    ) -> wire.ServerFrame:
        keyed = all(job.idempotency_key for job in jobs)
        try:
            return await self._unary(frame, deadline, safe=keyed, margin=margin)
        except FailedPrecondition as error:
            if not automatic or error.reason != "KEYS_NOT_INSTALLED":
                raise
            # Without the table of keys nothing is sent twice by itself, now and from now on.
            self._automatic_keys = False
            for job in jobs:
                job.idempotency_key = ""
            return await self._unary(frame, deadline, safe=False, margin=margin)

    async def _unary(
        self, frame: Any, deadline: float, *, safe: bool, margin: float = 0.0
    ) -> wire.ServerFrame:
        """Makes a call, again where that is safe, until the deadline."""
        tries = 0
        while True:
            connection = await self._ready(deadline + margin)
            left = max(0.0, deadline - self._now())
            try:
                return await connection.unary(frame(left), left + margin or RPC_TIMEOUT)
            except Unavailable as error:
                unsent = error.reason in ("DRAINING", "POSTGRES_UNAVAILABLE")
                wait = error.retry_after if error.retry_after is not None else FIRST_DELAY
                if not (safe or unsent) or self._now() + wait >= deadline:
                    raise
                await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            except ConnectionLost:
                if not safe or self._closed or self._now() >= deadline:
                    raise
                await asyncio.sleep(self._delay(tries))
            tries += 1

    @staticmethod
    def _delay(tries: int) -> float:
        longest: float = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(tries, 16))
        return longest * random.random()

    async def _ready(self, deadline: float, attempts: int = 0) -> Connection:
        """The connection for new calls, made if there is none."""
        if self._current is not None and self._current.usable:
            return self._current
        async with self._connecting:
            if self._current is not None and self._current.usable:
                return self._current
            tries = 0
            while True:
                if self._closed:
                    raise ConnectionLost("the client was closed")
                try:
                    return await self._dial()
                except (ConnectionLost, Unavailable):
                    tries += 1
                    rest = self._delay(tries)
                    last = attempts and tries >= attempts * len(self._addresses)
                    if last or self._now() + rest >= deadline:
                        raise
                    await asyncio.sleep(rest)

    async def _dial(self) -> Connection:
        address = self._addresses[self._turn % len(self._addresses)]
        self._turn += 1
        connection = await Connection.open(address, NAME, self._token, self._tls)
        self._turn -= 1

        def leaving() -> None:
            # Its open calls finish on it; new ones go over another, to the next gateway.
            if self._current is connection:
                self._current = None
                self._turn += 1
            if connection.lost is None:
                self._leaving.add(connection)
            else:
                self._leaving.discard(connection)

        connection.on_leaving = leaving
        self._current = connection
        return connection

    async def _events(
        self,
        relays: Iterable[Relay],
        timeout: float,
        with_retries: bool,
        stop_after: int,
        fail_fast: bool,
        progress: bool,
    ) -> AsyncIterator[tuple[int, Outcome | Progress]]:
        wanted = list(relays)
        missing = dict.fromkeys(range(len(wanted)))
        succeeded = 0
        deadline = self._now() + timeout
        tries = 0
        while missing:
            positions = list(missing)
            left = max(0.0, deadline - self._now())
            request = pb.AwaitManyRequest(
                relays=[wanted[position]._to_wire() for position in positions],
                timeout=duration(left),
                with_retries=with_retries,
                progress=progress,
                stop_after=max(0, stop_after - succeeded) if stop_after else 0,
                fail_fast=fail_fast,
            )
            connection = await self._ready(deadline + MARGIN)
            stream = _Stream()
            call_id = connection.begin(
                wire.ClientFrame(await_many_request=request), stream, stream=True
            )
            try:
                while True:
                    guard = max(0.0, deadline - self._now()) + MARGIN
                    event = await asyncio.wait_for(stream.queue.get(), guard)
                    if isinstance(event, pb.AwaitManyResponse):
                        position = positions[event.index]
                        kind = event.WhichOneof("event")
                        if kind == "result":
                            missing.pop(position, None)
                            outcome = outcome_from_wire(event.result)
                            succeeded += outcome.ok
                            yield position, outcome
                        elif kind == "progress":
                            relay = wanted[position]
                            yield position, Progress(relay, value_from_wire(event.progress.value))
                    elif event is None:
                        return
                    else:
                        raise event
            except asyncio.TimeoutError:
                connection.close()
                for position in list(missing):
                    lost = TimedOut(
                        wanted[position], 0, message="the gateway did not answer in time"
                    )
                    yield position, Failed(wanted[position], 0, lost)
                return
            except (ConnectionLost, Unavailable) as error:
                if self._closed or self._now() >= deadline:
                    raise
                wait = getattr(error, "retry_after", None)
                await asyncio.sleep(wait if wait is not None else self._delay(tries))
                tries += 1
            finally:
                connection.abandon(call_id)


class _Stream:
    """The responses of a stream, and its end: None is a good one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[pb.AwaitManyResponse | RelayError | None] = asyncio.Queue()

    def received(self, frame: wire.ServerFrame) -> None:
        if frame.WhichOneof("body") == "await_many_response":
            self.queue.put_nowait(frame.await_many_response)

    def ended(self, error: RelayError | None) -> None:
        self.queue.put_nowait(error)
