"""Every operation of the OpenAPI document is sent as its example says, and is done.

The examples are one story: order SO-1001 of acme in Vienna, on 1 March 2026. A scene is a part of
it on a database of its own; what has to be there before is done by its steps without an example.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from pydantic import SecretStr
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from fulfillment.sealing import new_key
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
    put_products,
)
from fulfillment.store.commands.mail.noting import note_events
from fulfillment.store.commands.supply import serving as queues
from fulfillment.store.feed.sequencing import tell_next
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from starter.terms import VALUES
from tests.api.world import ACME, BOLT, World, serving

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"
FIRST_IDS = {"shipment": 42, "pick_list": 7, "task": 5, "container": 3, "payment_entry": 6,
             "webhook_endpoint": 4, "webhook_delivery": 9, "mail": 9, "mail_batch": 2}  # fmt: skip
"""Ids as the paths of the examples have them; the refund of the story is the second entry."""

PRODUCT, ORDER = "PUT /v1/products/{sku}", "POST /v1/orders"
PLACES = ("PUT /v1/merchants/{name}", "PUT /v1/locations/{location}")
LIST = "POST /v1/locations/{location}/pick-lists"
Json = dict[str, Any]


class Story:
    """An API with a database, to which the examples are sent."""

    def __init__(self, world: World, document: Json) -> None:
        self.world, self.document = world, document
        self.registry = Registry[Any]().with_resource(
            "urn:api", DRAFT202012.create_resource(document)
        )
        self.operator = world.client(Role.ADMIN, None)
        self.known: dict[str, Json] = {}
        """Fields of an operation's example that only a step before it can tell."""

    @cached_property
    def merchants(self) -> httpx.Client:
        """With the merchant's own key, which there is once there is the merchant."""
        return self.world.client()

    def send(self, asked: str, **other: Any) -> None:
        """Send an operation's example, or some of its fields otherwise; it has to be done."""
        method, path = asked.split(" ")
        operation = self.document["paths"][path][method.lower()]
        body = self.example(operation)
        other = self.known.get(asked, {}) | other
        client = self.operator if is_for_all(operation) else self.merchants
        values = {
            p["name"]: p["example"] for p in operation.get("parameters", []) if "example" in p
        }
        answer = client.request(
            method, path.format(**values), json=body if body is None else body | other
        )
        assert answer.is_success, f"{asked} {body}: {answer.status_code} {answer.text}"
        self.check(operation, answer)

    def example(self, operation: Json) -> Any:
        """What the document would have a client send; None where nothing is."""
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return None
        names = named(content["application/json"]["schema"])
        (example,) = self.document["components"]["schemas"][names[0]]["examples"]
        return example

    def check(self, operation: Json, answer: httpx.Response) -> None:
        """The answer is of the type that the document tells."""
        content = operation["responses"][str(answer.status_code)]["content"]
        if "application/json" in content:
            schema = json.loads(json.dumps(content["application/json"]["schema"]).replace(
                "#/components", "urn:api#/components"
            ))  # fmt: skip
            Draft202012Validator(schema, registry=self.registry).validate(answer.json())


def is_for_all(operation: Json) -> bool:
    """Operations that name no merchant are those of the operator, or of the floor."""
    return "merchant" not in {one["name"] for one in operation.get("parameters", [])}


def named(schema: Json) -> list[str]:
    """The schemas that it refers to."""
    found = [schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else []
    return found + [name for part in schema.get("anyOf", []) for name in named(part)]


def operations(document: Json) -> Iterator[str]:
    for path, methods in document["paths"].items():
        yield from (f"{method.upper()} {path}" for method in methods)


# --- what has to be there before -----------------------------------------------------------------


Step = str | Callable[[Story], object]


def stock(units: int, sku: str = "TEA-GREEN") -> Step:
    return lambda story: story.world.stock(sku, units)


def given(asked: str, **other: Any) -> Step:
    """An operation of the story with some fields otherwise than in its example."""
    return lambda story: story.send(asked, **other)


def of_lines(*wants: tuple[str, int]) -> Step:
    """The order of the story with these lines, each unit of which costs something."""
    lines = [
        {"line": line, "sku": sku, "quantity": units, "unit_price_minor": 350}
        for line, (sku, units) in enumerate(wants, 1)
    ]
    return given(ORDER, lines=lines)


def planned(number: str = "SO-1001") -> Step:
    """The worker's part: the order's first claim."""
    return lambda story: story.world.prepare(number)


def policy(**knobs: object) -> Step:
    return lambda story: story.merchants.patch("/v1/settings", json=knobs).raise_for_status()


def served(story: Story) -> None:
    while queues.serve_due(story.world.store, ACME):
        pass


def two_merchants(story: Story) -> None:
    put_merchant(story.world.store, NewMerchant(BOLT, "Bolt"))


def known_key(story: Story) -> None:
    """The newest key is called as in the paths of the examples."""
    with story.world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE api_key SET id = %s WHERE id = (SELECT id FROM api_key"
            " ORDER BY xmin::text::bigint DESC LIMIT 1)",
            (VALUES["key_id"],),
        )


def begin(story: Story) -> None:
    """The merchant, its places and its products, and ids that are those of the examples."""
    for step in PLACES:
        story.send(step)
    put_location(story.world.store, NewLocation("graz", "Graz", serves={ACME: 2}))
    story.send(PRODUCT)
    others = [NewProduct("TEA-BLACK", "Black tea"), NewProduct("CUP", "Cup")]
    put_products(story.world.store, ACME, others)
    with story.world.store.engine.begin() as connection:
        for table, first in FIRST_IDS.items():
            connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", (table, first)
            )


def known_link(story: Story) -> None:
    """The newest link is called as in the paths of the examples."""
    with story.world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE order_link SET id = %s WHERE id = (SELECT id FROM order_link"
            " ORDER BY xmin::text::bigint DESC LIMIT 1)",
            (VALUES["link"],),
        )


SHORT_BY_FOUR = (stock(20), ORDER, planned())
FREE_LATER = (policy(auto_allocate="never"), *SHORT_BY_FOUR, stock(4))
RELEASED = (stock(24), ORDER, planned())
PICKED = (*RELEASED, "POST /v1/shipments/{shipment}/start-picking",
          "POST /v1/shipments/{shipment}/pick")  # fmt: skip
ORDERS, S, P, L = (
    "/v1/orders/{number}",
    "/v1/shipments/{shipment}",
    "/v1/purchase-orders/{number}",
    "/v1/pick-lists/{pick_list}",
)
W = "/v1/webhooks/{webhook}"
T, R, RS = "/v1/transfers/{number}", "/v1/returns/{number}", "/v1/restocks/{number}"

SHIPPED = (
    stock(2),
    given(ORDER, number="SO-2", lines=[{"line": 1, "sku": "TEA-GREEN", "quantity": 2}]),
    planned("SO-2"),
    *(f"POST {S}/{verb}" for verb in ("start-picking", "pick")),
    given(f"POST {S}/pack", packages=[{"lines": [{"order_line": 1, "units": 2}]}]),
    f"POST {S}/ship",
)

TEMPLATE, MAIL = "/v1/mail/templates/{mail_type}/{language}", "/v1/mail/messages/{mail}"


def mail_is(status: str) -> Step:
    """The mail of the story is so."""

    def change(story: Story) -> None:
        with story.world.store.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE mail SET status = %s, ended_at = now() WHERE id = %s",
                (status, VALUES["mail"]),
            )

    return change


def mails_are_made(story: Story) -> None:
    """What happened is in the feed, and looked at; the mail of the story was refused."""
    while (done := tell_next(story.world.store)) is not None and done.taken:
        pass
    note_events(story.world.store)
    with story.world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO mail_batch (merchant, cause, began_at) VALUES ('acme', 'PO-77', now())"
        )
    mail_is("refused")(story)  # type: ignore[operator]


def what_was_looked_at(story: Story) -> None:
    """The example is applied with the fingerprint that a look is answered with."""
    parts = {"parts": ["buy:TEA-GREEN:20@2031-01-05:vienna"]}
    found = story.merchants.post("/v1/what-if", json=parts).json()
    story.known["POST /v1/what-if/apply"] = {"fingerprint": found["fingerprint"]}


def notice_is_told(story: Story) -> None:
    """The mail of the story asked what its customer wants, and was sent."""
    mail_is("sent")(story)  # type: ignore[operator]
    with story.world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO delay_notice (mail, order_id, silence, cancel_on)"
            " SELECT id, order_id, 'cancels', '2026-05-01' FROM mail WHERE id = %s",
            (VALUES["mail"],),
        )


MAILS: tuple[Step, ...] = ("PATCH /v1/mail/settings", *SHORT_BY_FOUR, mails_are_made)

SCENES: Mapping[str, Sequence[Step]] = {
    "parties": (
        "GET /v1/merchants", "GET /v1/merchants/{name}", "PUT /v1/merchants/{name}/letterhead",
        "GET /v1/merchants/{name}/letterhead", "GET /v1/locations", "GET /v1/locations/{location}",
        "PUT /v1/locations/{location}/closures/{day}",
        "DELETE /v1/locations/{location}/closures/{day}", "POST /v1/products/batch",
        "GET /v1/products", "GET /v1/products/{sku}", "GET /health/live", "GET /health/ready",
    ),
    "keys": (
        two_merchants, "POST /v1/keys", known_key, "GET /v1/keys", "GET /v1/keys/{key_id}",
        "PATCH /v1/keys/{key_id}", "POST /v1/keys/{key_id}/revoke",
    ),
    "users": (
        two_merchants, "POST /v1/users", "GET /v1/users", "GET /v1/users/{user}",
        "PATCH /v1/users/{user}", "POST /v1/users/{user}/password",
        "POST /v1/users/{user}/disable", "POST /v1/users/{user}/enable",
    ),
    "settings": (
        "PATCH /v1/settings", "GET /v1/settings", "GET /v1/settings/changes",
        "DELETE /v1/settings/{name}", "PATCH /v1/settings/default", "GET /v1/settings/default",
        "GET /v1/settings/default/changes", "DELETE /v1/settings/default/{name}",
        "GET /v1/settings/presets",
    ),
    "mail is set": (
        "PATCH /v1/mail/settings", "GET /v1/mail/settings", "GET /v1/mail/templates",
        f"PUT {TEMPLATE}", f"GET {TEMPLATE}", f"DELETE {TEMPLATE}",
    ),
    "mail is sent": (
        *MAILS, "GET /v1/mail/messages", f"GET {MAIL}", f"POST {MAIL}/settle",
        f"POST {MAIL}/send-again", f"POST {TEMPLATE}/preview", "GET /v1/mail/batches",
        "POST /v1/mail/batches/{batch}/stop",
    ),
    "mail comes back": (*MAILS, mail_is("sent"), "POST /v1/mail/bounces"),
    "a delay is agreed to": (*MAILS, notice_is_told, f"POST {ORDERS}/consent-to-delay"),
    "stock": (
        "POST /v1/stock/adjustments", "GET /v1/stock", "POST /v1/counts", "GET /v1/counts",
        "GET /v1/counts/{number}", "POST /v1/promise",
    ),
    "an order is read": (
        *SHORT_BY_FOUR, f"GET {ORDERS}", "GET /v1/orders", "GET /v1/archived-orders",
        f"GET {ORDERS}/history", f"GET {ORDERS}/explanation",
        "GET /v1/products/{sku}/explanation", "POST /v1/orders/batch", "GET /v1/events",
    ),
    "an order is verified": (policy(verify="manual"), *RELEASED, f"POST {ORDERS}/verify"),
    "an order is held": (*SHORT_BY_FOUR, f"POST {ORDERS}/hold", f"POST {ORDERS}/unhold"),
    "an order is changed": (
        *SHORT_BY_FOUR, f"POST {ORDERS}/priority", f"PATCH {ORDERS}/policy", f"POST {ORDERS}/lock",
        f"PUT {ORDERS}/address", f"POST {ORDERS}/cancel-date", f"POST {ORDERS}/lines",
        f"POST {ORDERS}/lines/{{line}}/exchange", f"POST {ORDERS}/cancel",
    ),
    "a quantity is changed": (
        *SHORT_BY_FOUR, f"POST {ORDERS}/lines/{{line}}/quantity", f"PUT {ORDERS}",
    ),
    "an order is allocated": (
        *FREE_LATER, f"POST {ORDERS}/allocate", f"POST {ORDERS}/unallocate",
        f"POST {ORDERS}/resume-allocation", f"POST {ORDERS}/mark-backordered",
    ),
    "an order is split": (*SHORT_BY_FOUR, f"POST {ORDERS}/split"),
    "what is missing is cancelled": (*SHORT_BY_FOUR, f"POST {ORDERS}/remove-unavailable"),
    "a customer has a page": (
        *SHORT_BY_FOUR, f"POST {ORDERS}/links", known_link, f"GET {ORDERS}/links",
        f"POST {ORDERS}/links/{{link}}/revoke", "PUT /v1/customer-page", "GET /v1/customer-page",
    ),
    "what came is taken": (*FREE_LATER, f"POST {ORDERS}/back-to-ship"),
    "an order is pinned": (*SHORT_BY_FOUR, "POST /v1/purchase-orders", f"POST {ORDERS}/pins"),
    "an order is prepared": (
        policy(prepare="manual"), stock(24), of_lines(("TEA-GREEN", 24), ("CUP", 1)), planned(),
        f"POST {ORDERS}/prepare",
    ),
    "a payment is due": (
        stock(24), of_lines(("TEA-GREEN", 24)), planned(), f"POST {ORDERS}/payments",
        given(f"POST {ORDERS}/cancel", lines=None), f"GET {ORDERS}/payments", "GET /v1/payments",
        "POST /v1/payments/{payment}/settle",
    ),
    "a shipment leaves": (
        *PICKED, f"GET {S}", "GET /v1/shipments", "GET /v1/locations/{location}/shipments",
        f"POST {S}/pack", f"GET {S}/packages", f"GET {S}/packing-slip.pdf",
        f"PUT {S}/packages/{{number}}", f"DELETE {S}/packages/{{number}}", f"POST {S}/pack",
        f"POST {S}/ship",
    ),
    "a dispatch was none": (
        *PICKED, given(f"POST {S}/ship", packages=None), f"POST {S}/correct-tracking",
        f"POST {S}/void-dispatch",
    ),
    "many shipments leave": (
        *RELEASED, "POST /v1/shipments/pick", "POST /v1/shipments/pack", "POST /v1/shipments/ship",
    ),
    "a parcel is lost": (
        *PICKED, given(f"POST {S}/ship", packages=None), stock(2), f"POST {S}/replace",
    ),
    "what comes back is exchanged": (
        *PICKED, given(f"POST {S}/ship", packages=None),
        given("POST /v1/returns", order="SO-1001"), stock(1, "TEA-BLACK"),
        f"POST {ORDERS}/lines/{{line}}/exchange-returned",
    ),
    "a shipment is sent back": (*RELEASED, f"POST {S}/send-back"),
    "a list is walked": (
        *RELEASED, LIST, "GET /v1/pick-lists", f"GET {L}", f"GET {L}/document.pdf",
        f"POST {L}/confirm", f"POST {L}/unpick", f"POST {L}/give-up",
    ),
    "less is there": (
        *RELEASED, LIST, f"POST {L}/short", "GET /v1/tasks", "POST /v1/tasks/{task}/done",
    ),
    "what waits is staged": (
        *SHORT_BY_FOUR, "GET /v1/staging/suggestions", f"POST {ORDERS}/stage", "GET /v1/staging",
        "GET /v1/containers/{container}/label.pdf", f"POST {ORDERS}/unstage",
    ),
    "a purchase order comes": (
        *SHORT_BY_FOUR, "POST /v1/purchase-orders", f"GET {P}", "GET /v1/purchase-orders",
        f"GET {P}/orders", f"PATCH {P}", f"POST {P}/status", f"POST {P}/receipts", served,
        "GET /v1/receipts", "GET /v1/receipts/{number}",
    ),
    "a receipt is wrong": (
        "POST /v1/purchase-orders", f"POST {P}/receipts", served,
        "POST /v1/receipts/{number}/reverse",
    ),
    "what is to be bought": (
        *SHORT_BY_FOUR, "GET /v1/purchase-suggestions", "POST /v1/purchase-suggestions/draft",
    ),
    "what would happen is looked at, and done": (
        *SHORT_BY_FOUR, "POST /v1/what-if", what_was_looked_at, "POST /v1/what-if/apply",
    ),
    "a restock comes": (
        f"PUT {RS}", f"GET {RS}", "GET /v1/restocks", f"POST {RS}/arrive", f"POST {RS}/withdraw",
    ),
    "a transfer comes": (
        stock(12), "POST /v1/transfers", f"GET {T}", "GET /v1/transfers", f"PATCH {T}",
        f"POST {T}/receipts",
    ),
    "a transfer is lost": (
        stock(12), given("POST /v1/transfers", ship=False), f"POST {T}/ship", f"POST {T}/close",
    ),
    "a transfer is not sent": (given("POST /v1/transfers", ship=False), f"POST {T}/cancel"),
    "a return comes": (
        *SHIPPED, "POST /v1/returns", f"GET {R}", "GET /v1/returns", f"POST {R}/receipts",
    ),
    "a webhook is told": (
        "POST /v1/webhooks", "GET /v1/webhooks", f"GET {W}", f"PATCH {W}", f"POST {W}/test",
        f"GET {W}/deliveries", f"GET {W}/deliveries/{{delivery}}",
        f"POST {W}/deliveries/{{delivery}}/replay", f"POST {W}/secret", f"POST {W}/replay",
        f"POST {W}/off", f"POST {W}/on", f"DELETE {W}",
    ),
    "a return does not come": (*SHIPPED, "POST /v1/returns", f"POST {R}/close"),
}  # fmt: skip


@pytest.fixture(scope="module")
def document() -> Json:
    return build_app(Store(connect(NOWHERE)), None, Settings()).openapi()


@pytest.fixture
def story(database_url: str, document: Json) -> Iterator[Story]:
    store = Store(connect(database_url), clock=lambda: NOW)
    with serving(build_app(store, None, Settings(secret_keys=SecretStr(new_key())))) as url:
        world = World(store, url)
        yield Story(world, document)
        for client in world.clients:
            client.close()
    store.engine.dispose()


@pytest.mark.parametrize("scene", SCENES)
def test_what_the_examples_ask_for_is_done_when_they_are_sent(story: Story, scene: str) -> None:
    begin(story)
    for step in SCENES[scene]:
        if isinstance(step, str):
            story.send(step)
        else:
            step(story)


def test_every_operation_has_its_place_in_the_story(document: Json) -> None:
    sent = {step for steps in SCENES.values() for step in steps if isinstance(step, str)}

    begun = {*PLACES, PRODUCT}
    missing = set(operations(document)) - sent - begun
    assert not missing, f"add to a scene of SCENES, where it can be done: {sorted(missing)}"
    gone = (sent | begun) - set(operations(document))
    assert not gone, f"these are no operations any more: {sorted(gone)}"
