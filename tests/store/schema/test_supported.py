"""A program that is older than the tables works on with them, and knows when it can not."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, pool

from fulfillment.store import migrations
from fulfillment.store.reading.health import UnfitDatabaseError, check_database
from fulfillment.store.transactions.session import Store, connect

VERSIONS = sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
NEWER = "9999"

TAKES_AWAY = {"drop_column", "drop_table", "rename_table"}
ASKS_FOR_MORE = {"add_column", "alter_column"}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(connect(database_url, poolclass=pool.NullPool))
    yield made
    made.engine.dispose()


def newest() -> str:
    head = migrations.scripts().get_current_head()
    assert head is not None
    return head


def is_ready(store: Store) -> bool:
    try:
        check_database(store.engine)
    except UnfitDatabaseError as error:
        return error.is_away
    return True


def migrate_to_newer(store: Store, supported: list[str]) -> None:
    """As the next version's `migrate` leaves it."""
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = %s", (NEWER,))
        connection.exec_driver_sql("DELETE FROM supported_revision")
        for revision in (*supported, NEWER):
            connection.exec_driver_sql("INSERT INTO supported_revision VALUES (%s)", (revision,))


def test_tables_tell_every_version_that_they_support(store: Store) -> None:
    rows = store.read("*", lambda tx: tx.rows("SELECT revision FROM supported_revision"))
    assert {row.revision for row in rows} == set(migrations.supported(newest()))
    assert is_ready(store)


def test_program_is_ready_and_migrates_nothing_when_newer_tables_support_it(
    store: Store, database_url: str
) -> None:
    migrate_to_newer(store, [newest()])
    assert is_ready(store)
    migrations.upgrade(database_url)
    assert is_ready(store)


def test_program_is_not_ready_when_newer_tables_do_not_support_it(
    store: Store, database_url: str
) -> None:
    migrate_to_newer(store, [])
    assert not is_ready(store)
    with pytest.raises(CommandError):
        migrations.upgrade(database_url)


def test_program_is_not_ready_before_its_own_migration(store: Store, database_url: str) -> None:
    migrations.downgrade(database_url, "-1")
    assert not is_ready(store)
    migrations.upgrade(database_url)
    assert is_ready(store)


def test_program_is_not_ready_when_nothing_was_migrated(new_database: Callable[[], str]) -> None:
    url = new_database()
    migrations.downgrade(url, "base")
    engine = create_engine(url, poolclass=pool.NullPool)
    assert not is_ready(Store(engine))
    engine.dispose()


def test_support_ends_at_a_migration_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(revision: str, **says: bool) -> SimpleNamespace:
        return SimpleNamespace(revision=revision, module=SimpleNamespace(**says))

    found = [script("4"), script("3", breaks_older=True), script("2"), script("1")]
    walked = SimpleNamespace(walk_revisions=lambda *_: found)
    monkeypatch.setattr(migrations, "scripts", lambda: walked)
    assert migrations.supported("4") == ["4", "3"]


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_that_takes_away_says_whether_it_breaks_older_programs(path: Path) -> None:
    tree = ast.parse(path.read_text())
    says = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    (upgrade,) = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    ]
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call)]
    breaking = [call.lineno for call in calls if takes_away(call) or asks_for_more(call)]
    assert breaking == [] or "breaks_older" in says, f"lines {breaking} need a word on older ones"


def takes_away(call: ast.Call) -> bool:
    """Whether it may take away something that the version before still uses."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in TAKES_AWAY


def asks_for_more(call: ast.Call) -> bool:
    """Whether it wants a column filled that the version before does not fill, nor the database."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in ASKS_FOR_MORE):
        return False
    columns = [argument for argument in call.args if isinstance(argument, ast.Call)]
    given = {keyword.arg: keyword.value for at in (call, *columns) for keyword in at.keywords}
    wanted = given.get("nullable")
    is_wanted = isinstance(wanted, ast.Constant) and wanted.value is False
    return is_wanted and "server_default" not in given
