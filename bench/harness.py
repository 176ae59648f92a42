"""What every measurement uses: programs that print one JSON object, a gateway of its own, and what processes cost."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / ".build/bench"
RELAY = ROOT / ".build/release/relay"
IN_PROCESS = ROOT / ".build/release/InProcessBench"
REPEATS = int(os.environ.get("BENCH_REPEATS", "3"))

Figures = dict[str, float]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(*command: object) -> Figures:
    words = [str(part) for part in command]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(words)}: {done.stderr.strip()}")
    found: Figures = json.loads(done.stdout)
    return found


def median(key: str, *command: object) -> Figures:
    """The run in the middle by one of its figures, of several."""
    runs = sorted((run(*command) for _ in range(REPEATS)), key=lambda found: found[key])
    return runs[len(runs) // 2]


def sql(text: str) -> str:
    done = subprocess.run(
        ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text, os.environ["DATABASE_URL"]],
        capture_output=True, text=True,
    )
    if done.returncode != 0:
        sys.exit(f"bench: psql: {done.stderr.strip()}")
    return done.stdout.strip()


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def postgres_cpu() -> float:
    """Seconds of CPU that the cluster has used, ended backends included."""
    server = int(os.environ["WITH_POSTGRES_PID"])
    fields = pathlib.Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
    total = sum(int(field) for field in fields[11:15])
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == server:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ValueError("a process without memory")


class Gateway:
    """A gateway with the demo workers, warm, on a port of its own."""

    def __init__(self, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process = subprocess.Popen(
            [RELAY, "serve", "--listen", f"127.0.0.1:{self.port}", "--http", "off", "--queue", "default:512",
             "--log-level", "error", *options]
        )
        self.pid = self.process.pid
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.1)
        self.load("calls", 16, 500)

    def settle(self) -> None:
        """Until it knows that it is the only node: for its first 10 s it tells others that may be there."""
        time.sleep(11)

    def command(self, *arguments: object) -> list[object]:
        return [OUT / "load", "127.0.0.1", self.port, *arguments]

    def load(self, *arguments: object) -> Figures:
        return run(*self.command(*arguments))

    def median(self, key: str, *arguments: object) -> Figures:
        return median(key, *self.command(*arguments))

    @contextlib.contextmanager
    def holding(self, *arguments: object) -> Iterator[None]:
        """While what the load generator has set up is held."""
        words = [str(part) for part in self.command(*arguments)]
        held = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert held.stdin and held.stdout
        if "ready" not in held.stdout.readline():
            sys.exit(f"bench: {' '.join(words)} could not set up")
        yield
        held.stdin.close()
        held.wait(60)


@contextlib.contextmanager
def gateway(*options: str) -> Iterator[Gateway]:
    serving = Gateway(*options)
    try:
        yield serving
    finally:
        serving.process.terminate()
        serving.process.wait(60)
