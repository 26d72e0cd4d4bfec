"""What is stored of a document stays the same document when its kind gets a field more."""

from dataclasses import fields

import pytest

from fulfillment.domain.model.meaning import LATER
from fulfillment.store.commands.intake import NewLine, NewOrder
from fulfillment.store.commands.orders.channel_edit import Edit
from fulfillment.store.commands.supply.purchase_orders import NewPurchaseLine, NewPurchaseOrder

ALWAYS: dict[type, set[str]] = {
    NewOrder: {
        "number", "lines", "placed_at", "priority", "ship_by", "currency", "policy",
        "lock_location", "pickup_location", "customer_reference", "contact", "address", "revision",
    },
    NewLine: {"line", "sku", "quantity", "pack", "unit_price_minor"},
    Edit: {"number", "revision", "lines", "contact", "address"},
    NewPurchaseOrder: {"number", "lines", "supplier", "expected_on", "status"},
    NewPurchaseLine: {"line", "sku", "units", "location", "expected_on"},
}  # fmt: skip
"""The fields that were there from the first release on. None is ever added."""


@pytest.mark.parametrize("document", ALWAYS, ids=lambda document: document.__name__)
def test_a_field_that_a_document_did_not_always_have_is_marked(document):
    unmarked = {each.name for each in fields(document) if each.metadata != LATER}

    assert unmarked == ALWAYS[document], (
        f"give {unmarked ^ ALWAYS[document]} metadata=LATER: else whatever was stored without it"
        " is other content when it is sent again, and refused"
    )
