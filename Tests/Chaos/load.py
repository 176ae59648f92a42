"""The common load: clients that insert, call, await and cancel at a fixed rate, and what they were told.

Every operation is noted once when it ends. A job is known by the key in its args, which is its idempotency key too.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import relay_client
from relay_client import Client, Failed, NewJob, Outcome, Relay

QUEUE = "chaos"
TIMEOUT = 15.0
# How long the Python client goes on past a wait's timeout before it gives the gateway up.
MARGIN = 5.0


@dataclass
class Sent:
    """A job that was sent for insertion, and what its client was told."""

    key: str
    # "acked", "unknown" (an error after which it may be there), "refused".
    told: str = "unknown"
    relay: Relay | None = None
    again: Relay | None = None
    end: str = ""
    cancelled: bool = False


@dataclass
class Answer:
    """What somebody was told of a job's end."""

    job: int
    outcome: str
    by: str
    t: float


@dataclass
class Journal:
    """The operations log."""

    sent: dict[str, Sent] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    untyped: Counter[str] = field(default_factory=Counter)
    gaps: list[str] = field(default_factory=list)
    successes: list[float] = field(default_factory=list)
    latencies: list[tuple[float, float]] = field(default_factory=list)
    # How far past its timeout each late wait ended.
    late: list[float] = field(default_factory=list)
    timeouts: int = 0
    operations: int = 0

    def answered(self, outcome: Outcome, by: str) -> None:
        text = outcome_text(outcome)
        if text is not None:
            self.answers.append(Answer(outcome.relay.job_id, text, by, time.monotonic()))
        elif isinstance(outcome, Failed) and isinstance(outcome.error, relay_client.TimedOut):
            self.timeouts += 1

    def save(self, path: Path) -> None:
        with path.open("w") as file:
            for sent in self.sent.values():
                line = {"op": "sent", **asdict(sent), "relay": str(sent.relay), "again": str(sent.again)}
                file.write(json.dumps(line) + "\n")
            for answer in self.answers:
                file.write(json.dumps({"op": "answer", **asdict(answer)}) + "\n")


def outcome_text(outcome: Outcome) -> str | None:
    """An outcome that can never change, as text."""
    if not isinstance(outcome, Failed):
        return f"ok {outcome.value}"
    match outcome.error:
        case relay_client.Discarded():
            return f"discarded {outcome.error.message}"
        case relay_client.Cancelled():
            return f"cancelled {outcome.error.message}"
        case relay_client.NotFound():
            return "not found"
    return None


class Load:
    """Clients on gateways, at a fixed rate, all drawn from one seed."""

    def __init__(self, addresses: list[str], token: str, *, seed: int, rate: float, clients: int, canary: str) -> None:
        self.journal = Journal()
        self.rate = rate
        self._random = random.Random(seed)
        self._prefix = f"{seed:x}-{self._random.getrandbits(32):08x}"
        self._canary = canary
        self._clients = [
            Client(",".join(addresses[n % len(addresses) :] + addresses[: n % len(addresses)]), token=token)
            for n in range(clients)
        ]
        self._numbers = 0
        self._open: set[asyncio.Task[None]] = set()
        self._ticker: asyncio.Task[None] | None = None
        self.most_open = 300
        self.held_back = 0

    # Running.

    def start(self) -> None:
        self._ticker = asyncio.create_task(self._tick())

    async def stop(self, patience: float = 40) -> int:
        """Begins nothing more, and waits for what is open; how much never ended."""
        if self._ticker is not None:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
        _, stuck = await asyncio.wait(self._open, timeout=patience) if self._open else (set(), set())
        for task in stuck:
            task.cancel()
        return len(stuck)

    async def close(self) -> None:
        for client in self._clients:
            await client.close()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._random.expovariate(self.rate / 1.6))
            if len(self._open) >= self.most_open:
                self.held_back += 1
                continue
            client = self._random.choice(self._clients)
            other = self._random.choice(self._clients)
            kind = self._random.choices(("call", "async", "many", "cancel", "twice"), (45, 25, 10, 10, 10))[0]
            operation: Coroutine[Any, Any, None] = getattr(self, f"_{kind}")(client, other)
            task = asyncio.create_task(self._guard(operation))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _guard(self, operation: Coroutine[Any, Any, None]) -> None:
        started = time.monotonic()
        journal = self.journal
        journal.operations += 1
        try:
            await operation
            now = time.monotonic()
            journal.successes.append(now)
            journal.latencies.append((now, now - started))
        except relay_client.RpcError as error:
            journal.errors[error.reason or type(error).__name__] += 1
        except relay_client.ConnectionLost:
            journal.errors["ConnectionLost"] += 1
        except asyncio.CancelledError:
            raise
        except Exception as error:
            journal.untyped[f"{type(error).__name__}: {error}"] += 1

    # Operations.

    def job(self, *, ms: int | None = None, **options: Any) -> tuple[Sent, NewJob]:
        self._numbers += 1
        sent = Sent(f"{self._prefix}-{self._numbers}")
        self.journal.sent[sent.key] = sent
        args: dict[str, Any] = {"key": sent.key, "canary": self._canary}
        args["ms"] = self._random.choice((0, 5, 20, 100, 400)) if ms is None else ms
        if self._random.random() < 0.03:
            args["end"] = sent.end = "fail"
            options["max_attempts"] = 1
        return sent, NewJob("Chaos", args, queue=QUEUE, idempotency_key=sent.key, **options)

    async def insert(self, client: Client, sents: list[Sent], jobs: list[NewJob]) -> list[Relay]:
        try:
            relays = await client.submit_many(jobs, rpc_timeout=TIMEOUT)
        except relay_client.InvalidArgument:
            for sent in sents:
                sent.told = "refused"
            raise
        for sent, relay in zip(sents, relays, strict=True):
            sent.told, sent.relay = "acked", relay
        return relays

    async def wait(self, client: Client, relay: Relay, by: str) -> Outcome:
        started = time.monotonic()
        try:
            outcome = await client.outcome(relay, TIMEOUT)
        finally:
            self._took(time.monotonic() - started)
        self.journal.answered(outcome, by)
        return outcome

    def _took(self, seconds: float) -> None:
        if seconds > TIMEOUT + 1:
            self.journal.late.append(seconds - TIMEOUT)

    async def _call(self, client: Client, other: Client) -> None:
        sent, job = self.job()
        started = time.monotonic()
        try:
            outcome = await client.call_outcome(
                job.worker,
                job.args,
                timeout=TIMEOUT,
                queue=QUEUE,
                idempotency_key=job.idempotency_key,
                max_attempts=job.max_attempts,
            )
        finally:
            self._took(time.monotonic() - started)
        sent.told, sent.relay = "acked", outcome.relay
        self.journal.answered(outcome, "call")
        if outcome.ok and self._random.random() < 0.3:
            await self.wait(other, outcome.relay, "await again")

    async def _async(self, client: Client, other: Client) -> None:
        sent, job = self.job()
        relays = await self.insert(client, [sent], [job])
        await asyncio.sleep(self._random.choice((0, 0.05, 0.5)))
        await asyncio.gather(self.wait(client, relays[0], "await"), self.wait(other, relays[0], "await elsewhere"))

    async def _many(self, client: Client, other: Client) -> None:
        made = [self.job() for _ in range(5)]
        relays = await self.insert(client, [each[0] for each in made], [each[1] for each in made])
        wanted = [*relays, relays[0]]
        seen: Counter[int] = Counter()
        async for index, outcome in other.stream_many(wanted, TIMEOUT):
            seen[index] += 1
            self.journal.answered(outcome, "await many")
            if outcome.relay.job_id != wanted[index].job_id:
                self.journal.gaps.append(f"index {index} is of job {outcome.relay.job_id}")
        if seen != Counter(range(len(wanted))):
            self.journal.gaps.append(f"indexes seen: {dict(seen)}")

    async def _cancel(self, client: Client, other: Client) -> None:
        late = self._random.random() < 0.5
        sent, job = self.job(ms=150, schedule_in=None if late else 1.0)
        relays = await self.insert(client, [sent], [job])
        await asyncio.sleep(self._random.choice((0, 0.05, 0.2)))
        if await other.cancel(relays[0], rpc_timeout=TIMEOUT):
            sent.cancelled = True
        await self.wait(client, relays[0], "await cancelled")

    async def _twice(self, client: Client, other: Client) -> None:
        """The same job over two clients at once."""
        sent, job = self.job()
        pair = await asyncio.gather(
            self.insert(client, [sent], [job]),
            other.submit_many([job], rpc_timeout=TIMEOUT),
            return_exceptions=True,
        )
        if not isinstance(pair[1], BaseException):
            sent.told, sent.again = "acked", pair[1][0]
            sent.relay = sent.relay or sent.again
        for each in pair:
            if isinstance(each, BaseException):
                raise each
        assert sent.relay is not None
        await self.wait(other, sent.relay, "await twice")
