"""The worlds that the tests run in: each maker's schema, with a gateway on it for as long as the suite takes."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
import relay_client

import oban_workers
from support import ADMIN, SCHEMAS, Database, Gateway, Timings, World, insert_aged, new_database

_measured: list[Timings] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not ADMIN:
        raise pytest.UsageError("DATABASE_URL names no cluster; run scripts/test-interop")
    items.sort(key=lambda item: item.get_closest_marker("late") is not None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "world" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("worlds")
        metafunc.parametrize("world", marker.args if marker else tuple(SCHEMAS), indirect=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for timings in _measured:
        terminalreporter.write_line(f"measured: {timings}")


@pytest.fixture(scope="session")
def worlds() -> Iterator[Callable[[str], World]]:
    made: dict[str, World] = {}

    def world(schema: str) -> World:
        if schema not in made:
            database = new_database()
            SCHEMAS[schema](database)
            aged = insert_aged(database)
            found = World(schema, database, Gateway(database, queues={"demo": 4}), aged)
            with relay_client.connect_sync(found.address) as relay:
                found.marathon = relay.async_("Sleep", {"ms": 600_000}, queue="demo")
            made[schema] = found
        return made[schema]

    yield world
    for each in made.values():
        each.gateway.stop()


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Callable[[str], World]) -> World:
    found = worlds(request.param)
    assert found.gateway.process.poll() is None, f"the gateway has ended:\n{found.gateway.log()}"
    return found


@pytest_asyncio.fixture
async def relay(world: World) -> AsyncIterator[relay_client.Client]:
    async with relay_client.connect(world.address) as client:
        yield client


@pytest.fixture
def queue() -> str:
    """A queue of the test's own."""
    return f"q_{uuid.uuid4().hex[:8]}"


@pytest.fixture
def database() -> Database:
    """An empty database of the test's own."""
    return new_database()


@pytest.fixture
def hook() -> Iterator[Callable[[oban_workers.Hook], dict[str, str]]]:
    """Tells the worker `Hooked` what to do; answers the args that it takes."""
    names: list[str] = []

    def register(function: oban_workers.Hook) -> dict[str, str]:
        name = uuid.uuid4().hex
        oban_workers.hooks[name] = function
        names.append(name)
        return {"hook": name}

    yield register
    for name in names:
        del oban_workers.hooks[name]


@pytest.fixture
def timings() -> Callable[[str], Timings]:
    """Something that is measured, which the summary then shows."""

    def measure(what: str) -> Timings:
        _measured.append(Timings(what))
        return _measured[-1]

    return measure
