"""Every endpoint, asked by every kind of key: made from the API's own description of itself.

What is asked is the example of the operation, and all examples are about one world: things of acme
at vienna. So a new endpoint is in the matrix as soon as it has its example. Unless it is named here
otherwise, it is held to this: it is about something of acme's at vienna, and nobody else sees it.
"""

import itertools
import os
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from fulfillment.domain.model.scope import Scope
from fulfillment.store.archive.months import month_of
from fulfillment.store.archive.packing import pack
from fulfillment.store.commands.administration.keys import NewKey, Role, make_key
from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    put_location,
    put_merchant,
)
from fulfillment.store.transactions.session import Command, Tx
from starter.auth.permissions import FOR_ALL_MERCHANTS, GRANTS, PUBLIC, ROUTES, Permission
from tests.api.test_examples import (
    LIST,
    ORDER,
    ORDERS,
    RS,
    SHIPPED,
    TEMPLATE,
    P,
    Step,
    Story,
    begin,
    known_key,
    known_link,
    mails_are_made,
    planned,
    stock,
)
from tests.api.world import ACME, BOLT

Json = dict[str, Any]

ALL = os.environ.get("PEGBOARD_MATRIX") == "all"
SEED = os.environ.get("PEGBOARD_SEED", "1")
SAMPLE = 7
"""Of 60 who ask at each endpoint, beside those who always do."""

HERE, ELSEWHERE = "vienna", "linz"

NO_PLACE = frozenset({"get_product", "list_products", "list_stock"})
"""What is sold has no place. Stock lists all of it, with the units at the key's own locations."""

PLACES: Mapping[str, Collection[str | None]] = {
    "explain_product": (None,),
    "promise_basket": (None,),
    "receive_transfer": ("graz",),
}
"""Where a thing is that is not at vienna alone; None: at no place, so that no bound key sees it."""

FOR_SEVERAL = frozenset({
    "create_pick_list", "get_pick_list", "list_pick_lists", "confirm_pick_list",
    "unpick_pick_list", "give_up_pick_list", "pick_short", "print_pick_list",
    "print_container_label", "list_location_shipments", "list_events",
})  # fmt: skip
"""Work on the floor and what happens, which a key for several merchants has of all of them."""

OF_NOBODY = frozenset({"list_presets"})
"""What is told of no merchant."""

EVERYBODY_HAS = frozenset({"get_mail_template", "list_mail_templates"})
"""What each merchant has that says nothing of its own; what is of its own is marked as that."""

EACH_BY_ITSELF = frozenset({"pick_shipments", "pack_shipments", "ship_shipments"})
"""What answers for each thing of a request by itself: one that is not seen is refused within."""


ALSO_NEEDED = {"apply_what_if": frozenset({Permission.WRITE_PURCHASE_ORDERS})}
"""What the example is about needs beside the route, once it is known whose it is."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation of the API, by the name of its route."""

    name: str
    method: str
    path: str
    described: Json

    @property
    def is_list(self) -> bool:
        """Whether it answers with a page, which is empty of what is not seen."""
        return self.method == "GET" and "{" not in self.path

    @property
    def places(self) -> Collection[str | None] | None:
        """Where the thing is that it is about."""
        return None if self.name in NO_PLACE else PLACES.get(self.name, (HERE,))


@dataclass(frozen=True, slots=True)
class Asking:
    """A kind of key, and the merchant that a request names."""

    role: Role
    scope: Scope
    named: str | None

    def __str__(self) -> str:
        mine = "all" if self.scope.merchants is None else "+".join(sorted(self.scope.merchants))
        at = "" if self.scope.locations is None else f" at {'+'.join(sorted(self.scope.locations))}"
        return f"{self.role} of {mine}{at} for {self.named}"

    @property
    def merchant(self) -> str | None:
        """For whom it is asked; None where a key of several does not say."""
        return self.named or self.scope.only_merchant


MERCHANTS: tuple[frozenset[str] | None, ...] = (
    frozenset({ACME}), frozenset({BOLT}), frozenset({ACME, BOLT}), None,
)  # fmt: skip
LOCATIONS: tuple[frozenset[str] | None, ...] = (
    None, frozenset({HERE}), frozenset({ELSEWHERE}),
)  # fmt: skip


def askings() -> Iterator[Asking]:
    """Every role x merchants x locations x merchant that is named, where that says more."""
    for role, merchants, locations in itertools.product(Role, MERCHANTS, LOCATIONS):
        if locations is None or role is Role.WAREHOUSE:
            for named in (None, ACME, BOLT):
                if merchants is None or named is None or merchants != {named}:
                    yield Asking(role, Scope(merchants, locations), named)


ALWAYS = (
    Asking(Role.ADMIN, Scope(frozenset({ACME})), None),
    Asking(Role.ADMIN, Scope(frozenset({BOLT})), None),
    Asking(Role.ADMIN, Scope(), ACME),
    Asking(Role.WAREHOUSE, Scope(frozenset({ACME, BOLT}), frozenset({HERE})), ACME),
    Asking(Role.WAREHOUSE, Scope(frozenset({ACME}), frozenset({ELSEWHERE})), None),
)
"""Those who ask at every endpoint, also where the rest is a sample."""


def refused_with(endpoint: Endpoint, asking: Asking) -> str | None:
    """The code with which it is to be refused; None where it is not.

    Deny by default: what may not be done by this role is 403, another merchant is 404, and so is
    what is another merchant's; what is at another location is 403.
    """
    permission, scope = ROUTES[endpoint.name], asking.scope
    if permission not in GRANTS[asking.role]:
        return "not_permitted"
    if permission in FOR_ALL_MERCHANTS:
        return "all_merchants_needed" if scope.merchants is not None else None
    return None if endpoint.name in OF_NOBODY else _refused_by_scope(endpoint, asking)


def _refused_by_scope(endpoint: Endpoint, asking: Asking) -> str | None:
    scope, merchant = asking.scope, asking.merchant
    if merchant is None and endpoint.name not in FOR_SEVERAL:
        return "merchant_needed"
    if merchant is not None and not scope.sees(merchant):
        return "unknown_merchant"
    if not ALSO_NEEDED.get(endpoint.name, frozenset()) <= GRANTS[asking.role]:
        return "not_permitted"
    if merchant == BOLT or endpoint.is_list or endpoint.name in EACH_BY_ITSELF:
        return None
    return None if is_seen(endpoint, asking) else "other_location"


def is_seen(endpoint: Endpoint, asking: Asking) -> bool:
    """Whether the things of the examples are visible, as far as their places go."""
    if endpoint.name in OF_NOBODY:
        return True
    return asking.scope.sees(asking.merchant, endpoint.places)


def is_about_acme(endpoint: Endpoint, asking: Asking) -> bool:
    """Whether it is asked for the merchant whose the things are, or for several with him."""
    is_everybodys = ROUTES[endpoint.name] in FOR_ALL_MERCHANTS or endpoint.name in OF_NOBODY
    return is_everybodys or asking.merchant != BOLT


@dataclass
class Matrix:
    """The world of the examples, all of it at once, and those who ask."""

    story: Story
    client: httpx.Client
    _keys: dict[tuple[Role, Scope], str] = field(default_factory=dict)

    def asked(self) -> Iterator[tuple[Endpoint, Asking]]:
        """Every endpoint with those who ask: all of them, or some as the seed says."""
        for endpoint in self.endpoints:
            everybody = list(askings())
            chance = random.Random(f"{SEED} {endpoint.name}")
            some = everybody if ALL else [*ALWAYS, *chance.sample(everybody, SAMPLE)]
            yield from ((endpoint, asking) for asking in some)

    @property
    def endpoints(self) -> list[Endpoint]:
        """Every operation that needs a key."""
        return [
            Endpoint(one["operationId"], method.upper(), path, one)
            for path, methods in self.story.document["paths"].items()
            for method, one in methods.items()
            if one["operationId"] not in PUBLIC
        ]

    def ask(self, endpoint: Endpoint, asking: Asking) -> httpx.Response:
        """Send the example of an operation with such a key."""
        values = {
            one["name"]: one["example"]
            for one in endpoint.described.get("parameters", ())
            if "example" in one
        }
        headers = {"Authorization": f"Bearer {self._key(asking)}"}
        if asking.named is not None and endpoint.name not in OF_NOBODY:
            headers["Pegboard-Merchant"] = asking.named
        body = self.story.example(endpoint.described)
        path = endpoint.path.format(**values)
        return self.client.request(endpoint.method, path, json=body, headers=headers)

    def _key(self, asking: Asking) -> str:
        asked = asking.role, asking.scope
        if asked not in self._keys:
            command = Command("*", "make_key", f"make_key:{len(self._keys)}", "test")
            new = NewKey("matrix", asking.role, asking.scope)
            self._keys[asked] = str(make_key(self.story.world.store, command, new).secret)
        return self._keys[asked]

    def make_keys(self) -> None:
        """All of them, before it is looked whether anything changes."""
        for asking in askings():
            self._key(asking)


def furnish(story: Story) -> None:
    """Everything that the examples speak of is there, at vienna."""
    begin(story)
    put_merchant(story.world.store, NewMerchant(BOLT, "Bolt"))
    put_location(story.world.store, NewLocation(ELSEWHERE, "Linz", serves={ACME: 3, BOLT: 1}))
    for step in STEPS:
        if isinstance(step, str):
            story.send(step)
        else:
            step(story)


def posted(path: str, **body: object) -> Step:
    """Something of acme's beside the examples."""
    return lambda story: story.merchants.post(path, json=body).raise_for_status()


def payments_from_seven(story: Story) -> None:
    with story.world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('payment_entry', 'id'), 7, false)"
        )


def wants(number: str, sku: str, units: int) -> Json:
    """An order that waits, whatever comes for it."""
    return {
        "number": number,
        "policy": {"max_shipments": 1},
        "lines": [{"line": 1, "sku": sku, "quantity": units}],
        "address": {"name": "Zoe", "line1": "Kai 1", "city": "Wien", "country": "AT"},
    }


def archived(story: Story) -> None:
    """An order that was over is archived."""
    find = "SELECT id FROM orders WHERE number = 'SO-9'"

    def body(tx: Tx) -> None:
        pack(tx, [row.id for row in tx.rows(find)], month_of(tx.now))

    story.world.store.transact(ACME, body)


STEPS: tuple[Step, ...] = (
    stock(22), "POST /v1/counts", *SHIPPED, "POST /v1/returns", stock(16), "POST /v1/transfers",
    ORDER, planned(), LIST,
    posted("/v1/pick-lists/7/short", shipment=43, order_line=1, found=23, reason="Gone."),
    posted("/v1/orders", **wants("SO-4", "CUP", 5)), planned("SO-4"),
    posted("/v1/orders", **wants("SO-3", "TEA-GREEN", 90)), planned("SO-3"), stock(3),
    posted("/v1/orders/SO-3/stage", location=HERE, all=True),
    "POST /v1/purchase-orders", f"POST {P}/receipts", f"PUT {RS}", payments_from_seven,
    f"POST {ORDERS}/payments", "PUT /v1/merchants/{name}/letterhead",
    "PUT /v1/locations/{location}/closures/{day}", "PATCH /v1/settings",
    "PATCH /v1/settings/default", f"PUT {TEMPLATE}", "PATCH /v1/mail/settings", mails_are_made,
    "POST /v1/keys", known_key, "POST /v1/webhooks", "POST /v1/webhooks/{webhook}/test",
    f"POST {ORDERS}/links", known_link, "POST /v1/users",
    posted("/v1/orders", **wants("SO-9", "CUP", 5), lock_location=HERE),
    posted("/v1/orders/SO-9/cancel"), archived,
)  # fmt: skip
