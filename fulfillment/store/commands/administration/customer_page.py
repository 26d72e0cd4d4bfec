"""What a merchant's customers may choose on their page."""

from typing import Any

from fulfillment.store.reading.links import read_page_settings
from fulfillment.store.reading.rows import fields_of, view
from fulfillment.store.reading.views.customer_page import CustomerPageSettings
from fulfillment.store.transactions.session import Command, Store, Tx


def put_customer_page(
    store: Store, command: Command, wanted: CustomerPageSettings
) -> CustomerPageSettings:
    """Have the pages of the command's merchant be so from now on, those that are open too."""

    def body(tx: Tx) -> dict[str, Any]:
        read_page_settings(tx)  # Refused where there is no such merchant.
        tx.run(
            PUT,
            merchant=tx.merchant,
            offers=list(wanted.offers),
            link_days=wanted.link_days,
            days_after_end=wanted.days_after_end,
            note=wanted.note,
        )
        return fields_of(wanted)

    return view(CustomerPageSettings, store.execute(command, body))


PUT = """
INSERT INTO customer_page (merchant, offers, link_days, days_after_end, note)
VALUES (:merchant, CAST(:offers AS text[]), :link_days, :days_after_end, :note)
ON CONFLICT (merchant) DO UPDATE
   SET offers = excluded.offers, link_days = excluded.link_days,
       days_after_end = excluded.days_after_end, note = excluded.note
"""
