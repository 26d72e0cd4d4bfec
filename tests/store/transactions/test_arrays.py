"""Lists go to PostgreSQL as one text, and come back as they were."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import DataError

from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.transactions.arrays import literal
from tests.builders.warehouse import MERCHANT, Warehouse

LISTS = (
    ("bigint", st.integers(-(2**63), 2**63 - 1)),
    ("text", st.text(st.characters(exclude_characters="\0", codec="utf-8"))),
    ("boolean", st.booleans()),
    ("date", st.dates()),
    ("timestamptz", st.datetimes(timezones=st.just(UTC))),
)


def sent(warehouse: Warehouse, kind: str, values: list[Any]) -> list[Any]:
    ((found,),) = warehouse.store.read(
        MERCHANT, lambda tx: tx.rows(f"SELECT CAST(:values AS {kind}[])", values=values)
    )
    return list(found)


@pytest.mark.parametrize(("kind", "values"), LISTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_list_arrives_as_it_was_sent(warehouse, kind, values, data):
    given_ = data.draw(st.lists(st.none() | values, max_size=5))
    assert sent(warehouse, kind, given_) == given_


def test_words_that_mean_something_to_postgresql_are_texts(warehouse):
    words = ["NULL", "null", "", " ", "{", "}", ",", '"', "\\", 'a\\"b', "'", "\n"]
    assert sent(warehouse, "text", words) == words


def test_statuses_numbers_and_moments_are_written_plainly():
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    mixed = [ShipmentStatus.READY, None, True, 7, Decimal("1.5"), date(2026, 3, 2), moment]
    assert literal(mixed) == ('{"ready",NULL,t,7,1.5,"2026-03-02","2026-03-02T12:00:00+00:00"}')


def test_a_text_that_the_database_can_not_hold_is_refused(warehouse):
    with pytest.raises(DataError):
        literal(["a\0b"])
