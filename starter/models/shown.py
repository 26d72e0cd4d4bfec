"""An example of every view that is answered, by its class."""

from collections.abc import Mapping

from starter.models import (
    catalogue,
    changes,
    counts,
    explanations,
    keys,
    order_lists,
    orders_out,
    packages,
    payments,
    pick_lists,
    purchase_orders_out,
    receipts,
    restocks,
    returns,
    settings,
    shipments,
    staging,
    stock,
    suggestions,
    transfers,
)

EXAMPLES: Mapping[type, object] = {
    **catalogue.EXAMPLES,
    **changes.EXAMPLES,
    **counts.EXAMPLES,
    **explanations.EXAMPLES,
    **keys.EXAMPLES,
    **order_lists.EXAMPLES,
    **orders_out.EXAMPLES,
    **packages.EXAMPLES,
    **payments.EXAMPLES,
    **pick_lists.EXAMPLES,
    **purchase_orders_out.EXAMPLES,
    **receipts.EXAMPLES,
    **restocks.EXAMPLES,
    **returns.EXAMPLES,
    **settings.EXAMPLES,
    **shipments.EXAMPLES,
    **staging.EXAMPLES,
    **stock.EXAMPLES,
    **suggestions.EXAMPLES,
    **transfers.EXAMPLES,
}
