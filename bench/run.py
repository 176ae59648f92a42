"""Runs the programs of this folder beside the gateway on one cluster and prints ratios. Started by scripts/bench."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
import time

OUT = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parent.parent
RELAY = ROOT / ".build/release/relay"
REPEATS = int(os.environ.get("BENCH_REPEATS", "3"))


def run(*command: str) -> dict[str, float]:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def median(key: str, *command: str) -> dict[str, float]:
    """The run in the middle by one of its figures, of several."""
    runs = sorted((run(*command) for _ in range(REPEATS)), key=lambda found: found[key])
    return runs[len(runs) // 2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


def main() -> None:
    os.environ["RELAY_DATABASE_URL"] = os.environ["DATABASE_URL"]
    subprocess.run([RELAY, "migrate"], check=True, stdout=subprocess.DEVNULL)
    found: dict[str, dict[str, float]] = {}

    print("raw libpq …", flush=True)
    found["raw_sequential"] = median("p50_ms", OUT / "raw", "seq", "300")
    found["raw_8_clients"] = median("jobs_per_s", OUT / "raw", "clients", "8", "1600")
    found["raw_batch_100"] = median("jobs_per_s", OUT / "raw", "batch", "100", "10000")
    found["raw_batch_1000"] = median("jobs_per_s", OUT / "raw", "batch", "1000", "20000")

    port = free_port()
    gateway = subprocess.Popen(
        [RELAY, "serve", "--listen", f"127.0.0.1:{port}", "--http", "off", "--queue", "default:512",
         "--log-level", "error"]
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        load = [OUT / "load", "127.0.0.1", str(port)]
        print("the gateway …", flush=True)
        run(*load, "calls", "16", "500")
        found["sequential"] = median("p50_ms", *load, "calls", "1", "500")
        for in_flight, calls in ((8, 5_000), (64, 30_000), (256, 60_000), (1024, 60_000)):
            before = cpu(gateway.pid), postgres_cpu()
            result = median("per_s", *load, "calls", str(in_flight), str(calls))
            total = calls * REPEATS
            result["gateway_us_per_call"] = (cpu(gateway.pid) - before[0]) / total * 1e6
            result["postgres_us_per_call"] = (postgres_cpu() - before[1]) / total * 1e6
            found[f"calls_{in_flight}"] = result
        found["async_256"] = median("per_s", *load, "async", "256", "60000")
    finally:
        gateway.terminate()
        gateway.wait(30)

    raw, batch = found["raw_sequential"]["p50_ms"], found["raw_batch_100"]
    rows = [
        ("sequential call, p50", f"{found['sequential']['p50_ms']:.2f} ms", f"{raw:.2f} ms raw, one at a time",
         found["sequential"]["p50_ms"] / raw, "≤ 1.15"),
        ("calls/s, 64 in flight", f"{found['calls_64']['per_s']:,.0f}",
         f"{found['raw_8_clients']['jobs_per_s']:,.0f} raw, 8 clients",
         found["calls_64"]["per_s"] / found["raw_8_clients"]["jobs_per_s"], "≥ 10"),
        ("calls/s, 256 in flight", f"{found['calls_256']['per_s']:,.0f}",
         f"{batch['jobs_per_s']:,.0f} raw, batches of 100", found["calls_256"]["per_s"] / batch["jobs_per_s"], "≥ 1.0"),
        ("inserts/s, 256 in flight", f"{found['async_256']['per_s']:,.0f}",
         f"{batch['inserts_per_s']:,.0f} raw, batches of 100", found["async_256"]["per_s"] / batch["inserts_per_s"], "≥ 0.6"),
        ("CPU per call at 256: gateway/Postgres", f"{found['calls_256']['gateway_us_per_call']:.0f} µs",
         f"{found['calls_256']['postgres_us_per_call']:.0f} µs",
         found["calls_256"]["gateway_us_per_call"] / max(found["calls_256"]["postgres_us_per_call"], 1e-9), "≤ 0.7"),
    ]
    print(f"\n{'what':<40} {'relay':>12} {'beside':>34} {'ratio':>7}  aim")
    for name, ours, theirs, ratio, aim in rows:
        print(f"{name:<40} {ours:>12} {theirs:>34} {ratio:>7.2f}  {aim}")
    print()
    for name, values in found.items():
        print(f"{name:<16} " + "  ".join(f"{key} {value:,.2f}" for key, value in values.items()))
    (OUT / "bench.json").write_text(json.dumps(found, indent=2) + "\n")
    print(f"\nwritten to {OUT / 'bench.json'}")


if __name__ == "__main__":
    main()
