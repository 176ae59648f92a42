"""A private cluster of Postgres that can be stopped, frozen and started again; scripts/with-postgres cannot do that."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def binaries() -> Path:
    """Where the server's programs are: on the PATH, else the newest that Debian or Ubuntu has installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    if not installed:
        raise SystemExit("chaos: no Postgres is installed; run scripts/setup")
    return installed[-1]


def as_owner(command: Sequence[str]) -> list[str]:
    """The command as whoever may run a server: root may not."""
    if os.getuid() == 0:
        return ["setpriv", "--reuid=postgres", f"--regid={os.getgid()}", "--clear-groups", *command]
    return list(command)


class Cluster:
    """One server. A commit is written before it is answered, so that a crash of Postgres loses none; it is not synced
    to the disk, since the machine itself goes on."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(tempfile.mkdtemp(prefix="relay-chaos."))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.directory / "log"
        self._binaries = binaries()
        self._options: list[str] = []
        self._environment: dict[str, str] = {}
        if os.getuid() == 0:
            shutil.chown(self.directory, "postgres")

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def make(self) -> None:
        """initdb."""
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
            "--wal-segsize=1",
        )

    def copy_of(self, primary: Cluster) -> None:
        """A standby of another cluster."""
        address = f"host=127.0.0.1 port={primary.port} user=postgres application_name=standby"
        self._run("pg_basebackup", "-D", str(self.data), "-d", address, "-R", "-X", "stream", "-c", "fast", "-N")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            as_owner([str(self._binaries / program), *arguments]),
            check=True,
            capture_output=True,
            cwd=self.directory,
            timeout=60,
        )

    def start(self, *options: str, environment: dict[str, str] | None = None, again: bool = False) -> None:
        """Starts the server; `again` with the options of before."""
        if not again:
            self._options = list(options)
            self._environment = environment or {}
        base = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "max_connections=200",
            "logging_collector=off",
            "log_min_messages=warning",
            "fsync=off",
            "shared_buffers=64MB",
            "wal_level=replica",
            "min_wal_size=2MB",
            "hot_standby=on",
        ]
        settings = [part for option in [*base, *self._options] for part in ("-c", option)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                as_owner([str(self._binaries / "postgres"), "-D", str(self.data), "-k", str(self.directory)])
                + settings,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self._environment},
                cwd=self.directory,
            )
        deadline = time.monotonic() + 60
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Postgres did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.03)

    def _is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        assert self.process is not None
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() in ("ready", "standby")

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT is "immediate": as a crash of all of its processes."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        self.freeze(False, process)
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def freeze(self, frozen: bool, process: subprocess.Popen[bytes] | None = None) -> None:
        """Stops or continues every process of the server."""
        process = process or self.process
        if process is None:
            return
        for pid in [process.pid, *children(process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database: str = "postgres", *, port: int = 0) -> str:
        return f"postgres://postgres@127.0.0.1:{port or self.port}/{database}"

    def execute(self, sql: str, parameters: Any = None, *, database: str = "postgres") -> list[dict[str, Any]]:
        with psycopg.connect(self.url(database), autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]
