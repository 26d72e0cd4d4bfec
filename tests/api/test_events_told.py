"""What is told of the whole story of the examples: every type, as documented, and no free text.

Every text that a client may write is planted with words that may be told nobody; so is the name of
the key. What comes out of the feed is looked through for them.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from fulfillment.domain.insight.public_events import EventType
from fulfillment.sealing import new_key
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role, create_key
from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from starter.models.events import FACTS
from tests.api.test_examples import (
    NOW,
    ORDER,
    ORDERS,
    SCENES,
    SHORT_BY_FOUR,
    Json,
    P,
    Step,
    Story,
    begin,
    document,
    given,
    named,
    planned,
    stock,
)
from tests.api.world import ACME, SECRET, World, assert_holds_no_customer_data, serving
from tests.builders.feed import tell

pytestmark = pytest.mark.slow

__all__ = ["document"]

IDENTIFIERS = frozenset(
    {
        "barcodes", "container", "country", "country_of_origin", "currency", "customs_code",
        "cutoff", "destination", "document", "holidays", "location", "logo", "merchants", "number",
        "order", "pack", "parts", "prefix", "receipt", "return", "shipping_method", "sku", "skus",
        "source", "supply", "time_zone",
    }
)  # fmt: skip
"""Names of things: they are told, and customers are not called by them."""

ADDRESSES = frozenset({"bounced", "reply_to", "sender_address", "url"})
"""Of machines and of the merchant's own mail, which nothing but an address can be."""


DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Planted(Story):
    """The story with words that may be told nobody in every text that it sends."""

    planted = 0

    def example(self, operation: Json) -> Any:
        """The example, with each text that may be anything written otherwise."""
        body = copy.deepcopy(super().example(operation))
        if body is None:
            return None
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        pointed = json.dumps({"$ref": f"#/components/schemas/{named(schema)[0]}"})
        checks = Draft202012Validator(
            json.loads(pointed.replace("#/components", "urn:api#/components")),
            registry=self.registry,
        )
        for holder, key in list(texts(body)):
            was, holder[key] = holder[key], SECRET
            if checks.is_valid(body):
                type(self).planted += 1
            else:
                holder[key] = was
        return body


def texts(part: Any) -> Iterator[tuple[Any, Any]]:
    """Where texts stand that are no names of things."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in list(pairs):
        if key in IDENTIFIERS | ADDRESSES:
            continue
        if isinstance(value, dict | list):
            yield from texts(value)
        elif isinstance(value, str) and not DAY.match(value):
            yield part, key


def overdue(story: Story) -> None:
    later = Store(story.world.store.engine, clock=lambda: NOW + timedelta(days=90))
    (row,) = later.read(ACME, lambda tx: tx.rows("SELECT id FROM purchase_order"))
    declare_overdue(later, ACME, row.id)


ON_ITS_WAY = ("ready", "picking", "picked", "packed")


def of_part(verb: str, **body: Any) -> Step:
    """A step of the shipment that can go, beside the one that waits."""

    def step(story: Story) -> None:
        asked = {"status": list(ON_ITS_WAY)}
        (mine,) = story.merchants.get("/v1/shipments", params=asked).json()["items"]
        answer = story.merchants.post(f"/v1/shipments/{mine['id']}/{verb}", json=body or None)
        assert answer.is_success, answer.text

    return step


LABELLED = [{"number": 1, "carrier": "EP", "service": "parcel", "tracking": "EP123456789AT"}]
RED = (*SHORT_BY_FOUR, given("POST /v1/purchase-orders", status="approved"))

MORE: Mapping[str, Sequence[Step]] = {
    "a part leaves": (
        stock(20), given(ORDER, policy={}), planned(), of_part("start-picking"), of_part("pick"),
        of_part("pack", packages=[{"lines": [{"order_line": 1, "units": 20}]}]),
        of_part("ship", packages=LABELLED),
    ),
    "an order is cancelled": (*SHORT_BY_FOUR, given(f"POST {ORDERS}/cancel", lines=None)),
    "supply is late": (*RED, overdue),
    "supply is closed": (*RED, given(f"POST {P}/status", status="closed")),
    "stock is lost": (stock(24), "POST /v1/orders", planned(), stock(-20)),
}  # fmt: skip


Make = Callable[[], str]


@pytest.fixture(scope="module")
def told(new_database: Make, document: Json) -> Callable[[str], list[Json]]:
    """The events of a scene, which is played once."""

    @cache
    def of_scene(scene: str) -> list[Json]:
        kind, steps = (Story, MORE[scene]) if scene in MORE else (Planted, SCENES[scene])
        return played(kind, new_database(), document, steps)

    return of_scene


def played(kind: type[Story], url: str, document: Json, steps: Sequence[Step]) -> list[Json]:
    """What one scene has told, on a database of its own."""
    store = Store(connect(url), clock=lambda: NOW)
    found = Settings(secret_keys=SecretStr(new_key()))
    with serving(build_app(store, None, found)) as address:
        world = World(store, address)
        try:
            return acted(kind(world, document), steps)
        finally:
            for client in world.clients:
                client.close()
            store.engine.dispose()


def acted(story: Story, steps: Sequence[Step]) -> list[Json]:
    store = story.world.store
    begin(story)
    story.world.keys[Role.ADMIN, ACME] = create_key(store, SECRET, Role.ADMIN, ACME)
    for step in steps:
        if isinstance(step, str):
            story.send(step)
        else:
            step(story)
    tell(store)
    answer = story.operator.get("/v1/events", params={"limit": 200})
    return [dict(event) for event in answer.json()["items"]]


@pytest.mark.parametrize("scene", [*SCENES, *MORE])
def test_no_text_that_somebody_wrote_is_told(told, scene):
    assert_holds_no_customer_data(json.dumps(told(scene)))


@pytest.mark.parametrize("scene", [*SCENES, *MORE])
def test_nothing_is_told_that_no_example_has(told, scene):
    for each in told(scene):
        type_ = EventType(each["type"])
        known = OF_CHANGES if type_ is EventType.ORDER_CHANGED else names(FACTS[type_])
        assert names(each["facts"]) <= known, each


OF_CHANGES = {"change", "from", "into", "into_sku", "line", "receipt", "return", "revision",
              "shipment", "sku", "status", "to", "units", "disposition"}  # fmt: skip

EVERY_TYPE = ("an order is held", "an order is changed", "a purchase order comes", "less is there",
              "a return comes", *MORE)  # fmt: skip


def test_every_type_is_told_as_its_example_says(told):
    events = [each for scene in EVERY_TYPE for each in told(scene)]
    for type_ in EventType:
        shapes = [shape(each["facts"]) for each in events if each["type"] == type_]
        assert any(fits(one, shape(FACTS[type_])) for one in shapes), (type_, shapes[:3])


def test_texts_are_planted(told):
    told("an order is held")

    assert Planted.planted > 10


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value[:1]]
    return type(value).__name__


def fits(one: Any, example: Any) -> bool:
    """Whether it has the same facts of the same types; a day may be not known."""
    if isinstance(example, dict):
        return one.keys() == example.keys() and all(fits(one[k], example[k]) for k in example)
    if isinstance(example, list):
        return len(one) == len(example) and all(map(fits, one, example))
    return one in (example, "NoneType")


def names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for part in value.values() for name in names(part)}
    if isinstance(value, list):
        return {name for part in value for name in names(part)}
    return set()
