"""What a scenario is, and how one is run."""

from __future__ import annotations

import asyncio
import shutil
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from checker import Checker, Report, quiescent, resolve
from cluster import Cluster
from shim import Shim
from world import Settings, World

Inject = Callable[[World], Awaitable[None]]

SCENARIOS: dict[str, Scenario] = {}


@dataclass(frozen=True)
class Scenario:
    """A fault, and what is expected of the system under it, on top of the invariants."""

    name: str
    injects: str
    expected: str
    inject: Inject
    settings: Settings = field(default_factory=Settings)
    # Whether it belongs to the part that CI runs.
    ci: bool = True
    # How long its load runs under the fault unless the command line says otherwise.
    seconds: float = 10
    # The most seconds from healing to the first success.
    recovery: float = 5
    # Without a fault that explains it nothing runs twice.
    may_repeat: bool = True
    # The invariants that the checker must find broken, where a scenario breaks them itself.
    must_find: tuple[str, ...] = ()
    # Why it fails, where that is known.
    known: str = ""
    # Says why it cannot run here, if so.
    unable: Callable[[], str] = lambda: ""


def scenario(name: str, injects: str, expected: str, **options: object) -> Callable[[Inject], Inject]:
    """Registers a function as a scenario."""

    def register(inject: Inject) -> Inject:
        SCENARIOS[name] = Scenario(name, injects, expected, inject, **options)  # type: ignore[arg-type]
        return inject

    return register


async def run(one: Scenario, cluster: Cluster, root: Path, seed: int, seconds: float | None) -> Report:
    """Runs a scenario in a world of its own, and says what was seen."""
    directory = root / one.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    report = Report()
    world = World(cluster, one.settings, directory, seed, seconds or one.seconds)
    if one.settings.shim:
        world.shim = Shim(cluster.directory, "disk")
    try:
        async with asyncio.timeout(300):
            await _run(one, world, report)
    except Exception as error:
        (directory / "error").write_text(traceback.format_exc())
        report.violations.append(f"the run broke off: {type(error).__name__}: {error}")
        report.violations += world.violations
    finally:
        cluster.freeze(False)
        world.kill()
        for proxy in world.proxies():
            await proxy.stop()
    return report


async def _run(one: Scenario, world: World, report: Report) -> None:
    await world.start()
    await world.first_success()
    load = world.load
    load.start()
    await asyncio.sleep(1.5)
    before = await world.baseline()

    await one.inject(world)

    await world.heal()
    report.recovery = await world.first_success()
    if report.recovery > one.recovery:
        report.violations.append(f"I9: the first success came {report.recovery:.1f} s after healing")
    await asyncio.sleep(1.5)
    stuck = await load.stop()
    if stuck:
        report.violations.append(f"I5: {stuck} operations never ended")
    if await quiescent(world) is None:
        report.violations.append("I9: jobs are still open 60 s after healing")
    report.recovered = await resolve(world, load.journal)
    if world.tamper is not None:
        await world.tamper()
    await Checker(world, report).run(before)
    if report.extra and not one.may_repeat:
        report.violations.append(f"I7: {report.extra} executions that no fault explains")
    if one.must_find:
        missed = [each for each in one.must_find if not any(each in text for text in report.violations)]
        report.seen.append(f"found: {', '.join(text.partition(':')[0] for text in report.violations)}")
        report.violations = [f"the checker does not see: {each}" for each in missed]
    load.journal.save(world.directory / "journal")
    await load.close()
    await world.stop()
    report.violations += [text for text in world.violations if text not in report.violations]


@dataclass
class Watch:
    """How long something took."""

    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started
