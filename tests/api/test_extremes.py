"""The greatest numbers that are accepted: whatever they add up to, everything can still be read."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.supply import serving
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.reading.standing import purchase_order_heads
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import ADDRESS, World

DOCUMENT = build_app(
    Store(connect("postgresql+psycopg://nobody@127.0.0.1:1/none")), None, Settings()
).openapi()
Json = dict[str, Any]


# --- every number of a request has limits --------------------------------------------------------


def resolved(schema: Json) -> Json:
    """The schema itself, where it only names one."""
    if "$ref" in schema:
        found: Json = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema


def numbers(schema: Json, at: str = "", seen: frozenset[str] = frozenset()) -> Iterator[Any]:
    """Where a request takes a number, and the schema of that."""
    name = schema.get("$ref", "")
    if name in seen:
        return
    seen, schema = seen | ({name} if name else set()), resolved(schema)
    if schema.get("type") in ("integer", "number"):
        yield at, schema
    for more, part in parts(schema):
        yield from numbers(part, at + more, seen)


def parts(schema: Json) -> Iterator[tuple[str, Json]]:
    """The schemas inside of one, with what their place adds to the name."""
    for key in ("anyOf", "oneOf", "allOf"):
        yield from (("", part) for part in schema.get(key, []))
    for key, part in schema.get("properties", {}).items():
        yield f".{key}", part
    inside = [schema.get("items"), schema.get("additionalProperties")]
    inside += schema.get("patternProperties", {}).values()
    yield from (("[]", part) for part in inside if isinstance(part, dict))


def requests() -> Iterator[tuple[str, Json]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", []):
                yield f"{name} {parameter['name']}", parameter["schema"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield name, content["schema"]


FIELDS = {f"{name}{at}": schema for name, sent in requests() for at, schema in numbers(sent)}


@pytest.mark.parametrize("field", FIELDS)
def test_a_number_has_a_least_and_a_greatest_value(field):
    schema = FIELDS[field]
    least, most = schema.get("minimum"), schema.get("maximum")

    assert least is not None
    assert most is not None
    assert -(2**63) <= least <= most <= 2**63


# --- what is accepted can be read ----------------------------------------------------------------


def greatest(model: str, field: str) -> int:
    """The greatest value that a field takes."""
    schema = DOCUMENT["components"]["schemas"][model]["properties"][field]
    (found,) = (each for _, each in numbers(schema))
    return int(found["maximum"])


MOST_UNITS = greatest("OrderLineIn", "quantity")
MOST_PRICE = greatest("OrderLineIn", "unit_price_minor")
MOST_CHANGE = greatest("AdjustmentIn", "units")
MOST_AMOUNT = greatest("PaymentIn", "amount_minor")
MOST_PACK = greatest("ProductIn", "packs")
MOST_LINES = 20
MANY = 40
PURCHASES = [f"PO-{n}" for n in range(1, 3)]
ORDERS = ["SO-PACKS", "SO-UNITS", "SO-PRICE", "SO-ALL"]


def asked(client: httpx.Client, method: str, path: str, body: Any = None) -> bool:
    """Whether it is done; it may be refused, with a word on what is wrong, and never fails."""
    answer: httpx.Response = client.request(method, path, json=body)
    told = f"{method} {path}: {answer.text}"
    assert answer.is_success or answer.is_client_error, told
    if not answer.is_success:
        problem = answer.json()
        # What lies at one place is bounded by what is there already, and told with it.
        is_full = any("on_hand" in each for each in problem.get("errors", []))
        assert is_full or problem["code"] not in ("out_of_range", "not_found"), told
    return answer.is_success


def order(client: httpx.Client, number: str, quantity: int, **line: Any) -> None:
    """As great an order of this kind as is accepted: fewer lines, then fewer of each."""
    count = MOST_LINES
    while not asked(client, "POST", "/v1/orders", taken(number, count, quantity, line)):
        count, quantity = (count // 2, quantity) if count > 1 else (1, quantity // 10)
        assert quantity, "not even one unit is accepted"


def taken(number: str, count: int, quantity: int, line: Json) -> Json:
    lines = [{"line": at, "sku": "TEA", "quantity": quantity, **line} for at in range(1, count + 1)]
    return {"number": number, "lines": lines, "address": ADDRESS}


def orders(world: World, client: httpx.Client) -> None:
    limits = {
        "packs": {"pallet": MOST_PACK},
        "reorder_level": greatest("ProductIn", "reorder_level"),
    }
    assert asked(client, "PUT", "/v1/products/TEA", {"name": "Tea", **limits})
    order(client, "SO-PACKS", MOST_UNITS, pack="pallet")
    order(client, "SO-UNITS", MOST_UNITS, unit_price_minor=1)
    order(client, "SO-PRICE", 1, unit_price_minor=MOST_PRICE)
    order(client, "SO-ALL", MOST_UNITS, unit_price_minor=MOST_PRICE)
    for number in ORDERS:
        world.prepare(number)


def stock(client: httpx.Client) -> None:
    for location in ("vienna", "graz"):
        for disposition in ("sellable", "damaged"):
            change = {"sku": "TEA", "location": location, "units": MOST_CHANGE, "reason": "count"}
            body = {"adjustments": [change | {"disposition": disposition}]}
            done = [asked(client, "POST", "/v1/stock/adjustments", body) for _ in range(MANY)]
            assert done[0]
            assert not done[-1], "there is no end to what may lie at one place"


def payments(client: httpx.Client) -> None:
    for kind in ("invoice", "authorise", "capture"):
        paid = {"kind": kind, "amount_minor": MOST_AMOUNT}
        assert all(asked(client, "POST", "/v1/orders/SO-ALL/payments", paid) for _ in range(3))


def purchases(client: httpx.Client) -> None:
    lines = [
        {"line": at, "sku": "TEA", "units": MOST_UNITS, "location": "vienna"}
        for at in range(1, MOST_LINES + 1)
    ]
    for number in PURCHASES:
        body = {"number": number, "lines": lines, "expected_on": "2099-01-01"}
        assert asked(client, "POST", "/v1/purchase-orders", body)


def changes(client: httpx.Client) -> None:
    """What may be refused, and must not fail."""
    whole = {"line": 1, "sku": "TEA", "quantity": MOST_UNITS, "pack": "pallet"}
    more = {"sku": "TEA", "quantity": MOST_UNITS, "unit_price_minor": MOST_PRICE}
    lines = [whole, whole | {"line": 2}]
    asked(client, "POST", "/v1/promise", {"lines": lines})
    asked(client, "POST", "/v1/promise", {"lines": [whole | {"pack": None}]})
    for number in ORDERS:
        path = f"/v1/orders/{number}"
        asked(client, "POST", f"{path}/lines/1/quantity", {"units": MOST_UNITS})
        asked(client, "POST", f"{path}/lines/1/quantity", {"units": MOST_UNITS, "pack": "pallet"})
        asked(client, "POST", f"{path}/lines", more)
        asked(client, "POST", f"{path}/lines", more | {"pack": "pallet"})
        asked(
            client,
            "POST",
            f"{path}/lines/1/exchange",
            {"sku": "CUP", "unit_price_minor": MOST_PRICE},
        )
        asked(client, "PUT", path, {"revision": 1, "lines": lines})
    asked(client, "POST", "/v1/purchase-suggestions/draft")


def receipts(client: httpx.Client) -> None:
    lines = [{"line": at, "units": MOST_UNITS} for at in range(1, MOST_LINES + 1)]
    for number in PURCHASES:
        body = {"number": f"GR-{number}", "location": "vienna", "lines": lines}
        asked(client, "POST", f"/v1/purchase-orders/{number}/receipts", body)


class Known(dict[str, Any]):
    """Values by name; what is not known is the first of its kind."""

    def __missing__(self, name: str) -> Any:
        return 1


def assert_readable(world: World) -> None:
    """Every page that can be read is answered, for every number that is known."""
    client = world.client(Role.ADMIN, "acme")
    for path, methods in DOCUMENT["paths"].items():
        if "get" in methods and path.startswith("/v1/"):
            for number in [*ORDERS, PURCHASES[0]] if "{number}" in path else ["-"]:
                names = {"name": "acme", "location": "vienna", "sku": "TEA", "number": number,
                         "mail_type": "waits", "language": "en"}  # fmt: skip
                answer = client.get(path.format_map(Known(names)))
                assert answer.status_code in (200, 403, 404, 409), f"{path}: {answer.text}"
    assert audit(world.store) == []
    purchase_order_heads(world.store)


def settle(world: World) -> None:
    """Serve all that is owed to any queue."""
    while serving.serve_due(world.store, "acme"):
        pass


def test_all_can_be_read_when_everything_is_as_great_as_it_may_be(world):
    client = world.client()
    orders(world, client)
    stock(client)
    payments(client)
    assert_readable(world)
    purchases(client)
    changes(client)
    settle(world)
    assert_readable(world)
    receipts(client)
    for number in ORDERS:
        assert asked(client, "POST", f"/v1/orders/{number}/cancel")
    settle(world)
    assert_readable(world)
