"""What must be true in the end, whatever was done: the invariants I1 to I10, from the logs and the tables."""

from __future__ import annotations

import asyncio
import base64
import re
import time
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import relay_client

from load import Journal, Sent, outcome_text
from world import Baseline, World

FINAL = ("completed", "cancelled", "discarded")
MEMORY_BUDGET = 64 * 1024 * 1024
CRASHES = re.compile(r"Fatal error|fatalError|Crash|SIGSEGV|Illegal instruction|Precondition failed|Sanitizer")


@dataclass
class Report:
    """What was seen."""

    violations: list[str] = field(default_factory=list)
    sent: int = 0
    acked: int = 0
    unknown: int = 0
    recovered: int = 0
    executions: int = 0
    extra: int = 0
    fenced: int = 0
    answers: int = 0
    late: int = 0
    timeouts: int = 0
    recovery: float = 0
    memory: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def violated(self, invariant: str, found: list[Any]) -> None:
        if found:
            self.violations.append(f"{invariant}: {len(found)}x, such as {found[0]}")


def stored_text(meta: dict[str, Any]) -> str | None:
    """A recorded result that is a string: an external term, without the gateway's help."""
    if not meta.get("recorded"):
        return None
    term = base64.b64decode(meta["return"] + "==")
    if term[1] == 80:
        term = term[:1] + zlib.decompress(term[6:])
    if term[:2] != b"\x83m":
        return f"no string: {term[:20]!r}"
    return term[6 : 6 + int.from_bytes(term[2:6], "big")].decode()


async def quiescent(world: World, patience: float = 60) -> float | None:
    """The seconds until no job is open any more; None if that takes too long."""
    started = time.monotonic()
    while time.monotonic() - started < patience:
        rows = await world.query(
            "SELECT count(*) AS open FROM oban_jobs WHERE state NOT IN ('completed', 'cancelled', 'discarded')"
        )
        if not rows[0]["open"]:
            return time.monotonic() - started
        await asyncio.sleep(0.2)
    return None


async def resolve(world: World, journal: Journal) -> int:
    """Asks again for what was sent with an unknown end; how many had been there all along."""
    unknown = [sent for sent in journal.sent.values() if sent.told == "unknown"]
    rows = await world.query("SELECT args->>'key' AS key FROM oban_jobs")
    present = {row["key"] for row in rows}
    return sum(sent.key in present for sent in unknown)


class Checker:
    """Looks at one world, once it has come to rest."""

    def __init__(self, world: World, report: Report) -> None:
        self.world = world
        self.journal = world.load.journal
        self.report = report
        self.rows: dict[int, dict[str, Any]] = {}
        self.by_key: dict[str, list[int]] = defaultdict(list)

    async def run(self, before: Baseline) -> None:
        columns = "id, state::text, args, meta, attempt, to_jsonb(errors) AS errors"
        for row in await self.world.query(f"SELECT {columns} FROM oban_jobs"):
            self.rows[row["id"]] = row
            self.by_key[row["args"]["key"]].append(row["id"])
        self._inserts()
        self._executions()
        await self._answers()
        self._logs()
        await self._resources(before)
        journal, report = self.journal, self.report
        report.sent = len(journal.sent)
        report.acked = sum(sent.told == "acked" for sent in journal.sent.values())
        report.unknown = sum(sent.told == "unknown" for sent in journal.sent.values())
        report.answers = len(journal.answers)
        report.late = len(journal.late)
        report.timeouts = journal.timeouts
        report.errors = dict(journal.errors)
        report.violated("I5, errors that are not typed", [f"{n}x {text}" for text, n in journal.untyped.items()])
        report.violated("I6", journal.gaps)
        report.violations += self.world.violations
        report.seen += self.world.seen

    def _inserts(self) -> None:
        lost: list[str] = []
        unfinished: list[str] = []
        other: list[str] = []
        for sent in self.journal.sent.values():
            if sent.told != "acked" or sent.relay is None:
                continue
            row = self.rows.get(sent.relay.job_id)
            if row is None or row["args"]["key"] != sent.key:
                lost.append(f"key {sent.key}, job {sent.relay.job_id}")
            elif row["state"] not in FINAL:
                unfinished.append(f"job {row['id']} is {row['state']}")
            elif not self._ended_well(sent, row):
                other.append(f"job {row['id']} is {row['state']}: {row['errors']}")
            if sent.again is not None and sent.again.job_id != sent.relay.job_id:
                lost.append(f"key {sent.key} has two relays, {sent.relay.job_id} and {sent.again.job_id}")
        doubled = [f"key {key}: jobs {ids}" for key, ids in self.by_key.items() if len(ids) > 1]
        self.report.violated("I1, acknowledged and lost", lost)
        self.report.violated("I1, acknowledged and never ended", unfinished)
        self.report.violated("I1, ended otherwise than it should", other)
        self.report.violated("I2, doubled", doubled)

    @staticmethod
    def _ended_well(sent: Sent, row: dict[str, Any]) -> bool:
        if row["state"] == "cancelled":
            # A cancel whose answer was lost may have happened.
            return sent.cancelled or row["args"].get("ms") == 150
        return bool(row["state"] == ("discarded" if sent.end == "fail" else "completed"))

    def _executions(self) -> None:
        began: Counter[int] = Counter()
        # What a worker sent, in its order: the same attempt may run twice in one.
        results: dict[tuple[int, int, int], list[str]] = defaultdict(list)
        accepted: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for line in self.world.executions():
            place = (line["worker"], line["job"], line["attempt"])
            if line["op"] == "start":
                began[line["job"]] += 1
            elif line["op"] == "end":
                results[place].append(line["nonce"])
            elif line["op"] == "finished":
                nonce = results[place].pop(0) if results[place] else "?"
                if line["accepted"]:
                    accepted[line["job"]].append((line["attempt"], nonce))
                else:
                    self.report.fenced += 1
        wrong: list[str] = []
        never: list[str] = []
        for job, row in self.rows.items():
            if row["state"] == "completed":
                stored = stored_text(row["meta"]) or ""
                wrong += [f"job {job}: stored {stored}, accepted {x}" for x in accepted[job] if x[1] not in stored]
                if not began[job]:
                    never.append(f"job {job} is completed, and nobody ran it")
        twice = [f"job {job}: {found}" for job, found in accepted.items() if len(found) > 1]
        self.report.executions = sum(began.values())
        self.report.extra = sum(count - 1 for count in began.values())
        self.report.violated("I3, accepted and not stored", wrong)
        self.report.violated("I4, accepted twice", twice)
        self.report.violated("I7", never)

    async def _answers(self) -> None:
        """All answers for a job are the same, those of today too."""
        answers: dict[int, set[str]] = defaultdict(set)
        for answer in self.journal.answers:
            answers[answer.job].add(answer.outcome)
        relays = [sent.relay for sent in self.journal.sent.values() if sent.told == "acked" and sent.relay]
        for gateway in self.world.gateways:
            async with self.world.direct(gateway) as client:
                for start in range(0, len(relays), 1_000):
                    part = relays[start : start + 1_000]
                    for outcome in await client.await_many(part, 10):
                        text = None if outcome is None else outcome_text(outcome)
                        if outcome is not None:
                            answers[outcome.relay.job_id].add(text or f"no answer: {outcome}")
        differing = [f"job {job}: {sorted(found)}" for job, found in answers.items() if len(found) > 1]
        wrong = []
        for job, found in answers.items():
            row = self.rows.get(job)
            if row is not None and row["state"] == "completed" and found != {f"ok {stored_text(row['meta'])}"}:
                wrong.append(f"job {job}: stored {stored_text(row['meta'])}, answered {sorted(found)}")
        self.report.violated("I5, two answers", differing)
        self.report.violated("I5, another answer than the row's", wrong)
        # The client itself waits up to 5 s more for a gateway that is silent.
        self.report.violated("I5, late", [f"{late:.1f} s" for late in self.journal.late if late > 6.5])

    def _logs(self) -> None:
        secrets = {"the token": self.world.token, "the args": self.world.canary}
        for gateway in self.world.gateways:
            text = gateway.process.log.read_text(errors="replace")
            self.report.violated("I10, a crash", [line for line in text.splitlines() if CRASHES.search(line)])
            leaks = [f"{what} in {gateway.process.log.name}" for what, secret in secrets.items() if secret in text]
            self.report.violated("I10, leaked", leaks)
            surprises = [f"{gateway.process.name} ended with {status}" for status in gateway.process.surprises]
            self.report.violated("I10, ended by itself", surprises)

    async def _resources(self, before: Baseline) -> None:
        deadline = time.monotonic() + 8
        while True:
            now = await self.world.baseline()
            found = []
            if now.backends > before.backends:
                found.append(f"{now.backends} backends, {before.backends} before")
            if now.usage.descriptors > before.usage.descriptors * 1.05 + 2:
                found.append(f"{now.usage.descriptors} descriptors, {before.usage.descriptors} before")
            if now.usage.threads > before.usage.threads * 1.05 + 4:
                found.append(f"{now.usage.threads} threads, {before.usage.threads} before")
            if now.usage.memory > before.usage.memory + MEMORY_BUDGET:
                found.append(f"{now.usage.memory >> 20} MiB, {before.usage.memory >> 20} before")
            if not found or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.5)
        self.report.memory = now.usage.memory
        self.report.violated("I8", found)


async def last_answers(world: World, count: int) -> list[relay_client.Outcome | None]:
    """The outcomes of the jobs sent last, as the first gateway tells them."""
    relays = [sent.relay for sent in world.load.journal.sent.values() if sent.relay][-count:]
    async with world.direct(world.gateways[0]) as client:
        return await client.await_many(relays, 10)
