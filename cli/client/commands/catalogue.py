"""`pegboard product` and `stock`: what is sold, and what is there of it."""

from cli.blocks import column, number, words
from cli.client import catalogue_views as views
from cli.client.readers import JsonFile, Pairs, Rows, Switch
from cli.client.table import (
    Asks,
    Command,
    Parameter,
    Request,
    argument,
    arguments,
    option,
    options,
    whole,
)
from cli.client.views import listing, saying

SKU = argument("path.sku", "SKU", "The product's SKU.")
ADJUSTED = Rows(
    r"(?P<sku>.+)=(?P<units>[+-]?\d{1,9})@(?P<location>[^@:]+)(?::(?P<disposition>[a-z]+))?",
    "a change as SKU=UNITS@LOCATION, as TEA-GREEN=-2@vienna", whole=("units",),
)  # fmt: skip


def with_reason(_: Asks, request: Request) -> Request:
    """Each adjustment with the reason that is said once."""
    rows = (request.body or {})["adjustments"]
    return request.with_body(adjustments=[row | dict(request.client) for row in rows])


PRODUCT = views.facts("Product {sku}")


def whether(to: str, says: str, off: str = "") -> Parameter:
    """An option that is true, false or not said."""
    return option(to, says, Switch(off))


COMMANDS = (
    Command(
        group="product", verb="list", method="GET", path="/v1/products", pages=True,
        says="List products.", example="product list --active",
        view=listing(
            "products", column("sku"), words("name"), words("packs"), words("supplier"),
            number("reorder_level", "reorder level"), column("active"),
        ),
        parameters=(whether("query.active", "Which may be ordered, or not."),),
    ),
    Command(
        group="product", verb="show", method="GET", path="/v1/products/{sku}",
        says="Show a product.", example="product show TEA-GREEN", view=PRODUCT, parameters=(SKU,),
    ),
    Command(
        group="product", verb="explain", method="GET", path="/v1/products/{sku}/explanation",
        says="Say where a product's units are, who holds them, and who waits for them.",
        example="product explain TEA-GREEN", view=views.product_explanation, parameters=(SKU,),
    ),
    Command(
        group="product", verb="put", method="PUT", path="/v1/products/{sku}", keyed=False,
        says="Say what a product is, all of it: what is not said is as of a new one.",
        example='product put MUG --name "Mug, white" --pack box=6 --supplier "Clay Works"',
        view=PRODUCT,
        parameters=(
            SKU,
            option("body.name", "What it is called.", required=True),
            options("body.packs", "NAME=UNITS, a pack; repeatable.",
                    Pairs("a pack as NAME=UNITS", whole=True), name="--pack"),
            option("body.supplier", "Whom it is bought from."),
            whole("body.reorder_level", "Below which it is suggested to buy more.", 0),
            whether("body.manage_stock", "Whether its stock is counted.", "--no-stock"),
            whether("body.allow_backorder", "Whether an order may wait for it."),
            whole("body.backorder_limit", "Units that may wait at most.", 0),
            whether("body.future_inventory", "Whether what is to come may be promised."),
            whether("body.active", "Whether a new order may name it.", "--inactive"),
            options("body.barcodes", "CODE=PACK, or CODE= for a single unit; repeatable.",
                    Pairs("a barcode as CODE=PACK"), name="--barcode"),
            whole("body.weight_g", "Of one unit, in grams."),
            whole("body.length_mm", "Of one unit, in millimetres."),
            whole("body.width_mm", "Of one unit, in millimetres."),
            whole("body.height_mm", "Of one unit, in millimetres."),
            option("body.country_of_origin", "Two letters of ISO 3166."),
            option("body.customs_code", "Its tariff number."),
            options("body.bins", "LOCATION=BIN, where pickers find it; repeatable.",
                    Pairs("a bin as LOCATION=BIN"), name="--bin"),
            options("body.substitutes", "A SKU that a customer may be offered in its place;"
                    " repeatable, the best first.", name="--substitute"),
        ),
    ),
    Command(
        group="product", verb="put-many", method="POST", path="/v1/products/batch", keyed=False,
        says="Put many products from a file of JSON, all of them or none.",
        example="product put-many products.json",
        view=saying(lambda answer, _: f"{answer['put']} products are put"),
        parameters=(
            argument("body", "FILE", "A list of products; - is the standard input.",
                     JsonFile("products")),
        ),
    ),
    Command(
        group="stock", verb="list", method="GET", path="/v1/stock", pages=True,
        says="Show what is on hand, claimed, coming and wanted.",
        example="stock list --sku TEA-GREEN", view=views.stock,
        parameters=(
            option("query.sku", "Of this SKU."),
            option("query.location", "At this location."),
        ),
    ),
    Command(
        group="stock", verb="adjust", method="POST", path="/v1/stock/adjustments",
        says="Change what is on hand, all of it or none; those who wait are served.",
        example='stock adjust TEA-GREEN=5@vienna CUP=2@vienna:damaged --reason "found"',
        view=views.levels,
        complete=with_reason,
        parameters=(
            arguments("body.adjustments", "SKU=UNITS@LOCATION[:DISPOSITION]...",
                      "Units that are more, or less with a minus.", ADJUSTED, required=True),
            option("client.reason", "Why, for the ledger.", required=True),
        ),
    ),
)  # fmt: skip
