"""Orders in: checked, stored and put in the queue, a fixed number of statements for any number."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from fulfillment.domain.policy import PolicyError, checked
from fulfillment.domain.rank import DEFAULT_PRIORITY
from fulfillment.domain.refusals import RefusalKind, RefusedError, conflict, invalid, missing
from fulfillment.store import outbox
from fulfillment.store.session import Store, Tx, fingerprint


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line as the client asks for it: a number of packs, or of units where no pack is named."""

    line: int
    sku: str
    quantity: int
    pack: str | None = None
    unit_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as a client sends it. Contact and address are stored apart from the rest."""

    number: str
    lines: tuple[NewLine, ...]
    placed_at: datetime | None = None
    priority: int = DEFAULT_PRIORITY
    ship_by: date | None = None
    currency: str | None = None
    policy: Mapping[str, object] = field(default_factory=dict)
    lock_location: str | None = None
    pickup_location: str | None = None
    customer_reference: str | None = None
    contact: Mapping[str, object] = field(default_factory=dict)
    address: Mapping[str, object] = field(default_factory=dict)
    revision: int = 0

    @property
    def content_hash(self) -> bytes:
        """Equal for two requests that ask for the same."""
        return fingerprint(asdict(self))


MOST_UNITS = 1_000_000_000


class Outcome(StrEnum):
    """What became of one order of a batch."""

    CREATED = "created"
    EXISTING = "existing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer for one order of a batch; `order` is its id, or None where it was refused."""

    number: str
    outcome: Outcome
    order: int | None = None
    refusal: RefusedError | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the checks of intake look at, loaded once for the batch."""

    products: Mapping[str, Any]
    locations: frozenset[str]
    free: Mapping[tuple[str, str], int]
    waiting: Mapping[str, int]
    currency: str


def create_order(store: Store, merchant: str, order: NewOrder, actor: str) -> Taken:
    """Take one order in; `RefusedError` where it can not be."""
    (taken,) = create_orders(store, merchant, [order], actor)
    if taken.refusal:
        raise taken.refusal
    return taken


def create_orders(
    store: Store, merchant: str, orders: Sequence[NewOrder], actor: str
) -> list[Taken]:
    """Take a batch in. The good ones are stored; each bad one is refused on its own.

    Idempotent by (merchant, order number): the same order again answers with the first one, the
    same number with other content is a conflict. What is refused is not stored.
    """

    def body(tx: Tx) -> list[Taken]:
        catalogue = load_catalogue(tx, (line for order in orders for line in order.lines))
        refused, good = _checked(orders, catalogue)
        created = _insert_orders(tx, list(good.values()), catalogue)
        taken = {number: Taken(number, Outcome.CREATED, id_) for number, id_ in created.items()}
        taken |= _existing(tx, {n: o for n, o in good.items() if n not in created})
        _insert_parts(tx, [good[number] for number in created], created, catalogue)
        again = _existing_refused(tx, orders, refused)
        return [again.get(o.number) or taken.get(o.number) or refused[o.number] for o in orders]

    return store.transact(merchant, body, actor=actor)


# --- checks --------------------------------------------------------------------------------------


def load_catalogue(tx: Tx, lines: Iterable[NewLine]) -> Catalogue:
    """What the checks need to know of the products of these lines."""
    skus = sorted({line.sku for line in lines})
    heads = tx.rows(
        "SELECT currency, (SELECT array_agg(ml.location) FROM merchant_location ml"
        " JOIN location l ON l.id = ml.location AND l.active WHERE ml.merchant = m.id) AS locations"
        " FROM merchant m WHERE m.id = :merchant",
        merchant=tx.merchant,
    )
    if not heads:
        raise missing("merchant", tx.merchant)
    products = tx.rows(
        "SELECT sku, manage_stock, allow_backorder, backorder_limit, packs, active FROM product"
        " WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=skus,
    )
    strict = [p.sku for p in products if not p.allow_backorder or p.backorder_limit is not None]
    return Catalogue(
        products={product.sku: product for product in products},
        locations=frozenset(heads[0].locations or ()),
        free=_free(tx, strict) if strict else {},
        waiting=_waiting(tx, strict) if strict else {},
        currency=heads[0].currency,
    )


def _free(tx: Tx, skus: list[str]) -> dict[tuple[str, str], int]:
    rows = tx.rows(
        "SELECT v.sku, v.location, v.on_hand - v.allocated AS units FROM stock_level v"
        " JOIN merchant_location ml ON ml.merchant = v.merchant AND ml.location = v.location"
        " JOIN location l ON l.id = v.location AND l.active"
        " WHERE v.merchant = :merchant AND v.sku = ANY(:skus) AND v.disposition = 'sellable'",
        merchant=tx.merchant,
        skus=skus,
    )
    return {(row.sku, row.location): row.units for row in rows}


def _waiting(tx: Tx, skus: list[str]) -> dict[str, int]:
    rows = tx.rows(
        "SELECT sku, sum(wanted)::int AS units FROM open_demand"
        " WHERE merchant = :merchant AND sku = ANY(:skus) AND wanted > 0 GROUP BY sku",
        merchant=tx.merchant,
        skus=skus,
    )
    return {row.sku: row.units for row in rows}


def _checked(
    orders: Sequence[NewOrder], catalogue: Catalogue
) -> tuple[dict[str, Taken], dict[str, NewOrder]]:
    refused: dict[str, Taken] = {}
    good: dict[str, NewOrder] = {}
    for order in orders:
        try:
            check_order(order, catalogue)
        except RefusedError as refusal:
            refused[order.number] = Taken(order.number, Outcome.REFUSED, refusal=refusal)
        else:
            good.setdefault(order.number, order)
    return refused, good


def _twice(order: NewOrder, good: Mapping[str, NewOrder]) -> Taken | None:
    """The same number twice in one batch with different content: the first good one stands."""
    if good.get(order.number, order) == order:
        return None
    refusal = conflict("number_in_use", _number_in_use(order.number), number=order.number)
    return Taken(order.number, Outcome.REFUSED, refusal=refusal)


def check_order(order: NewOrder, catalogue: Catalogue) -> None:
    """Refuse what can not be taken, naming the field (behaviour.md §2)."""
    if not order.lines:
        raise invalid("empty_order", "an order has at least one line", "lines")
    numbers = Counter(line.line for line in order.lines)
    for index, line in enumerate(order.lines):
        check_line(line, index, catalogue)
        if numbers[line.line] > 1:
            field_name = f"lines[{index}].line"
            raise invalid("line_twice", f"line {line.line} is there twice", field_name)
    for name in ("lock_location", "pickup_location"):
        location = getattr(order, name)
        if location is not None and location not in catalogue.locations:
            message = f"{location} is not an active location of this merchant"
            raise invalid("unknown_location", message, name)
    if order.lock_location and order.pickup_location:
        message = "an order is either locked to a location or picked up at one"
        raise invalid("lock_and_pickup", message, "pickup_location")
    try:
        checked(order.policy, for_one_order=True)
    except PolicyError as error:
        raise invalid("bad_policy", str(error), f"policy.{error.knob}") from error
    _check_size(order, catalogue)
    _check_backorders(order, catalogue)


def _check_size(order: NewOrder, catalogue: Catalogue) -> None:
    """The units of an order are added up in 32-bit columns."""
    if sum(units_of(line, catalogue) for line in order.lines) > MOST_UNITS:
        raise invalid("too_many_units", f"an order is for {MOST_UNITS} units at most", "lines")


def check_line(line: NewLine, index: int, catalogue: Catalogue) -> None:
    """Refuse an unknown SKU or pack and a quantity that is not positive."""
    product = catalogue.products.get(line.sku)
    if product is None or not product.active:
        message = f"there is no active product {line.sku}"
        raise invalid("unknown_sku", message, f"lines[{index}].sku", sku=line.sku)
    if line.quantity <= 0:
        message = f"the quantity of {line.sku} must be positive, not {line.quantity}"
        raise invalid("bad_quantity", message, f"lines[{index}].quantity", sku=line.sku)
    if line.pack is not None and line.pack not in product.packs:
        known = ", ".join(sorted(product.packs)) or "none"
        message = f"{line.sku} has no pack {line.pack!r}; it has: {known}"
        raise invalid("unknown_pack", message, f"lines[{index}].pack", sku=line.sku)


def units_of(line: NewLine, catalogue: Catalogue) -> int:
    """The line in base units."""
    return line.quantity * _pack_units(line, catalogue)


def _pack_units(line: NewLine, catalogue: Catalogue) -> int:
    return int(catalogue.products[line.sku].packs[line.pack]) if line.pack else 1


def _check_backorders(order: NewOrder, catalogue: Catalogue) -> None:
    """Refuse the whole order where a line may not wait, saying what could be had now."""
    wanted: Counter[str] = Counter()
    for line in order.lines:
        wanted[line.sku] += units_of(line, catalogue)
    short: list[dict[str, object]] = []
    for sku, units in wanted.items():
        most = _most(sku, order, catalogue)
        if most is not None and units > most:
            lines = [line.line for line in order.lines if line.sku == sku]
            fields = [f"lines[{i}].quantity" for i, x in enumerate(order.lines) if x.sku == sku]
            short.append({"field": fields[0], "sku": sku, "lines": lines, "wanted": units,
                          "available": most})  # fmt: skip
    if short:
        told = "; ".join(
            f"{s['sku']}: {s['wanted']} wanted, {s['available']} can be had" for s in short
        )
        message = f"not enough of products that may not be backordered further ({told})"
        raise RefusedError(RefusalKind.INVALID, "not_available", message, short)


def _most(sku: str, order: NewOrder, catalogue: Catalogue) -> int | None:
    """Units of a SKU this order may ask for; None where there is no limit."""
    product = catalogue.products[sku]
    if not product.manage_stock or (product.allow_backorder and product.backorder_limit is None):
        return None
    only = order.lock_location or order.pickup_location
    free = sum(
        units
        for (other, location), units in catalogue.free.items()
        if other == sku and only in (None, location)
    )
    if not product.allow_backorder:
        return free
    return free + max(int(product.backorder_limit) - catalogue.waiting.get(sku, 0), 0)


# --- rows ----------------------------------------------------------------------------------------


def _insert_orders(tx: Tx, orders: Sequence[NewOrder], catalogue: Catalogue) -> dict[str, int]:
    if not orders:
        return {}
    rows = tx.rows(
        INSERT_ORDERS,
        merchant=tx.merchant,
        now=tx.now,
        rows=json.dumps([_order_row(order, catalogue) for order in orders], default=str),
    )
    return {row.number: row.id for row in rows}


def _order_row(order: NewOrder, catalogue: Catalogue) -> dict[str, object]:
    return {
        "number": order.number,
        "revision": order.revision,
        "content_hash": order.content_hash.hex(),
        "priority": order.priority,
        "placed_at": order.placed_at,
        "ship_by": order.ship_by,
        "currency": order.currency or catalogue.currency,
        "policy": checked(order.policy, for_one_order=True),
        "lock_location": order.lock_location,
        "pickup_location": order.pickup_location,
        "reference": order.customer_reference,
        "contact": order.contact,
        "address": order.address,
    }


INSERT_ORDERS = """
INSERT INTO orders (merchant, number, revision, content_hash, priority, placed_at, ship_by,
                    currency, policy, lock_location, pickup_location, created_at)
SELECT :merchant, r.number, r.revision, decode(r.content_hash, 'hex'), r.priority,
       coalesce(r.placed_at, :now), r.ship_by, r.currency, r.policy, r.lock_location,
       r.pickup_location, :now
  FROM ROWS FROM (jsonb_to_recordset(CAST(:rows AS jsonb)) AS (
       number text, revision int, content_hash text, priority int, placed_at timestamptz,
       ship_by date, currency text, policy jsonb, lock_location text, pickup_location text))
       WITH ORDINALITY AS r(number, revision, content_hash, priority, placed_at, ship_by,
                            currency, policy, lock_location, pickup_location, n)
 ORDER BY r.n
ON CONFLICT (merchant, number) DO NOTHING
RETURNING id, number
"""


def _insert_parts(
    tx: Tx, orders: Sequence[NewOrder], ids: Mapping[str, int], catalogue: Catalogue
) -> None:
    """Customers, lines, the first shipment, the place in the queue, the history, the start."""
    if not orders:
        return
    customers = [
        {
            "order_id": ids[o.number],
            "reference": o.customer_reference,
            "contact": o.contact,
            "address": o.address,
        }  # fmt: skip
        for o in orders
    ]
    tx.run(
        "INSERT INTO order_customer (order_id, reference, contact, address)"
        " SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
        " AS r(order_id bigint, reference text, contact jsonb, address jsonb)",
        rows=json.dumps(customers, default=str),
    )
    insert_lines(tx, [(ids[o.number], line) for o in orders for line in o.lines], catalogue)
    tx.run(FIRST_SHIPMENTS, ids=[ids[o.number] for o in orders], now=tx.now, actor=tx.actor)
    outbox.put(
        tx,
        outbox.Kind.START_ORDER,
        ((str(ids[o.number]), start_payload(tx.merchant, ids[o.number], o)) for o in orders),
    )


def start_payload(merchant: str, order: int, new: NewOrder) -> dict[str, Any]:
    """What the start of an order's workflow needs to know: no customer data."""
    return {
        "merchant": merchant,
        "order": order,
        "number": new.number,
        "priority": new.priority,
        "lines": len(new.lines),
    }


def insert_lines(tx: Tx, lines: Sequence[tuple[int, NewLine]], catalogue: Catalogue) -> None:
    """Order lines in base units; the pack they were asked for in is kept to be shown."""
    if not lines:
        return
    columns: dict[str, list[object]] = defaultdict(list)
    for order, line in lines:
        columns["orders"].append(order)
        columns["numbers"].append(line.line)
        columns["skus"].append(line.sku)
        columns["units"].append(units_of(line, catalogue))
        columns["packs"].append(line.pack)
        columns["pack_units"].append(_pack_units(line, catalogue) if line.pack else None)
        columns["prices"].append(line.unit_price_minor)
    tx.run(
        "INSERT INTO order_line (order_id, line, merchant, sku, ordered, pack, pack_units,"
        " unit_price_minor) SELECT l.order_id, l.line, :merchant, l.sku, l.units, l.pack,"
        " l.pack_units, l.price FROM unnest(CAST(:orders AS bigint[]), CAST(:numbers AS int[]),"
        " CAST(:skus AS text[]), CAST(:units AS int[]), CAST(:packs AS text[]),"
        " CAST(:pack_units AS int[]), CAST(:prices AS bigint[]))"
        " AS l(order_id, line, sku, units, pack, pack_units, price)",
        merchant=tx.merchant,
        **columns,
    )


FIRST_SHIPMENTS = """
WITH first AS (
    INSERT INTO shipment (order_id, number, status, created_at)
    SELECT unnest(CAST(:ids AS bigint[])), 1, 'backorder', :now RETURNING id, order_id
), parts AS (
    INSERT INTO shipment_line (shipment, order_id, order_line, units)
    SELECT first.id, l.order_id, l.line, l.ordered
      FROM first JOIN order_line l ON l.order_id = first.order_id
     ORDER BY l.order_id, l.line
    RETURNING id, order_id, order_line, units
), queued AS (
    INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at,
                             intake_seq, wanted, held, lock_location)
    SELECT p.id, l.merchant, l.sku, p.order_id, o.priority, o.placed_at, o.intake_seq, p.units, 0,
           coalesce(o.lock_location, o.pickup_location)
      FROM parts p
      JOIN orders o ON o.id = p.order_id
      JOIN order_line l ON l.order_id = p.order_id AND l.line = p.order_line
      JOIN product d ON d.merchant = l.merchant AND d.sku = l.sku AND d.manage_stock
    RETURNING order_id, wanted
), counted AS (
    UPDATE orders o SET waiting_units = t.units
      FROM (SELECT order_id, sum(units)::int AS units FROM parts GROUP BY order_id) t
     WHERE o.id = t.order_id
)
INSERT INTO order_event (order_id, kind, facts, actor, at)
SELECT p.order_id, 'received', jsonb_build_object('lines', count(*), 'units', sum(p.units)),
       :actor, :now
  FROM parts p GROUP BY p.order_id
"""


# --- the same order again ------------------------------------------------------------------------


def _existing(tx: Tx, orders: Mapping[str, NewOrder]) -> dict[str, Taken]:
    found = _hashes(tx, orders)
    return {number: _again(number, *found[number], order) for number, order in orders.items()}


def _existing_refused(
    tx: Tx, orders: Sequence[NewOrder], refused: Mapping[str, Taken]
) -> dict[str, Taken]:
    """What would be refused as new, but was taken before: a product may have gone since."""
    asked = {order.number: order for order in orders if order.number in refused}
    found = _hashes(tx, asked)
    return {
        number: _again(number, *found[number], order)
        for number, order in asked.items()
        if number in found
    }


def _again(number: str, order_id: int, known: bytes, order: NewOrder) -> Taken:
    if known == order.content_hash:
        return Taken(number, Outcome.EXISTING, order_id)
    refusal = conflict("number_in_use", _number_in_use(number), number=number)
    return Taken(number, Outcome.REFUSED, order_id, refusal)


def _number_in_use(number: str) -> str:
    return f"order {number} exists with other content; send a change as PUT with a higher revision"


def _hashes(tx: Tx, numbers: Collection[str]) -> dict[str, tuple[int, bytes]]:
    if not numbers:
        return {}
    rows = tx.rows(
        "SELECT number, id, content_hash FROM orders"
        " WHERE merchant = :merchant AND number = ANY(:numbers)",
        merchant=tx.merchant,
        numbers=sorted(numbers),
    )
    return {row.number: (row.id, bytes(row.content_hash)) for row in rows}
