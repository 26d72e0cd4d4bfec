"""What can be imported: each kind with its fields and how each is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from importing import values
from importing.values import Read


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row. Fields named `open_fields` + `.anything` are gathered in a mapping.

    Of the fields `one_of` at least one is given. A column of `left_to_lines` is the lines' where
    they are in the same file, unless the mapping says otherwise.
    """

    name: str
    title: str
    fields: Mapping[str, Read]
    required: frozenset[str]
    open_fields: Mapping[str, Read] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    left_to_lines: frozenset[str] = frozenset()

    def reader_of(self, name: str) -> Read | None:
        """How a field is read; None where this kind has no such field."""
        group, _, rest = name.partition(".")
        return self.fields.get(name) or (self.open_fields.get(group) if rest else None)

    @property
    def known_fields(self) -> str:
        """The fields, to be shown to people."""
        return ", ".join([*self.fields, *(f"{group}.NAME" for group in self.open_fields)])


SUPPLIERS = Kind(
    "suppliers",
    "suppliers",
    {"id": values.short_text, "name": values.short_text},
    frozenset({"id", "name"}),
)

PRODUCTS = Kind(
    "products",
    "products",
    {
        "sku": values.sku,
        "name": values.text(200),
        "manage_stock": values.switch,
        "allow_backorder": values.switch,
        "backorder_limit": values.units,
        "future_inventory": values.switch,
        "supplier": values.short_text,
        "reorder_level": values.units,
        "active": values.switch,
        "barcode": values.gtin,
        "weight_g": values.measure,
        "length_mm": values.measure,
        "width_mm": values.measure,
        "height_mm": values.measure,
        "country_of_origin": values.country,
        "customs_code": values.customs_code,
    },
    frozenset({"sku"}),
    {"packs": values.pack_units, "barcodes": values.gtin, "bins": values.short_text},
)

STOCK = Kind(
    "stock",
    "stock",
    {
        "sku": values.sku,
        "units": values.counted,
        "location": values.location,
        "disposition": values.one_of("sellable", "damaged", "quarantine"),
    },
    frozenset({"sku", "units"}),
)

PURCHASE_ORDERS = Kind(
    "purchase_orders",
    "purchase orders",
    {
        "number": values.number,
        "supplier": values.short_text,
        "status": values.one_of("draft", "approved"),
        "expected_on": values.day,
        "over_receipt_percent": values.percent,
    },
    frozenset({"number"}),
    left_to_lines=frozenset({"expected_on"}),
)

PURCHASE_ORDER_LINES = Kind(
    "purchase_order_lines",
    "purchase order lines",
    {
        "number": values.number,
        "line": values.line_number,
        "sku": values.sku,
        "units": values.units,
        "pack": values.pack,
        "location": values.location,
        "expected_on": values.day,
    },
    frozenset({"number", "sku", "units"}),
)

RECEIPTS = Kind(
    "receipts",
    "receipts",
    {"number": values.number, "purchase_order": values.number, "location": values.location},
    frozenset({"number", "purchase_order"}),
)

RECEIPT_LINES = Kind(
    "receipt_lines",
    "receipt lines",
    {
        "number": values.number,
        "line": values.line_number,
        "sku": values.sku,
        "units": values.units,
        "disposition": values.one_of("sellable", "damaged", "quarantine", "scrapped"),
    },
    frozenset({"number", "units"}),
    one_of=("line", "sku"),
)

ADDRESS = ("name", "company", "line1", "line2", "city", "region", "postal_code")
CONTACT = ("name", "company", "email", "phone")

ORDERS = Kind(
    "orders",
    "orders",
    {
        "number": values.number,
        "placed_at": values.instant,
        "priority": values.priority,
        "ship_by": values.day,
        "shipping_method": values.short_text,
        "deliver_by": values.day,
        "packer_note": values.long_text,
        "currency": values.currency,
        "lock_location": values.location,
        "pickup_location": values.location,
        "customer_reference": values.short_text,
        "address.country": values.country,
        "address.instructions": values.long_text,
        **{f"address.{name}": values.short_text for name in ADDRESS},
        **{f"contact.{name}": values.short_text for name in CONTACT},
    },
    frozenset({"number"}),
)

ORDER_LINES = Kind(
    "order_lines",
    "order lines",
    {
        "number": values.number,
        "line": values.line_number,
        "sku": values.sku,
        "quantity": values.positive,
        "pack": values.pack,
        "unit_price": values.money,
        "wanted_on": values.day,
    },
    frozenset({"number", "sku", "quantity"}),
)

KINDS = {
    kind.name: kind
    for kind in (
        SUPPLIERS,
        PRODUCTS,
        STOCK,
        PURCHASE_ORDERS,
        PURCHASE_ORDER_LINES,
        RECEIPTS,
        RECEIPT_LINES,
        ORDERS,
        ORDER_LINES,
    )
}

LINES_OF = {
    "purchase_orders": "purchase_order_lines",
    "receipts": "receipt_lines",
    "orders": "order_lines",
}
"""Documents and their lines: in two files, or in one where each row is a line."""
