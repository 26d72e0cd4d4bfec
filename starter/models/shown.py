"""An example of every view that is answered, by its class."""

from collections.abc import Mapping

from starter.models import order_lists, orders_out, packages, payments, shipments

EXAMPLES: Mapping[type, object] = {
    **order_lists.EXAMPLES,
    **orders_out.EXAMPLES,
    **packages.EXAMPLES,
    **payments.EXAMPLES,
    **shipments.EXAMPLES,
}
