"""Orders in: checked, stored and put in the queue."""

from fulfillment.store.commands.intake.catalogue import Catalogue, load_catalogue
from fulfillment.store.commands.intake.checks import (
    check_backorders,
    check_line,
    check_order,
    has_pack,
    units_of,
)
from fulfillment.store.commands.intake.documents import NewLine, NewOrder, Outcome, Taken
from fulfillment.store.commands.intake.rows import insert_lines, start_payload
from fulfillment.store.commands.intake.taking import create_order, create_orders

__all__ = [
    "Catalogue",
    "NewLine",
    "NewOrder",
    "Outcome",
    "Taken",
    "check_backorders",
    "check_line",
    "check_order",
    "create_order",
    "create_orders",
    "has_pack",
    "insert_lines",
    "load_catalogue",
    "start_payload",
    "units_of",
]
