"""The histories that the examples of the API make, as the desk tells them: nothing raw is left."""

from collections.abc import Iterator

import pytest

from console.telling.histories import OF_ORDERS, OF_PURCHASES, of_order, of_purchase
from fulfillment.store.reading.views.orders import EventView
from fulfillment.store.transactions.session import Store, connect
from tests.api.test_events_told import MORE, played
from tests.api.test_examples import SCENES, Json, Story, document
from tests.console.reading import faults

pytestmark = pytest.mark.slow

__all__ = ["document"]

ORDERS = "SELECT sequence, kind, facts, actor, reason, at FROM happening"
PURCHASES = """
SELECT sequence, kind, facts, actor, reason, at FROM supply_happening
 WHERE document_kind = 'purchase_order'
"""
OF_OTHERS = frozenset({"parties", "keys", "users", "settings", "mail is set", "stock",
                       "a list is walked", "a webhook is told"})  # fmt: skip
"""Scenes that make no history."""

TOLD = [scene for scene in (*SCENES, *MORE) if scene not in OF_OTHERS]


def events(url: str, sql: str) -> Iterator[EventView]:
    store = Store(connect(url))
    with store.engine.connect() as connection:
        for row in connection.exec_driver_sql(sql):
            yield EventView(**row._mapping)
    store.engine.dispose()


@pytest.mark.parametrize("scene", TOLD)
def test_nothing_raw_is_left_in_what_is_told(new_database, document: Json, scene: str):
    url = new_database()
    played(Story, url, document, {**SCENES, **MORE}[scene])
    orders, purchases = list(events(url, ORDERS)), list(events(url, PURCHASES))

    assert {one.kind for one in orders} <= OF_ORDERS.keys()
    assert {one.kind for one in purchases} <= OF_PURCHASES.keys()
    told = [of_order(one, "EUR") for one in orders] + [of_purchase(one) for one in purchases]
    assert [(one, faults(one)) for one in told if faults(one)] == []
