"""The world of a scenario: a database, two gateways with proxies around them, workers, and the load."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import relay_client
from psycopg.rows import dict_row

import processes
from cluster import Cluster, free_port
from load import Load
from processes import Process, Usage
from proxy import Proxy
from shim import Shim

_numbers = itertools.count(1)


@dataclass
class Settings:
    """What differs between scenarios."""

    rate: float = 100
    gateways: int = 2
    workers: int = 4
    worker_limit: int = 16
    clients: int = 6
    # Options of the server.
    postgres: tuple[str, ...] = ()
    # Whether its disk can be made slow or full.
    shim: bool = False
    # Whether there is a standby, and where it stands in the gateways' URL: "first" or "last".
    standby: str = ""
    # Whether the gateways' clocks can be made wrong.
    shifted_clocks: bool = False


@dataclass(eq=False)
class Gateway:
    """A gateway and the proxies around it."""

    process: Process
    port: int
    http: int
    clients: Proxy
    workers: Proxy
    database: Proxy
    # To the standby, if there is one.
    second: Proxy | None = None


@dataclass
class Baseline:
    usage: Usage
    backends: int


class World:
    """Made by `start`; what was broken is mended by `heal`."""

    def __init__(self, cluster: Cluster, settings: Settings, directory: Path, seed: int, seconds: float) -> None:
        self.cluster = cluster
        self.settings = settings
        self.directory = directory
        self.seed = seed
        self.seconds = seconds
        self.database = f"chaos_{next(_numbers)}"
        self.token = ""
        self.canary = f"canary{uuid.uuid4().hex}"
        self.gateways: list[Gateway] = []
        self.workers: list[Process] = []
        self.healing: list[Callable[[], Awaitable[None] | None]] = []
        # Done to the tables once all is at rest, to see that the checker sees it.
        self.tamper: Callable[[], Awaitable[None]] | None = None
        # What a scenario saw itself: violations, and what is worth telling.
        self.violations: list[str] = []
        self.seen: list[str] = []
        self.load: Load
        self.shim: Shim
        self.standby: Cluster | None = None
        self.clocks: list[Shim] = []

    @property
    def notes(self) -> list[Path]:
        return sorted(self.directory.glob("*.notes"))

    async def start(self) -> None:
        self.cluster.execute(f"CREATE DATABASE {self.database}")
        url = self.cluster.url(self.database)
        await asyncio.to_thread(processes.relay, "migrate", database=url)
        tokens = self.directory / "tokens"
        tokens.unlink(missing_ok=True)
        if self.settings.standby:
            self.standby = Cluster()
            await asyncio.to_thread(self.standby.copy_of, self.cluster)
            await asyncio.to_thread(self.standby.start)
        self.token = processes.relay("token", "new", "chaos", f"--token-file={tokens}").strip()
        for number in range(self.settings.gateways):
            await self._add_gateway(number, tokens)
        await asyncio.gather(*(self.ready(gateway) for gateway in self.gateways))
        for number in range(self.settings.workers):
            self._add_worker(number)
        fronts = [f"127.0.0.1:{gateway.clients.port}" for gateway in self.gateways]
        self.load = Load(
            fronts,
            self.token,
            seed=self.seed,
            rate=self.settings.rate,
            clients=self.settings.clients,
            canary=self.canary,
        )

    async def _add_gateway(self, number: int, tokens: Path) -> None:
        seed = self.seed + number
        database = await Proxy.start(("127.0.0.1", self.cluster.port), postgres=True, seed=seed)
        second = None
        url = self.cluster.url(self.database, port=database.port)
        if self.standby is not None:
            second = await Proxy.start(("127.0.0.1", self.standby.port), postgres=True, seed=seed)
            ports = [database.port, second.port]
            if self.settings.standby == "first":
                ports.reverse()
            url = f"postgres://postgres@127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}/{self.database}"
        name = f"g{number + 1}"
        environment = None
        if self.settings.shifted_clocks:
            self.clocks.append(Shim(self.directory, name))
            environment = self.clocks[-1].environment
        port, http = free_port(), free_port()
        process = processes.gateway(
            name,
            port=port,
            http=http,
            database=url,
            tokens=tokens,
            log=self.directory / f"{name}.log",
            environment=environment,
        )
        process.start()
        clients = await Proxy.start(("127.0.0.1", port), seed=seed)
        workers = await Proxy.start(("127.0.0.1", port), seed=seed)
        self.gateways.append(Gateway(process, port, http, clients, workers, database, second))

    def _add_worker(self, number: int) -> None:
        behind = [f"127.0.0.1:{gateway.workers.port}" for gateway in self.gateways]
        first = number % len(behind)
        name = f"w{number + 1}"
        made = processes.worker(
            name,
            address=",".join(behind[first:] + behind[:first]),
            token=self.token,
            limit=self.settings.worker_limit,
            notes=self.directory / f"{name}.notes",
            log=self.directory / f"{name}.log",
        )
        made.start()
        self.workers.append(made)

    async def ready(self, gateway: Gateway, patience: float = 20) -> None:
        """Returns once it welcomes clients."""
        deadline = time.monotonic() + patience
        while True:
            try:
                async with asyncio.timeout(2), self.direct(gateway):
                    return
            except (relay_client.RelayError, TimeoutError):
                if time.monotonic() > deadline or not gateway.process.alive:
                    text = gateway.process.log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"gateway {gateway.process.name} is not ready:\n{text}") from None
                await asyncio.sleep(0.05)

    async def readiness(self, gateway: Gateway) -> int:
        """The status of its readiness probe."""

        def ask() -> int:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{gateway.http}/readyz", timeout=5) as answer:
                    status: int = answer.status
                    return status
            except urllib.error.HTTPError as error:
                return error.code
            except OSError:
                return 0

        return await asyncio.to_thread(ask)

    def adopt_standby(self) -> None:
        """The standby is the primary from now on."""
        assert self.standby is not None
        self.cluster = self.standby

    def direct(self, gateway: Gateway) -> relay_client.Client:
        """A client that no proxy is in the way of."""
        return relay_client.connect(f"127.0.0.1:{gateway.port}", token=self.token)

    async def first_success(self, patience: float = 60) -> float:
        """The seconds until a call through each gateway has been answered by a worker."""
        started = time.monotonic()

        async def probe(gateway: Gateway) -> None:
            while True:
                try:
                    async with asyncio.timeout(2), self.direct(gateway) as client:
                        await client.call("Chaos", {"key": uuid.uuid4().hex}, queue="chaos", timeout=1.5)
                        return
                except (relay_client.RelayError, TimeoutError):
                    await asyncio.sleep(0.05)

        try:
            async with asyncio.timeout(patience):
                await asyncio.gather(*(probe(gateway) for gateway in self.gateways))
        except TimeoutError:
            self.violations.append(f"I9: no successful call within {patience:.0f} s of healing")
        return time.monotonic() - started

    # Looking.

    async def query(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        connection = await psycopg.AsyncConnection.connect(
            self.cluster.url(self.database), autocommit=True, row_factory=dict_row
        )
        async with connection:
            cursor = await connection.execute(sql, parameters)
            return await cursor.fetchall() if cursor.description else []

    async def backends(self, like: str = "%") -> list[dict[str, Any]]:
        """The gateways' connections to Postgres."""
        return await self.query(
            "SELECT pid, application_name FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'relay%%' AND application_name LIKE %s",
            (like,),
        )

    async def baseline(self) -> Baseline:
        total = Usage()
        for gateway in self.gateways:
            total += processes.usage(gateway.process)
        return Baseline(total, len(await self.backends()))

    def executions(self) -> list[dict[str, Any]]:
        """What the workers noted; the last line of one that was killed may be cut."""
        lines: list[dict[str, Any]] = []
        for path in self.notes:
            for line in path.read_text().splitlines():
                try:
                    lines.append(json.loads(line))
                except json.JSONDecodeError:
                    continue
        return sorted(lines, key=lambda line: line["t"])

    # Faults.

    async def terminate(self, like: str = "%") -> int:
        """Ends the gateways' backends whose names are like this."""
        rows = await self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'relay%%' AND application_name LIKE %s",
            (like,),
        )
        return len(rows)

    def proxies(self) -> list[Proxy]:
        four = [(each.clients, each.workers, each.database, each.second) for each in self.gateways]
        return [proxy for proxies in four for proxy in proxies if proxy is not None]

    async def heal(self) -> None:
        for mend in self.healing:
            waiting = mend()
            if waiting is not None:
                await waiting
        self.healing.clear()
        for proxy in self.proxies():
            proxy.heal()
        self.cluster.freeze(False)
        if not self.cluster.alive:
            await asyncio.to_thread(self.cluster.start, again=True)
        for process in [*(each.process for each in self.gateways), *self.workers]:
            process.thaw()
            process.start()

    async def stop(self) -> None:
        for process in self.workers:
            process.kill()
        for gateway in self.gateways:
            took = await asyncio.to_thread(gateway.process.stop, 15)
            if took > 14:
                self.violations.append(f"I10: {gateway.process.name} did not end within its grace")
        for proxy in self.proxies():
            await proxy.stop()

    def kill(self) -> None:
        """Ends everything at once, whatever state it is in."""
        for process in [*self.workers, *(each.process for each in self.gateways)]:
            process.kill()
        if self.standby is not None:
            self.standby.remove()
