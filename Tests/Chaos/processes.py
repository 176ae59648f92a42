"""The processes under test: gateways, and the workers that run jobs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
RELAY = os.environ.get("RELAY_BINARY", str(HERE.parents[1] / ".build/debug/relay"))


class Process:
    """A process that is killed, frozen, and started again."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = {**os.environ, **environment}
        self._popen: subprocess.Popen[bytes] | None = None
        # How it ended, whenever nobody had asked for it.
        self.surprises: list[int] = []

    def start(self) -> None:
        if self.alive:
            return
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    @property
    def alive(self) -> bool:
        """Whether it runs; an end that nobody asked for is noted."""
        if self._popen is None:
            return False
        status = self._popen.poll()
        if status is None:
            return True
        self.surprises.append(status)
        self._popen = None
        return False

    @property
    def pid(self) -> int:
        assert self._popen is not None
        return self._popen.pid

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            assert self._popen is not None
            self._popen.send_signal(number)

    def kill(self) -> None:
        """As the kernel ends it: no draining, no goodbye."""
        if not self.alive:
            return
        assert self._popen is not None
        self._popen.kill()
        self._popen.wait()
        self._popen = None

    def stop(self, patience: float) -> float:
        """Asks it to end; the seconds that it took."""
        if not self.alive:
            return 0
        assert self._popen is not None
        started = time.monotonic()
        self._popen.send_signal(signal.SIGCONT)
        self._popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._popen.wait(patience)
            self._popen = None
            if status != 0:
                self.surprises.append(status)
        self.kill()
        return time.monotonic() - started

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)


@dataclass
class Usage:
    """What a process holds."""

    memory: int = 0
    descriptors: int = 0
    threads: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.memory + other.memory, self.descriptors + other.descriptors, self.threads + other.threads)


def usage(process: Process) -> Usage:
    if not process.alive:
        return Usage()
    found = Usage()
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "VmRSS":
                found.memory = int(value.split()[0]) * 1024
            elif name == "Threads":
                found.threads = int(value)
        found.descriptors = len(os.listdir(f"/proc/{process.pid}/fd"))
    return found


def gateway(
    name: str,
    *,
    port: int,
    http: int,
    database: str,
    tokens: Path,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Process:
    """`relay serve`; it draws another session each time that it starts."""
    command = [
        RELAY,
        "serve",
        f"--listen=127.0.0.1:{port}",
        f"--http=127.0.0.1:{http}",
        f"--node={name}",
        f"--token-file={tokens}",
        "--log-level=info",
        "--drain-grace=10s",
    ]
    return Process(name, command, {"RELAY_DATABASE_URL": database, **(environment or {})}, log)


def worker(name: str, *, address: str, token: str, limit: int, notes: Path, log: Path) -> Process:
    command = [
        sys.executable,
        "-B",
        str(HERE / "worker.py"),
        f"--address={address}",
        f"--limit={limit}",
        f"--log={notes}",
    ]
    return Process(name, command, {"CHAOS_TOKEN": token}, log)


def relay(*arguments: str, database: str = "") -> str:
    """Runs the program to its end."""
    environment = {**os.environ, "RELAY_DATABASE_URL": database}
    done = subprocess.run([RELAY, *arguments], env=environment, capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise RuntimeError(f"relay {' '.join(arguments)}: {done.stderr}")
    return done.stdout
