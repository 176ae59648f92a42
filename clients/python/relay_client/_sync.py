"""The blocking client: the asyncio one on a thread of its own, with the same verbs."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

from . import _address
from ._client import RPC_TIMEOUT, Client
from ._types import CancelOn, NewJob, Outcome, Progress, Relay

Value = TypeVar("Value")


def connect_sync(
    address: str = _address.DEFAULT,
    *,
    token: str = "",
    instance: str = "",
    tls: ssl.SSLContext | None = None,
    automatic_keys: bool = True,
) -> SyncClient:
    """A connected blocking client; use it with `with`, from any thread."""
    return SyncClient(
        address, token=token, instance=instance, tls=tls, automatic_keys=automatic_keys
    )


class SyncClient:
    """Calls jobs and awaits their answers, blocking; safe to use from several threads."""

    def __init__(
        self,
        address: str = _address.DEFAULT,
        *,
        token: str = "",
        instance: str = "",
        tls: ssl.SSLContext | None = None,
        automatic_keys: bool = True,
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="relay-client", daemon=True
        )
        self._thread.start()

        async def make() -> Client:
            made = Client(
                address, token=token, instance=instance, tls=tls, automatic_keys=automatic_keys
            )
            return await made.__aenter__()

        try:
            self._client = self._run(make())
        except BaseException:
            self._end_loop()
            raise

    def __enter__(self) -> SyncClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection and ends the thread."""
        if self._thread.is_alive():
            self._run(self._client.close())
            self._end_loop()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, Value]) -> Value:
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def async_(
        self,
        worker: str,
        args: Mapping[str, Any] | None = None,
        *,
        rpc_timeout: float = RPC_TIMEOUT,
        **options: Any,
    ) -> Relay:
        """Inserts a job and returns its relay; the options are those of `NewJob`."""
        return self._run(self._client.async_(worker, args, rpc_timeout=rpc_timeout, **options))

    submit = async_

    def submit_many(
        self, jobs: Sequence[NewJob], *, rpc_timeout: float = RPC_TIMEOUT
    ) -> list[Relay]:
        """Inserts jobs, all or none of them, and returns their relays in order."""
        return self._run(self._client.submit_many(jobs, rpc_timeout=rpc_timeout))

    def call(
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
        return self._run(
            self._client.call(
                worker,
                args,
                timeout=timeout,
                with_retries=with_retries,
                cancel_on=cancel_on,
                **options,
            )
        )

    def await_(
        self,
        relay: Relay,
        timeout: float = 5.0,
        *,
        with_retries: bool = False,
        cancel_on: CancelOn = CancelOn.NEVER,
    ) -> Any:
        """Waits for a relay's value, or raises why there is none."""
        return self._run(
            self._client.await_(relay, timeout, with_retries=with_retries, cancel_on=cancel_on)
        )

    result = await_

    def outcome(self, relay: Relay, timeout: float = 5.0, *, with_retries: bool = False) -> Outcome:
        """Waits for a relay's outcome, whatever it is."""
        return self._run(self._client.outcome(relay, timeout, with_retries=with_retries))

    def await_many(
        self,
        relays: Iterable[Relay],
        timeout: float = 5.0,
        *,
        with_retries: bool = False,
        stop_after: int = 0,
        fail_fast: bool = False,
    ) -> list[Outcome | None]:
        """Waits for many relays and returns their outcomes in order."""
        return self._run(
            self._client.await_many(
                relays,
                timeout,
                with_retries=with_retries,
                stop_after=stop_after,
                fail_fast=fail_fast,
            )
        )

    def stream_many(
        self, relays: Iterable[Relay], timeout: float = 5.0, **options: Any
    ) -> Iterator[tuple[int, Outcome]]:
        """Yields each outcome as it happens, with its relay's position."""
        return self._iterate(self._client.stream_many(relays, timeout, **options))

    as_completed = stream_many

    def stream_events(
        self, relays: Iterable[Relay], timeout: float = 5.0, **options: Any
    ) -> Iterator[tuple[int, Outcome | Progress]]:
        """Yields progress reports too."""
        return self._iterate(self._client.stream_events(relays, timeout, **options))

    def _iterate(self, items: AsyncIterator[Value]) -> Iterator[Value]:
        async def following() -> Value:
            return await items.__anext__()

        async def close() -> None:
            ending = getattr(items, "aclose", None)
            if ending is not None:
                await ending()

        try:
            while True:
                try:
                    item = self._run(following())
                except StopAsyncIteration:
                    return
                yield item
        finally:
            self._run(close())

    def cancel(self, relay: Relay, *, rpc_timeout: float = RPC_TIMEOUT) -> bool:
        """Cancels the job, not the wait; False if it had ended already."""
        return self._run(self._client.cancel(relay, rpc_timeout=rpc_timeout))
