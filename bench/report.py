"""Prints what measure.py found as one table of ratios, and draws it: FOLDER/bench.svg."""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Callable

import picture

Found = dict[str, dict[str, float]]


class Line:
    """One ratio: what is ours, what it is beside, and the aim."""

    def __init__(self, what: str, ours: str, theirs: str, ratio: float, aim: float, most: bool, other: str) -> None:
        self.what, self.ours, self.theirs, self.ratio, self.aim, self.most, self.other = (
            what, ours, theirs, ratio, aim, most, other,
        )

    @property
    def holds(self) -> bool:
        return self.ratio <= self.aim if self.most else self.ratio >= self.aim

    @property
    def aimed(self) -> str:
        return f"{'≤' if self.most else '≥'} {self.aim:g}"


def per_second(value: float) -> str:
    return f"{value:,.0f}/s"


def milliseconds(value: float) -> str:
    return f"{value:.2f} ms"


def microseconds(value: float) -> str:
    return f"{value:.0f} µs"


def size(value: float) -> str:
    return f"{value:,.0f} B"


def lines(found: Found) -> list[Line]:
    table: list[Line] = []

    def add(
        what: str, ours: tuple[str, str], theirs: tuple[str, str], other: str, aim: float, show: Callable[[float], str],
        most: bool = False,
    ) -> None:
        """Whatever was not measured in this run is left out."""
        try:
            mine, beside = found[ours[0]][ours[1]], found[theirs[0]][theirs[1]]
        except KeyError:
            return
        if beside:
            table.append(Line(what, show(mine), show(beside), mine / beside, aim, most, other))

    grown = max((name for name in found if name.startswith("finished_") and name[9:].isdigit()),
                key=lambda name: int(name[9:]), default="")
    finished = f"{int(grown[9:]) / 1e6:g} million" if grown else ""
    add("sequential call, p50", ("sequential", "p50_ms"), ("raw_sequential", "p50_ms"), "raw libpq, one at a time", 0.75,
        milliseconds, True)
    add("calls, 64 in flight", ("calls_64", "per_s"), ("peer_gearman", "calls_per_second_64"), "gearmand, one connection", 1,
        per_second)
    add("calls, 64 in flight", ("calls_64", "per_s"), ("peer_gearman", "calls_per_second_64_clients"),
        "gearmand, 64 of its clients", 1, per_second)
    add("calls, 64 in flight", ("calls_64", "per_s"), ("raw_8_clients", "jobs_per_s"), "raw libpq, 8 clients", 10, per_second)
    add("calls, 256 in flight", ("calls_256", "per_s"), ("raw_batch_100", "jobs_per_s"), "raw libpq, batches of 100", 1,
        per_second)
    add("AwaitMany of 10,000", ("many_10000", "per_s"), ("raw_batch_1000", "jobs_per_s"), "raw libpq, batches of 1,000", 0.6,
        per_second)
    add("inserts, 256 in flight", ("async_256", "per_s"), ("raw_batch_100", "inserts_per_s"), "raw libpq, batches of 100",
        0.6, per_second)
    add("calls, 256 in flight", ("calls_256", "per_s"), ("peer_celery", "calls_per_second_256"), "Celery on Redis, 256", 20,
        per_second)
    add("jobs, 256 in flight", ("calls_256", "per_s"), ("peer_oban", "jobs_per_second"), "Oban for Python, drain", 1,
        per_second)
    add("open loop at half the rate, p99", ("open_loop_half", "p99_ms"), ("sequential", "p50_ms"), "sequential p50", 3,
        milliseconds, True)
    add("call beside 200,000 of lower priority", ("call_beside_batch", "p50_ms"), ("sequential", "p50_ms"),
        "sequential p50", 20, milliseconds, True)
    add("CPU of a call at 256, gateway", ("calls_256", "gateway_us_per_call"), ("calls_256", "postgres_us_per_call"),
        "Postgres", 0.7, microseconds, True)
    add(f"calls, 64 in flight, {finished} finished", (grown, "calls_64_per_s"), ("finished_0", "calls_64_per_s"),
        "empty table", 0.9, per_second)
    add(f"calls, 256 in flight, {finished} finished", (grown, "calls_256_per_s"), ("finished_0", "calls_256_per_s"),
        "empty table", 0.9, per_second)
    add("the same with a snapshot held", (f"{grown}_snapshot", "calls_256_per_s"), ("finished_0", "calls_256_per_s"),
        "empty table", 0.9, per_second)
    add("in process, 256 in flight", ("in_process_256", "per_s"), ("calls_256", "per_s"), "through the gateway", 1, per_second)
    for what, name, most_bytes in (("open await", "open_waits", 1024), ("idle connection", "connections", 8192)):
        if name in found:
            each = found[name]["bytes_each"]
            table.append(Line(f"memory of an {what}", size(each), size(most_bytes), each / most_bytes, 1, True, "the aim"))
    return table


def show(title: str, found: Found) -> None:
    print(f"\n{title}\n")
    print(f"{'what':<41} {'relay':>10} {'beside it':>12}  {'':<27} {'ratio':>6}  aim")
    for line in lines(found):
        mark = "" if line.holds else "  missed"
        print(f"{line.what:<41} {line.ours:>10} {line.theirs:>12}  {line.other:<27} {line.ratio:>6.2f}  {line.aimed}{mark}")
    for name, why in found.get("peer_left_out", {}).items():
        print(f"left out: {name}: {why}")


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    found: Found = json.loads((folder / "bench.json").read_text())
    for name, values in found.items():
        print(f"{name:<20} " + "  ".join(f"{key} {value:,.2f}" if isinstance(value, (int, float)) else f"{key}: {value}"
                                         for key, value in values.items()))
    show("data in RAM, a commit's fdatasync takes a fixed time", found)
    if (folder / "disk.json").exists():
        show("the same on this disk", json.loads((folder / "disk.json").read_text()))
    (folder / "bench.svg").write_text(picture.draw(found, lines(found)))
    print(f"\nwritten to {folder}/bench.json and {folder}/bench.svg")


if __name__ == "__main__":
    main()
