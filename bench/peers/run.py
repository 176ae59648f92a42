"""Measures the peers, each by its own server, and prints one JSON object: medians, and who was left out and why.

    DATABASE_URL=postgres://… python3 bench/peers/run.py [--seconds 4] [--repeats 3] [--only gearman,celery,oban]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent.parent / ".build"
# As many as the machine that the figures in docs/performance.md are from has cores.
WORKERS = 2

Figures = dict[str, float]


class LeftOut(Exception):
    """Why a peer cannot be measured here."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(*command: object, **options: object) -> Iterator[None]:
    """While a server or worker runs; it ends with us."""
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options  # type: ignore
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise LeftOut("its server does not start")


def output(*command: object, **options: object) -> Figures:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)  # type: ignore
    if done.returncode != 0:
        raise LeftOut(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed")
    found: Figures = json.loads(done.stdout)
    return found


def median(repeats: int, key: str, *command: object, **options: object) -> Figures:
    runs = sorted((output(*command, **options) for _ in range(repeats)), key=lambda found: found[key])
    return runs[len(runs) // 2]


def gearman(seconds: float, repeats: int, folder: pathlib.Path) -> Figures:
    if not shutil.which("gearmand"):
        raise LeftOut("gearmand is not installed; see bench/peers/install")
    program = folder / "gearman"
    built = subprocess.run(
        ["cc", "-O2", str(HERE / "gearman.c"), "-o", str(program), "-lgearman", "-lpthread"], capture_output=True
    )
    if built.returncode != 0:
        raise LeftOut("libgearman-dev is not installed; see bench/peers/install")
    port = free_port()
    with contextlib.ExitStack() as stack:
        stack.enter_context(started("gearmand", "-p", port, "-L", "127.0.0.1", "-l", "stderr"))
        wait_for(port)
        for _ in range(WORKERS):
            stack.enter_context(started(program, "worker", port))
        sequential = median(repeats, "p50_ms", program, "load", port, 1, seconds)
        pipelined = {n: median(repeats, "per_s", program, "load", port, n, seconds) for n in (64, 256)}
        clients = median(repeats, "per_s", program, "clients", port, 64, seconds)
    return {
        "sequential_p50_ms": sequential["p50_ms"], "sequential_p99_ms": sequential["p99_ms"],
        "calls_per_second_64": pipelined[64]["per_s"], "calls_per_second_256": pipelined[256]["per_s"],
        "calls_per_second_64_clients": clients["per_s"], "generator_cpu_share": pipelined[64]["generator_cpu_share"],
    }


def celery(seconds: float, repeats: int, folder: pathlib.Path) -> Figures:
    python = BUILD / "bench-peers-venv/bin/python"
    if not python.exists() or not shutil.which("redis-server"):
        raise LeftOut("Celery or Redis is not installed; see bench/peers/install")
    port = free_port()
    options = {"cwd": HERE, "env": os.environ | {"CELERY_URL": f"redis://127.0.0.1:{port}/0"}}
    with contextlib.ExitStack() as stack:
        stack.enter_context(started("redis-server", "--port", port, "--save", "", "--appendonly", "no", "--dir", folder))
        wait_for(port)
        stack.enter_context(started(
            python, "-m", "celery", "-A", "celery_echo", "worker", "--concurrency", WORKERS, "--pool", "prefork",
            "--without-gossip", "--without-mingle", "--without-heartbeat", **options,
        ))
        runs = {n: median(repeats, "per_s", python, HERE / "celery_echo.py", n, seconds, **options) for n in (1, 64, 256)}
    return {
        "sequential_p50_ms": runs[1]["p50_ms"], "sequential_p99_ms": runs[1]["p99_ms"],
        "calls_per_second_64": runs[64]["per_s"], "calls_per_second_256": runs[256]["per_s"],
    }


def oban(seconds: float, repeats: int, folder: pathlib.Path) -> Figures:
    python = BUILD / "interop-venv/bin/python"
    if not python.exists():
        raise LeftOut("Oban for Python is not installed; scripts/test-interop does that")
    if "DATABASE_URL" not in os.environ:
        raise LeftOut("it wants a Postgres in DATABASE_URL with the jobs table")
    jobs = max(500, int(seconds * 500))
    return median(repeats, "jobs_per_second", python, HERE / "oban_drain.py", jobs, 50)


PEERS = {peer.__name__: peer for peer in (gearman, celery, oban)}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=4)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--only", default=",".join(PEERS))
    asked = arguments.parse_args()
    found: dict[str, object] = {}
    left_out: dict[str, str] = {}
    for name in asked.only.split(","):
        print(f"  {name}", file=sys.stderr, flush=True)
        try:
            with tempfile.TemporaryDirectory(prefix="relay-peer.") as folder:
                found[name] = PEERS[name](asked.seconds, asked.repeats, pathlib.Path(folder))
        except LeftOut as why:
            left_out[name] = str(why)
    print(json.dumps(found | {"left_out": left_out}))


if __name__ == "__main__":
    main()
