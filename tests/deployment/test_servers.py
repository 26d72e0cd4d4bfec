"""What is run before our own services: the databases, Temporal's schema and namespace."""

import os
import re
import shlex
import subprocess

import psycopg
import pytest

from embedded import postgres_programs
from embedded.postgres import EmbeddedPostgres
from embedded.temporal import EmbeddedTemporal
from fulfillment.store import migrations
from tests.deployment import compose
from tests.deployment.conftest import path_with_temporal, psql

GUIDE = compose.ROOT / "docs" / "deployment.md"
SCRIPTS = compose.ROOT / "deploy" / "temporal"
OWNERS = {"pegboard": "pegboard", "temporal": "temporal", "temporal_visibility": "temporal"}


def connect(cluster: EmbeddedPostgres, role: str, database: str) -> psycopg.Connection:
    password = compose.PASSWORDS[f"POSTGRES_{role.upper()}_PASSWORD"]
    return psycopg.connect(
        host="127.0.0.1", port=cluster.port, user=role, password=password, dbname=database
    )


@pytest.mark.parametrize(("database", "owner"), OWNERS.items())
def test_each_database_is_owned_by_its_product(made_cluster, database, owner):
    with connect(made_cluster, owner, database) as connection:
        connection.execute("CREATE TABLE mine (id int)")
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
        connection.rollback()


@pytest.mark.parametrize(("role", "database"), [("pegboard", "temporal"), ("temporal", "pegboard")])
def test_no_product_opens_the_others_database(made_cluster, role, database):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(made_cluster, role, database)


def test_no_product_is_a_superuser(made_cluster):
    rows = psql(
        made_cluster, "postgres", "--command", "SELECT rolname FROM pg_roles WHERE rolsuper"
    )

    assert rows == "postgres"


def test_a_backup_made_as_the_guide_says_can_be_restored_over_what_came_later(
    made_cluster, tmp_path
):
    url = made_cluster.url_of("pegboard").replace("+psycopg", "")
    migrations.upgrade(made_cluster.url_of("pegboard"))
    (dump, restore) = re.findall(r"^docker compose exec.* (pg_.*)$", GUIDE.read_text(), re.M)
    backup = tmp_path / "pegboard.dump"

    run_tool(dump.replace("pegboard >pegboard.dump", f"--file={backup} {url}"))
    psql(made_cluster, "pegboard", "--command", "DROP TABLE outbox; CREATE TABLE later ()")
    maintenance = made_cluster.url_of("postgres").replace("+psycopg", "")
    words = restore.replace("=postgres --clean", f"={maintenance} --clean")
    run_tool(words.replace("<pegboard.dump", str(backup)))

    assert psql(made_cluster, "pegboard", "--command", "SELECT count(*) FROM outbox") == "0"
    later = "SELECT to_regclass('later') IS NULL"
    assert psql(made_cluster, "pegboard", "--command", later) == "t"


def run_tool(words: str) -> None:
    program, *arguments = shlex.split(words)
    # The superuser's name and password are in the URL.
    arguments = [one for one in arguments if not one.startswith("--username")]
    command = [str(postgres_programs.folder() / program), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.sh")), ids=lambda path: path.name)
def test_every_script_is_run_by_a_service_and_has_no_fault_in_its_grammar(script):
    entrypoints = [one.get("entrypoint") for one in compose.services().values()]

    assert ["/bin/sh", f"/deploy/{script.name}"] in entrypoints
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


def test_the_schema_of_both_databases_is_set_up_once_and_then_updated(tmp_path):
    tool = tmp_path / "temporal-sql-tool"
    tool.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/called\n')
    tool.chmod(0o755)

    path = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run(["/bin/sh", SCRIPTS / "schema.sh"], env={"PATH": path}, check=True)

    schemas = "/etc/temporal/schema/postgresql/v12"
    assert (tmp_path / "called").read_text().splitlines() == [
        "--database temporal setup-schema -v 0.0",
        f"--database temporal update-schema -d {schemas}/temporal/versioned",
        "--database temporal_visibility setup-schema -v 0.0",
        f"--database temporal_visibility update-schema -d {schemas}/visibility/versioned",
    ]


def test_the_namespace_is_made_once(temporal: EmbeddedTemporal):
    environment = {
        "PATH": path_with_temporal(),
        "TEMPORAL_ADDRESS": temporal.address,
        "TEMPORAL_NAMESPACE": "made-by-compose",
    }
    command = ["/bin/sh", str(SCRIPTS / "namespace.sh")]

    first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    second = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert "made-by-compose" in first.stdout
    assert second.stdout == "namespace made-by-compose is there\n"
