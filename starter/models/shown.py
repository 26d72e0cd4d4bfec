"""An example of every view that is answered, by its class."""

from collections.abc import Mapping

from starter.models import (
    explanations,
    order_lists,
    orders_out,
    packages,
    payments,
    settings,
    shipments,
)

EXAMPLES: Mapping[type, object] = {
    **explanations.EXAMPLES,
    **order_lists.EXAMPLES,
    **orders_out.EXAMPLES,
    **packages.EXAMPLES,
    **payments.EXAMPLES,
    **settings.EXAMPLES,
    **shipments.EXAMPLES,
}
