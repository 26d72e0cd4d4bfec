"""Where an order goes, and until when it waits, changed by people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fulfillment.domain.actions.address import readdressed
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.planning.expiry import with_cancel_date
from fulfillment.store.planning.change import Change
from fulfillment.store.reading.packages import packed_units
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.transactions.session import Tx

Details = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Customer:
    """How the customer is reached, where the goods go, what the packer should know.

    None leaves what is stored.
    """

    contact: Details | None = None
    address: Details | None = None
    packer_note: str | None = None

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of what it changes: all that a history may tell of it."""
        names = ("contact", "address", "packer_note")
        return tuple(name for name in names if getattr(self, name) is not None)


def address(number: str, customer: Customer) -> Change:
    """Another address, until a shipment is packed; what has left does not hinder it."""

    def make(tx: Tx, order: Order) -> Order:
        if not _says_where(customer.address) and order.pickup is None:
            raise invalid("empty_address", "say where the goods go", "address")
        begun = {shipment for shipment, _ in packed_units(tx, order.id)}
        after = readdressed(order, customer.changed, begun)
        write_customer(tx, order.id, customer)
        return after

    return Change(number, make)


def _says_where(address: Details | None) -> bool:
    return any(str(part).strip() for part in (address or {}).values())


def has_address(tx: Tx, order: int, address: Details) -> bool:
    """Whether that is what is stored already: a channel sends it with each edit."""
    sql = "SELECT address FROM order_customer WHERE order_id = :order"
    return any(row.address == address for row in tx.rows(sql, order=order))


def write_customer(tx: Tx, order: int, customer: Customer) -> None:
    """Store what is known of the customer, apart from the order; erased data begins anew."""
    if tx.is_simulated:
        return
    tx.run(
        "INSERT INTO order_customer (order_id, contact, address, packer_note) VALUES (:order,"
        " coalesce(CAST(:contact AS jsonb), '{}'), coalesce(CAST(:address AS jsonb), '{}'), :note)"
        " ON CONFLICT (order_id) DO UPDATE"
        " SET contact = coalesce(CAST(:contact AS jsonb), order_customer.contact),"
        " address = coalesce(CAST(:address AS jsonb), order_customer.address),"
        " packer_note = coalesce(excluded.packer_note, order_customer.packer_note)",
        order=order,
        contact=_stored(customer.contact),
        address=_stored(customer.address),
        note=customer.packer_note,
    )


def _stored(details: Details | None) -> str | None:
    return None if details is None else json.dumps(details)


def cancel_date(number: str, on: date | None) -> Change:
    """Another day on which what still waits is cancelled; None gives it back to the policy."""

    def make(tx: Tx, order: Order) -> Order:
        return with_cancel_date(order, on, merchant_today(tx))

    return Change(number, make)
