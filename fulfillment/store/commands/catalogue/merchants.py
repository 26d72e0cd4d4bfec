"""Merchants, and what makes a plan of theirs another one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from fulfillment.store.commands.catalogue.zones import check_zone
from fulfillment.store.queue.pending_queues import owe_replan_of_all
from fulfillment.store.records.currencies import check_currency
from fulfillment.store.transactions.session import Store, Tx


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """Whose goods and orders they are."""

    id: str
    name: str
    time_zone: str = "UTC"
    currency: str = "USD"
    authorise_before_release: bool = False
    reauthorise_on_release: bool = False
    shipping_methods: Mapping[str, int] = field(default_factory=dict)
    """Days that goods are under way, by the name of the method; it counts for later orders."""


def put_merchant(store: Store, new: NewMerchant) -> None:
    """Create a merchant, or change its name, zone, currency or what it asks of payments.

    In another zone other days have come, and what waits for its payment's authorisation may need
    none any more: then every open order is planned again.
    """
    check_currency(new.currency, "currency")

    def body(tx: Tx) -> None:
        check_zone(tx, new.time_zone, "time_zone")
        before = tx.rows(
            "SELECT time_zone, authorise_before_release FROM merchant WHERE id = :id"
            " FOR NO KEY UPDATE",
            id=new.id,
        )
        tx.run(
            PUT_MERCHANT,
            id=new.id,
            name=new.name,
            zone=new.time_zone,
            currency=new.currency,
            first=new.authorise_before_release,
            anew=new.reauthorise_on_release,
            methods=json.dumps(dict(new.shipping_methods)),
        )
        if before and tuple(before[0]) != (new.time_zone, new.authorise_before_release):
            owe_replan_of_all(tx, [new.id])

    store.transact(new.id, body)


PUT_MERCHANT = """
INSERT INTO merchant (id, name, time_zone, currency, authorise_before_release,
                      reauthorise_on_release, shipping_methods)
VALUES (:id, :name, :zone, :currency, :first, :anew, CAST(:methods AS jsonb))
ON CONFLICT (id) DO UPDATE
   SET name = excluded.name, time_zone = excluded.time_zone, currency = excluded.currency,
       authorise_before_release = excluded.authorise_before_release,
       reauthorise_on_release = excluded.reauthorise_on_release,
       shipping_methods = excluded.shipping_methods
"""
