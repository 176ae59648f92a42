"""A database of somebody else's Oban stays as it is."""

from __future__ import annotations

import pytest
import relay_client

from support import SCHEMAS, Database, gateway, install_elixir_schema, relay_program

OURS = {
    "relay_keys",
    "relay_keys_pkey",
    "relay_keys_inserted_at_index",
    "relay_outcomes",
    "relay_outcomes_pkey",
    "relay_outcomes_at_index",
    "relay_async",
    "relay_observe",
    "relay_observe_update",
    "relay_observe_delete",
}
FOREIGN = ["python", "elixir+python", "elixir"]


def install(database: Database, schema: str) -> None:
    if schema == "elixir":
        install_elixir_schema(database)
    else:
        SCHEMAS[schema](database)


@pytest.mark.parametrize("schema", FOREIGN)
async def test_serving_a_schema_of_obans_makes_and_changes_nothing(database: Database, schema: str) -> None:
    install(database, schema)
    before = database.catalogue()
    with gateway(database, queues={"default": 4}) as serving:
        async with relay_client.connect(serving.address) as relay:
            assert await relay.call("Echo", {"n": 1}) == {"n": 1}
            with pytest.raises(relay_client.JobError):
                await relay.call("Fail", {"message": "boom"})
            assert await relay.cancel(await relay.async_("Echo", queue="nobody"))
    assert database.catalogue() == before


@pytest.mark.parametrize("schema", FOREIGN)
def test_migrate_leaves_a_schema_of_obans_as_it_is_and_says_so(database: Database, schema: str) -> None:
    install(database, schema)
    before = database.catalogue()
    said = relay_program("migrate", database=database.url).stdout
    assert "left as it is" in said
    assert "nothing to do" in relay_program("migrate", "--check", database=database.url).stdout
    assert database.catalogue() == before


@pytest.mark.parametrize("schema", FOREIGN)
def test_what_migrate_adds_on_request_is_ours_by_name(database: Database, schema: str) -> None:
    install(database, schema)
    before = database.catalogue()
    relay_program("migrate", "--keys", "--observe", database=database.url)
    after = database.catalogue()
    assert before <= after
    added = {entry[1] for entry in after - before if entry[0].startswith(("relation", "function", "trigger"))}
    # A table has a second one for its long values.
    assert {name for name in added if not name.startswith("pg_toast")} == OURS
    relay_program("migrate", "--keys", "--observe", database=database.url)
    assert database.catalogue() == after


def test_obans_installer_finds_nothing_to_mend_in_our_schema(database: Database) -> None:
    """So that nodes of Oban for Python may join, whoever runs their installer."""
    SCHEMAS["relay"](database)
    before = database.catalogue()
    SCHEMAS["python"](database)
    added = {entry[:3] for entry in database.catalogue() - before}
    assert {kind for kind, _, _ in added} <= {"relation i", "relation r", "function"}
    assert not [entry for entry in before if entry[0] == "column" and entry not in database.catalogue()]
    assert "up to date" in relay_program("migrate", database=database.url).stdout


def test_a_schema_that_is_too_old_is_named_with_what_it_lacks(database: Database) -> None:
    install_elixir_schema(database)
    database.execute("ALTER TABLE oban_jobs DROP COLUMN meta, DROP COLUMN cancelled_at")
    refused = relay_program("serve", "--listen=127.0.0.1:0", "--http=off", database=database.url, check=False)
    assert refused.returncode != 0
    lines = [line for line in refused.stderr.splitlines() if "cancelled_at" in line]
    assert len(lines) == 1 and "meta" in lines[0] and "migrations" in lines[0]
