"""A sales channel's edit: a PUT with a rising revision."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fulfillment.domain.actions.address import readdressed
from fulfillment.domain.actions.channel_edit import WantedLine, edited
from fulfillment.domain.model.limits import MOST_UNITS, check_order_size
from fulfillment.domain.model.meaning import LATER
from fulfillment.domain.model.orders import Order, OrderEvent
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import UnitsInPackages
from fulfillment.store.commands.intake import (
    Catalogue,
    NewLine,
    check_backorders,
    check_line,
    has_pack,
    insert_lines,
    load_catalogue,
    units_of,
)
from fulfillment.store.commands.orders.details import Customer, has_address, write_customer
from fulfillment.store.planning.opening import open_queues, order_id, rank_of_order, skus_of_order
from fulfillment.store.reading.packages import packed_units
from fulfillment.store.records.saving import record
from fulfillment.store.transactions.session import (
    Command,
    LocksTooSmallError,
    Store,
    Tx,
    fingerprint,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """How the channel wants an order to be now. What is null is left as it is."""

    number: str
    revision: int
    lines: tuple[NewLine, ...]
    contact: Mapping[str, object] | None = field(default=None)
    address: Mapping[str, object] | None = field(default=None)
    shipping_method: str | None = field(default=None, metadata=LATER)
    packer_note: str | None = field(default=None, metadata=LATER)
    deliver_by: date | None = field(default=None, metadata=LATER)


def edit_order(store: Store, command: Command, edit: Edit) -> dict[str, Any]:
    """Apply an edit. The same revision with the same content again is answered, not applied.

    A lower revision, or the same with other content, is a conflict: the channel is behind.
    """

    def body(tx: Tx) -> dict[str, Any]:
        order = order_id(tx, edit.number)
        catalogue = load_catalogue(tx, edit.lines, order)
        skus = skus_of_order(tx, order) | {line.sku for line in edit.lines}
        asked = _asked(edit, catalogue)
        space = open_queues(
            tx, skus, orders=[order], margin=asked, asking=lambda: (rank_of_order(tx, order), asked)
        )
        if _is_news(tx, order, edit):
            # Under the locks: what is free now.
            catalogue = load_catalogue(tx, edit.lines, order)
            if _asked(edit, catalogue) != asked:
                raise LocksTooSmallError  # A pack has changed: open the queues for other units.
            before = space.after[order]
            _refuse_finished(before)
            _check(edit, catalogue)
            check_backorders(edit.lines, before.only_location, catalogue, _had(before))
            wanted = {
                line.line: WantedLine(
                    line.line, line.sku, units_of(line, catalogue), line.unit_price_minor
                )
                for line in edit.lines
            }
            packed = packed_units(tx, order)
            after = _readdressed(tx, edited(before, wanted, packed), edit, packed)
            sizes = ((line.ordered, line.unit_price_minor) for line in after.lines)
            check_order_size(sizes, "lines")
            known = {line.number for line in before.lines}
            insert_lines(
                tx, [(order, line) for line in edit.lines if line.line not in known], catalogue
            )
            space.put(after)
            space.plan()
            space.save()
            _note(tx, order, edit, catalogue)
        return {}

    return store.execute(command, body)


def _asked(edit: Edit, catalogue: Catalogue) -> Mapping[str, int]:
    """Units by SKU that the order may come to want: at most all that the edit names."""
    asked: Counter[str] = Counter()
    for line in edit.lines:
        if line.sku in catalogue.products and has_pack(line, catalogue):
            asked[line.sku] += max(units_of(line, catalogue), 0)
    return {sku: min(units, MOST_UNITS) for sku, units in asked.items()}


def _had(order: Order) -> Mapping[str, int]:
    """Units by SKU that the order asked for before and still does, shipped ones included."""
    had: Counter[str] = Counter()
    for line in order.lines:
        had[line.sku] += line.ordered - line.cancelled
    return had


def _refuse_finished(order: Order) -> None:
    if not order.live:
        message = f"order {order.number} is {order.status} and done; send a new order"
        raise conflict("order_finished", message, status=str(order.status))


def _check(edit: Edit, catalogue: Catalogue) -> None:
    if not edit.lines:
        raise invalid("empty_order", "an order has at least one line; or cancel it", "lines")
    seen: set[int] = set()
    for index, line in enumerate(edit.lines):
        check_line(line, index, catalogue)
        if line.line in seen:
            raise invalid("line_twice", f"line {line.line} is there twice", f"lines[{index}].line")
        seen.add(line.line)


def _readdressed(tx: Tx, order: Order, edit: Edit, packed: UnitsInPackages) -> Order:
    """Another address from the channel is refused, and checked, as one that a person gives."""
    if edit.address is None or has_address(tx, order.id, edit.address):
        return order
    return readdressed(order, begun={shipment for shipment, _ in packed})


def _content(edit: Edit) -> bytes:
    return fingerprint(edit)


def _is_news(tx: Tx, order: int, edit: Edit) -> bool:
    (row,) = tx.rows("SELECT revision, revision_hash FROM orders WHERE id = :id", id=order)
    if edit.revision > row.revision:
        return True
    if edit.revision == row.revision and row.revision_hash == _content(edit):
        return False
    message = f"order {edit.number} is at revision {row.revision}; send a higher one"
    raise conflict("stale_revision", message, revision=row.revision)


NOTE = """
UPDATE orders
   SET revision = :revision, revision_hash = :hash, deliver_by = coalesce(:deliver_by, deliver_by),
       shipping_method = coalesce(CAST(:method AS text), shipping_method),
       transit_days = CASE WHEN CAST(:method AS text) IS NULL THEN transit_days ELSE :days END
 WHERE id = :id
"""

SHIPPING = ("shipping_method", "deliver_by")


def _note(tx: Tx, order: int, edit: Edit, catalogue: Catalogue) -> None:
    """What the planner does not ask about, and the history: names of what changed, no content."""
    tx.run(
        NOTE,
        revision=edit.revision,
        hash=_content(edit),
        method=edit.shipping_method,
        days=catalogue.shipping_methods.get(edit.shipping_method or ""),
        deliver_by=edit.deliver_by,
        id=order,
    )
    if dated := [line for line in edit.lines if line.wanted_on is not None]:
        tx.run(
            "UPDATE order_line l SET wanted_on = w.wanted_on"
            " FROM unnest(CAST(:lines AS int[]), CAST(:days AS date[])) AS w(line, wanted_on)"
            " WHERE l.order_id = :order AND l.line = w.line",
            order=order,
            lines=[line.line for line in dated],
            days=[line.wanted_on for line in dated],
        )
    customer = Customer(edit.contact, edit.address, edit.packer_note)
    write_customer(tx, order, customer)
    also = [*customer.changed, *(name for name in SHIPPING if getattr(edit, name) is not None)]
    record(tx, [OrderEvent(order, "edited", {"revision": edit.revision, "also": also})])
