"""Measures this engine beside the floor and its peers on one cluster, and writes what it found as JSON.

    scripts/with-postgres python3 bench/measure.py FILE [PART…]

Started by scripts/bench. Without parts it does all of them.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time

from harness import (
    IN_PROCESS, OUT, RELAY, REPEATS, Figures, cpu, gateway, median, postgres_cpu, resident_bytes, run, say, sql,
)

FINISHED = [int(count) for count in os.environ.get("BENCH_FINISHED", "1000000,5000000").split(",") if count]
WAITS, CONNECTIONS = 100_000, 10_000
BACKLOG = 200_000


def floor(found: dict[str, Figures]) -> None:
    found["raw_sequential"] = median("p50_ms", OUT / "raw", "seq", 300)
    found["raw_8_clients"] = median("jobs_per_s", OUT / "raw", "clients", 8, 1600)
    found["raw_batch_100"] = median("jobs_per_s", OUT / "raw", "batch", 100, 10000)
    found["raw_batch_1000"] = median("jobs_per_s", OUT / "raw", "batch", 1000, 20000)


def calls(found: dict[str, Figures]) -> None:
    with gateway() as serving:
        serving.settle()
        found["sequential"] = serving.median("p50_ms", "calls", 1, 500)
        for in_flight, total in ((8, 5_000), (64, 30_000), (256, 60_000), (1024, 60_000)):
            before = cpu(serving.pid), postgres_cpu()
            result = serving.median("per_s", "calls", in_flight, total)
            made = total * REPEATS
            result["gateway_us_per_call"] = (cpu(serving.pid) - before[0]) / made * 1e6
            result["postgres_us_per_call"] = (postgres_cpu() - before[1]) / made * 1e6
            found[f"calls_{in_flight}"] = result
        found["async_256"] = serving.median("per_s", "async", 256, 60000)
        half = int(max(found[f"calls_{in_flight}"]["per_s"] for in_flight in (64, 256, 1024)) / 2)
        found["open_loop_half"] = serving.median("p99_ms", "open", half, half * 5) | {"rate": half}


def many(found: dict[str, Figures]) -> None:
    with gateway() as serving:
        found["many_10000"] = serving.median("per_s", "many", 10_000, 1_000)
        found["many_100000"] = serving.median("per_s", "many", 100_000, 10_000)


def priority(found: dict[str, Figures]) -> None:
    """A caller in a hurry beside a batch of lower priority."""
    with gateway() as serving:
        found["flood"] = serving.load("flood", BACKLOG)
        backlog = "SELECT count(*) FROM public.oban_jobs WHERE state = 'available' AND queue = 'default'"
        before = int(sql(backlog))
        found["call_beside_batch"] = serving.load("calls", 1, 40)
        found["call_beside_batch"] |= {"backlog_before": before, "backlog_after": int(sql(backlog))}


def waiting(found: dict[str, Figures]) -> None:
    with gateway() as serving:
        before = resident_bytes(serving.pid)
        with serving.holding("waits", WAITS, 16):
            held = resident_bytes(serving.pid) - before
            began, used = time.monotonic(), cpu(serving.pid)
            time.sleep(5)
            share = (cpu(serving.pid) - used) / (time.monotonic() - began)
            beside = serving.load("calls", 1, 200)
            found["open_waits"] = {
                "waits": WAITS, "bytes_each": held / WAITS, "idle_cpu_share": share, "call_p50_ms": beside["p50_ms"],
            }
    with gateway() as serving:
        before = resident_bytes(serving.pid)
        with serving.holding("idle", CONNECTIONS):
            held = resident_bytes(serving.pid) - before
            began, used = time.monotonic(), cpu(serving.pid)
            time.sleep(5)
            share = (cpu(serving.pid) - used) / (time.monotonic() - began)
            found["connections"] = {
                "connections": CONNECTIONS, "bytes_each": held / CONNECTIONS, "idle_cpu_share": share,
            }
    with gateway() as serving:
        used = cpu(serving.pid)
        time.sleep(5)
        found["idle"] = {"cpu_share": (cpu(serving.pid) - used) / 5}


def large(found: dict[str, Figures]) -> None:
    """Results of 1 MB that don't compress, by an executor in the gateway."""
    size = 1 << 20
    with gateway("--result-limit", str(2 * size)) as serving:
        before = resident_bytes(serving.pid)
        result = serving.median("per_s", "calls", 8, 200, "Big", f'{{"bytes":{size}}}')
        result["mb_per_s"] = result["per_s"] * size / 1e6
        result["resident_growth_mb"] = (resident_bytes(serving.pid) - before) / 1e6
        found["large_results"] = result


def in_process(found: dict[str, Figures]) -> None:
    for in_flight, total in ((1, 500), (64, 30_000), (256, 60_000)):
        found[f"in_process_{in_flight}"] = median("per_s", IN_PROCESS, in_flight, total)


def growth(found: dict[str, Figures]) -> None:
    """The same load with ever more finished jobs in the table, and with a snapshot held elsewhere."""
    sql("TRUNCATE public.oban_jobs")
    have = 0
    for count in [0, *FINISHED]:
        if count > have:
            say(f"  {count:,} finished jobs")
            sql(
                "INSERT INTO public.oban_jobs (state, queue, worker, args, meta, attempt, attempted_at, completed_at,"
                " inserted_at, scheduled_at) SELECT 'completed', 'default', 'Echo', '{\"id\":1}',"
                " '{\"relay\":\"x\",\"recorded\":true,\"return\":\"g3QAAAABbQAAAAJpZGEB\"}', 1, t, t, t, t"
                f" FROM generate_series({have + 1}, {count}) n,"
                " LATERAL (SELECT timezone('UTC', now()) - interval '1 minute' + n * interval '1 us' AS t) times"
            )
            sql("VACUUM (ANALYZE) public.oban_jobs")
            sql("CHECKPOINT")
            have = count
        found[f"finished_{count}"] = grown()
    holding = subprocess.Popen(
        ["psql", "-X", "-q", os.environ["DATABASE_URL"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holding.stdin and holding.stdout
    holding.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;\n")
    holding.stdin.flush()
    holding.stdout.readline()
    found[f"finished_{have}_snapshot"] = grown()
    holding.stdin.close()
    holding.wait(60)


def grown() -> Figures:
    with gateway() as serving:
        serving.settle()
        return {
            "sequential_p50_ms": serving.median("p50_ms", "calls", 1, 300)["p50_ms"],
            "calls_64_per_s": serving.median("per_s", "calls", 64, 20_000)["per_s"],
            "calls_256_per_s": serving.median("per_s", "calls", 256, 40_000)["per_s"],
        }


def peers(found: dict[str, Figures]) -> None:
    done = subprocess.run(
        [sys.executable, pathlib.Path(__file__).parent / "peers/run.py", "--repeats", str(REPEATS)],
        stdout=subprocess.PIPE, text=True,
    )
    if done.returncode != 0:
        sys.exit("bench: the peers could not be measured")
    for name, figures in json.loads(done.stdout).items():
        if figures:
            found[f"peer_{name}"] = figures


PARTS = {part.__name__: part for part in (floor, calls, many, priority, waiting, large, in_process, growth, peers)}


def main() -> None:
    file, *parts = sys.argv[1:]
    os.environ["RELAY_DATABASE_URL"] = os.environ["DATABASE_URL"]
    subprocess.run([RELAY, "migrate"], check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Figures] = {}
    for name in parts or PARTS:
        say(f"{name.replace('_', ' ')} …")
        PARTS[name](found)
        sql("TRUNCATE public.oban_jobs")
        pathlib.Path(file).write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
