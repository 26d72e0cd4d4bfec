"""The database of a test is as empty as a new one, whatever the test before did with it."""

from typing import Any

from sqlalchemy import Engine, text

from tests.builders.warehouse import Warehouse

TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1
"""


def counted(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        names = list(connection.execute(text(TABLES)).scalars())
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in names
        }


def test_what_a_test_wrote_is_gone_and_numbers_begin_anew(all_databases: Any) -> None:
    with all_databases.own() as own:
        untouched = counted(own)
    with all_databases.lent() as first:
        made = Warehouse.at(first.engine).furnish()
        made.stock(3)
        order = made.order([("K1", 5)])
    with all_databases.lent() as second:
        assert second is first
        assert counted(second.engine) == untouched
        assert Warehouse.at(second.engine).furnish().order([("K1", 5)]) == order


def test_a_database_whose_tables_were_changed_is_not_given_to_another(all_databases: Any) -> None:
    with all_databases.lent() as first, first.engine.begin() as connection:
        connection.execute(text("ALTER TABLE product ADD COLUMN colour text"))
    with all_databases.lent() as second:
        assert second is not first


def test_a_database_to_which_somebody_is_connected_is_not_given_to_another(
    all_databases: Any,
) -> None:
    with all_databases.lent() as first:
        kept = Warehouse.on(first.url)
        connection = kept.engine.connect()
    with all_databases.lent() as second:
        assert second is not first
    connection.invalidate()
    kept.engine.dispose()
