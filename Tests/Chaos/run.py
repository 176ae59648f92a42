"""Runs scenarios, one after the other, and prints what was seen; see scripts/chaos."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faults_database
import faults_network
import faults_process
import faults_storage
import scenario as scenarios
from checker import Report
from cluster import Cluster
from scenario import SCENARIOS, Scenario
from shim import Shim

assert faults_database and faults_network and faults_process and faults_storage


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description="Breaks things, and checks what must hold.")
    parser.add_argument("scenario", nargs="*", help="F1, N2, …; all unless named")
    parser.add_argument("--seconds", type=float, help="how long the load runs under each fault")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(31))
    parser.add_argument("--ci", action="store_true", help="the part that takes less than ten minutes")
    parser.add_argument("--list", action="store_true", help="only show what there is")
    parser.add_argument("--table", action="store_true", help="only print what was seen last as a table in Markdown")
    parser.add_argument("--out", type=Path, default=Path(".build/chaos"), help="where the logs go")
    options = parser.parse_args()
    unknown = [name for name in options.scenario if name not in SCENARIOS]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; --list shows what there is")
    chosen = [SCENARIOS[name] for name in options.scenario] or sorted(SCENARIOS.values(), key=_order)
    if options.ci:
        chosen = [each for each in chosen if each.ci]
    if options.list:
        for each in chosen:
            print(f"{each.name:4} {each.injects}")
        return
    if options.table:
        print_table(chosen, json.loads((options.out / "results.json").read_text()))
        return
    logging.disable(logging.WARNING)
    # So that Postgres and the gateways go too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(_run_all(chosen, options.out.resolve(), options.seed, options.seconds or (8 if options.ci else None)))


def _order(each: Scenario) -> tuple[str, int]:
    return each.name[0], int(each.name[1:])


def _run_all(chosen: list[Scenario], out: Path, seed: int, seconds: float | None) -> int:
    print(f"seed {seed}; logs in {out}")
    failed: list[str] = []
    started = time.monotonic()
    results = out / "results.json"
    out.mkdir(parents=True, exist_ok=True)
    seen: dict[str, object] = json.loads(results.read_text()) if results.exists() else {}
    server = Server()
    try:
        for each in chosen:
            why = each.unable()
            if why:
                print(f"{each.name:4} not run: {why}")
                continue
            begun = time.monotonic()
            report = asyncio.run(scenarios.run(each, server.cluster_for(each), out, seed, seconds))
            took = time.monotonic() - begun
            verdict = _verdict(each, report)
            print(f"{each.name:4} {verdict:13} {took:4.0f} s  {summary(report)}", flush=True)
            for violation in report.violations:
                print(f"       {violation}", flush=True)
            if verdict == "known failure":
                print(f"       known: {each.known}", flush=True)
            if verdict == "FAILED":
                failed.append(each.name)
            seen[each.name] = {"verdict": verdict, "seed": seed, "seconds": took, **asdict(report)}
            results.write_text(json.dumps(seen, indent=1))
    finally:
        server.remove()
    print(f"{len(chosen)} scenarios in {time.monotonic() - started:.0f} s; failed: {', '.join(failed) or 'none'}")
    if failed:
        print(f"again: scripts/chaos {' '.join(failed)} --seed {seed}")
    return 1 if failed else 0


class Server:
    """The cluster, made anew where a scenario left it useless, started again where it wants other options."""

    def __init__(self) -> None:
        self._cluster: Cluster | None = None
        self._settings: tuple[object, ...] = ()

    def cluster_for(self, one: Scenario) -> Cluster:
        wanted = (one.settings.postgres, one.settings.shim, one.settings.standby)
        cluster = self._cluster
        if cluster is not None and self._settings == wanted and not one.settings.standby and cluster.alive:
            return cluster
        if cluster is None or one.settings.standby or self._settings[-1]:
            self.remove()
            cluster = self._cluster = Cluster()
            cluster.make()
        cluster.stop()
        environment = Shim(cluster.directory, "disk").environment if one.settings.shim else {}
        cluster.start(*one.settings.postgres, environment=environment)
        self._settings = wanted
        return cluster

    def remove(self) -> None:
        if self._cluster is not None:
            self._cluster.remove()


def _verdict(each: Scenario, report: Report) -> str:
    if not report.violations:
        return "passed"
    return "known failure" if each.known else "FAILED"


def summary(report: Report) -> str:
    """One line of numbers."""
    parts = [
        f"{report.sent} jobs ({report.acked} acked, {report.unknown} unknown of which {report.recovered} there)",
        f"{report.extra} of {report.executions} executions extra",
        f"{report.fenced} fenced",
        f"first success {report.recovery:.2f} s after healing",
        *report.seen,
    ]
    if report.late:
        parts.append(f"{report.late} answers over 1 s late")
    if report.timeouts:
        parts.append(f"{report.timeouts} waits timed out")
    if report.errors:
        parts.append(", ".join(f"{count}x {name}" for name, count in sorted(report.errors.items())))
    return "; ".join(parts)


def print_table(chosen: list[Scenario], results: dict[str, dict[str, Any]]) -> None:
    """What is injected, expected and seen, for docs/reliability.md."""
    print("| | injected | expected, beside the invariants | seen |\n|---|---|---|---|")
    for each in chosen:
        found = results.get(each.name)
        if found is None:
            continue
        report = Report(**{name: found[name] for name in Report.__dataclass_fields__})
        jobs = f"{report.sent:,} jobs" + (f", {report.unknown} of them unknown" if report.unknown else "")
        parts = [jobs if report.sent else "", f"{report.extra} run twice" if report.extra else "", *report.seen]
        if not each.must_find:
            parts.append(f"recovered in {report.recovery:.2f} s")
        if report.timeouts:
            parts.append(f"{report.timeouts} waits timed out")
        if report.errors:
            parts.append(", ".join(f"{count} {name}" for name, count in sorted(report.errors.items())))
        verdict = f"**known failure**: {each.known}. " if report.violations else ""
        seen = "; ".join(part for part in parts if part).replace("|", "/")
        print(f"| {each.name} | {each.injects} | {each.expected} | {verdict}{seen} |")


if __name__ == "__main__":
    main()
