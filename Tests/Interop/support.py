"""Databases with the schemas of each maker, gateways on them, and nodes of Oban for Python beside those."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import relay_client
from oban import Oban
from oban.schema import install_sql
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

HERE = Path(__file__).parent
RELAY = os.environ.get("RELAY_BINARY", str(HERE.parents[1] / ".build/debug/relay"))
ADMIN = os.environ.get("DATABASE_URL", "")

_numbers = itertools.count(1)


def relay_program(*arguments: str, database: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end."""
    environment = {**os.environ, "RELAY_DATABASE_URL": database}
    return subprocess.run([RELAY, *arguments], env=environment, capture_output=True, text=True, timeout=20, check=check)


# Databases.


@dataclass
class Database:
    """A database of its own on the cluster."""

    name: str

    @property
    def url(self) -> str:
        return f"{ADMIN.rpartition('/')[0]}/{self.name}"

    def execute(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(sql, parameters)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def catalogue(self) -> set[tuple[str, ...]]:
        """Everything that DDL could have made or changed."""
        rows = self.execute(
            """
            WITH spaces AS (
                SELECT oid, nspname FROM pg_namespace
                WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
            )
            SELECT 'schema' AS kind, nspname AS a, '' AS b, '' AS c FROM spaces
            UNION ALL SELECT 'relation ' || c.relkind::text, c.relname, coalesce(c.reloptions::text, ''),
                CASE WHEN c.relkind = 'i' THEN pg_get_indexdef(c.oid) ELSE '' END
                FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
            UNION ALL SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull::text
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN spaces s ON s.oid = c.relnamespace
                WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'i'
            UNION ALL SELECT 'function', p.proname, pg_get_function_arguments(p.oid), md5(p.prosrc)
                FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
            UNION ALL SELECT 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid)
                FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'type', t.typname, coalesce(e.enumlabel, ''), coalesce(e.enumsortorder::text, '')
                FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace LEFT JOIN pg_enum e ON e.enumtypid = t.oid
            UNION ALL SELECT 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(c.oid)
                FROM pg_constraint c JOIN spaces s ON s.oid = c.connamespace
            UNION ALL SELECT 'comment', objoid::regclass::text, objsubid::text, description
                FROM pg_description WHERE classoid = 'pg_class'::regclass
                AND objoid IN (SELECT c.oid FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace)
            UNION ALL SELECT 'extension', extname, extversion, '' FROM pg_extension
            """
        )
        return {(row["kind"], row["a"], row["b"], row["c"]) for row in rows}

    def catalogue_names(self) -> set[str]:
        """The names of the tables, indexes, functions and triggers."""
        kinds = ("relation", "function", "trigger")
        return {entry[1] for entry in self.catalogue() if entry[0].startswith(kinds)}


def new_database() -> Database:
    name = f"interop_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(ADMIN, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    return Database(name)


def install_python_schema(database: Database) -> None:
    """As Oban for Python's own installer makes it."""
    database.execute(install_sql())


def install_relay_schema(database: Database) -> None:
    relay_program("migrate", database=database.url)


def install_elixir_schema(database: Database, *, version: int = 14, tags: str = "text[]") -> None:
    """As Oban for Elixir's migrations leave it."""
    script = (HERE / "elixir_schema.sql").read_text()
    suspended = "'suspended'," if version >= 14 else ""
    database.execute(script.format(version=version, suspended=suspended, tags=tags))


def install_shared_schema(database: Database) -> None:
    """Elixir's, which a fleet that uses both languages then gives to Oban for Python's installer."""
    install_elixir_schema(database)
    install_python_schema(database)


SCHEMAS: dict[str, Callable[[Database], None]] = {
    "python": install_python_schema,
    "elixir+python": install_shared_schema,
    "relay": install_relay_schema,
}


# Gateways.


class Gateway:
    """`relay serve` on a database, reached over a Unix socket."""

    def __init__(self, database: Database, *, node: str = "", queues: Mapping[str, int] | None = None) -> None:
        self.database = database
        self.node = node or f"gateway-{uuid.uuid4().hex[:6]}"
        self._directory = tempfile.TemporaryDirectory(prefix="relay-interop-")
        socket = Path(self._directory.name) / "s"
        self.address = f"unix:{socket}"
        self._log = (Path(self._directory.name) / "log").open("w+")
        options = [f"--queue={name}:{limit}" for name, limit in (queues or {}).items()]
        self.process = subprocess.Popen(
            [
                RELAY,
                "serve",
                f"--listen={self.address}",
                "--http=off",
                f"--node={self.node}",
                "--log-level=warning",
                "--drain-grace=1s",
                *options,
            ],
            env={**os.environ, "RELAY_DATABASE_URL": database.url},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait_until_ready(socket)
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self, socket: Path) -> None:
        deadline = time.monotonic() + 20
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the gateway did not start:\n{self.log()}")
            if socket.exists():
                with contextlib.suppress(relay_client.RelayError), relay_client.connect_sync(self.address):
                    return
            time.sleep(0.02)

    def log(self) -> str:
        self._log.flush()
        return Path(self._log.name).read_text()

    def kill(self) -> None:
        """As the kernel ends it: no draining, no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ends it; it must not have ended by itself."""
        status = self.process.poll()
        if status is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        log = self.log()
        self._log.close()
        self._directory.cleanup()
        assert status in (None, -signal.SIGKILL), f"the gateway ended by itself with {status}:\n{log}"


@contextlib.contextmanager
def gateway(database: Database, **options: Any) -> Iterator[Gateway]:
    made = Gateway(database, **options)
    try:
        yield made
    finally:
        made.stop()


@dataclass
class World:
    """A database with some maker's schema, and a gateway on it."""

    schema: str
    database: Database
    gateway: Gateway
    # What the tests that come late look at: jobs that ended long ago, by whose they are, and one that runs for long.
    aged: dict[str, int] = field(default_factory=dict)
    marathon: relay_client.Relay | None = None

    @property
    def address(self) -> str:
        return self.gateway.address

    async def row(self, job_id: int) -> dict[str, Any] | None:
        async with await psycopg.AsyncConnection.connect(
            self.database.url, autocommit=True, row_factory=dict_row
        ) as connection:
            cursor = await connection.execute(
                """
                SELECT id, state::text, queue, worker, args, attempt, max_attempts, attempted_by, priority, tags, meta,
                    to_jsonb(errors) AS errors, inserted_at, scheduled_at, attempted_at, completed_at, cancelled_at,
                    discarded_at, scheduled_at - timezone('UTC', now()) AS due_in
                FROM oban_jobs WHERE id = %s
                """,
                (job_id,),
            )
            return await cursor.fetchone()

    async def job(self, job_id: int) -> dict[str, Any]:
        """The row, which must be there."""
        row = await self.row(job_id)
        assert row is not None, f"there is no job {job_id}"
        return row

    async def in_state(self, job_id: int, *states: str, timeout: float = 10) -> dict[str, Any]:
        """The row, once the job is in one of the states."""

        async def found() -> dict[str, Any] | None:
            row = await self.job(job_id)
            return row if row["state"] in states else None

        return await eventually(found, timeout=timeout, what=f"job {job_id} in {states}")

    async def execute(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self.database.execute, sql, parameters)


async def eventually[T](probe: Callable[[], Awaitable[T]], *, timeout: float = 10, what: str = "") -> T:
    """What the probe answers once that is something."""
    deadline = time.monotonic() + timeout
    while True:
        found = await probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not happen within {timeout} s: {what or probe.__name__}")
        await asyncio.sleep(0.01)


def insert_aged(database: Database) -> dict[str, int]:
    """Jobs that ended two days ago: one with a relay, and one that only Oban had to do with."""
    rows = database.execute(
        """
        INSERT INTO oban_jobs (state, queue, worker, meta, attempt, attempted_by, scheduled_at, completed_at)
        SELECT 'completed', 'old', name, meta::jsonb, 1, ARRAY['node', 'uuid'], t, t
        FROM (VALUES ('theirs', '{}'), ('ours', '{"relay": "AAAAAAAAAAAAAAAAAAAAAA"}')) v(name, meta),
            (SELECT timezone('UTC', now()) - interval '2 days' AS t) t
        RETURNING worker, id
        """
    )
    return {row["worker"]: row["id"] for row in rows}


# Who runs jobs.


@contextlib.asynccontextmanager
async def oban_node(world: World, queues: Mapping[str, int] | None = None, **options: Any) -> AsyncIterator[Oban]:
    """A node of Oban for Python, in this process, with its ears open; without queues it only enqueues."""
    pool: AsyncConnectionPool = AsyncConnectionPool(world.database.url, min_size=1, max_size=6, open=False)
    await pool.open()
    await pool.wait()
    options = {
        "shutdown_grace_period": 2.0,
        "pruner": {"max_age": 30 * 86_400},
        "node": f"oban-{uuid.uuid4().hex[:6]}",
        **options,
    }
    try:
        async with Oban(pool=pool, queues=dict(queues or {}), **options) as oban:

            async def listens() -> bool:
                return not oban._notifier._pending_listen

            await eventually(listens, what="the node listens to its channels")
            yield oban
    finally:
        await pool.close()


async def until_leader(world: World, oban: Oban) -> None:
    """The node leads: what a leader that was killed had left of its 30 s is over."""
    if not oban.is_leader:
        await world.execute("DELETE FROM oban_leaders")
        await oban._leader._election()
    assert oban.is_leader


class ObanProcess:
    """A node of Oban for Python as a process of its own, by Oban's own program."""

    def __init__(self, world: World, queue: str) -> None:
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("oban")),
                "start",
                "--dsn",
                world.database.url,
                "--queues",
                f"{queue}:5",
            ],
            env={**os.environ, "PYTHONPATH": str(HERE)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


Handler = Callable[[relay_client.Job], Any]


@contextlib.asynccontextmanager
async def executor(
    address: str, queues: Mapping[str, int], handlers: Mapping[str, Handler]
) -> AsyncIterator[relay_client.Worker]:
    """Our executor: a stream to the gateway, with handlers in this process."""
    worker = relay_client.Worker(address, queues=queues, grace=0.5)
    for name, handler in handlers.items():
        worker.handler(name)(handler)
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(10):
            await worker.ready.wait()
        yield worker
    finally:
        worker.stop()
        await running


@dataclass
class Timings:
    """What was measured, in seconds."""

    what: str
    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        ordered = sorted(self.values)
        return ordered[len(ordered) // 2]

    def __str__(self) -> str:
        shown = (f"{number * 1000:.1f}" for number in (min(self.values), self.median, max(self.values)))
        least, middle, most = shown
        return f"{self.what}: median {middle} ms, from {least} to {most} ms, {len(self.values)} jobs"
