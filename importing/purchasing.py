"""Purchase orders in, each with its lines, once by number."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders import (
    NewPurchaseLine,
    NewPurchaseOrder,
    create_purchase_order,
    purchase_order_command,
)
from fulfillment.store.reading.known import (
    known_commands,
    known_purchase_orders,
)
from fulfillment.store.transactions.session import Command
from importing.documents import BadDocumentError, Candidate, Join, numbered
from importing.run import ACTOR, BATCH, Run
from importing.source import BadCellError, Source, Values
from importing.spool import Document, Spool
from importing.stock import location_of

Found = Candidate[NewPurchaseOrder]


def import_purchase_orders(run: Run, suppliers: Mapping[str, str] | None) -> None:
    """Write the purchase orders; one whose number is there with the same content stays."""
    heads, parts = run.sources["purchase_orders"], run.sources["purchase_order_lines"]

    def build(document: Document) -> NewPurchaseOrder:
        head, lines = join.values_of(document)
        told: dict[str, Any] = dict(head)
        numbers = numbered(lines, parts)
        return NewPurchaseOrder(
            number=document.number,
            lines=tuple(
                _line(run, parts, index, numbers[index], line) for index, line in enumerate(lines)
            ),
            supplier=_supplier(heads, head, suppliers),
            expected_on=told.get("expected_on"),
            status=PurchaseOrderStatus(told.get("status", "approved")),
            over_receipt_percent=told.get("over_receipt_percent", 0),
        )

    join: Join[NewPurchaseOrder] = Join(run, heads, parts, lambda _: "", build)
    with Spool() as spool:
        for batch in join.batches(spool, BATCH):
            _write(run, join, batch)


def _line(run: Run, parts: Source, index: int, number: int, told: Values) -> NewPurchaseLine:
    units = told["units"]
    if not isinstance(units, int) or units < 1:
        raise BadDocumentError(index, parts.column_of("units"), "must be positive")
    try:
        location = location_of(run, parts, told.get("location"))
    except BadCellError as error:
        raise BadDocumentError(index, error.column, error.reason) from error
    expected_on = told.get("expected_on")
    pack = str(told["pack"]) if told.get("pack") else None
    return NewPurchaseLine(number, str(told["sku"]), units, location, expected_on, pack)  # type: ignore[arg-type]


def _supplier(heads: Source, head: Values, suppliers: Mapping[str, str] | None) -> str:
    told = str(head.get("supplier", ""))
    if suppliers is None or not told:
        return told
    if told not in suppliers:
        raise BadDocumentError(None, heads.column_of("supplier"), "is no known supplier")
    return suppliers[told]


def _write(run: Run, join: Join[NewPurchaseOrder], batch: list[Found]) -> None:
    products = run.products(line.sku for found in batch for line in found.built.lines)
    commands = {found.built.number: _command(run, found.built) for found in batch}
    keys = {command.key: number for number, command in commands.items()}
    keys |= {f"{BEFORE}{number}": number for number in commands}
    known = run.store.read(run.merchant.id, lambda tx: known_commands(tx, list(keys)))
    done = {keys[key]: fingerprint for key, fingerprint in known.items()}
    numbers = list(commands)
    taken = run.store.read(run.merchant.id, lambda tx: known_purchase_orders(tx, numbers))
    for found in batch:
        command = commands[found.built.number]
        try:
            is_there = done.get(found.built.number) == command.fingerprint
            _check(join, found, products, () if is_there else taken)
            if is_there:
                join.taken(found.document, "there")
                continue
            create_purchase_order(run.store, command, found.built)
        except RefusedError as error:
            join.refuse(found.document, _fault(join, error))
        except BadDocumentError as fault:
            join.refuse(found.document, fault)
        else:
            join.taken(found.document, "new")


LINE_FIELD = re.compile(r"lines\[(?P<index>\d+)\]\.(?P<field>\w+)")

BEFORE = "import:purchase-order:"
"""With what the keys of imported purchase orders began, before they were known by number alone."""


def _command(run: Run, new: NewPurchaseOrder) -> Command:
    return purchase_order_command(run.merchant.id, ACTOR, new)


def _fault(join: Join[NewPurchaseOrder], error: RefusedError) -> BadDocumentError:
    """The cell that is at fault, where the refusal names a field of a line; else the number."""
    path = str(error.fields[0].get("field", "")) if error.fields else ""
    if named := LINE_FIELD.fullmatch(path):
        column = join.parts.column_of(named["field"])
        return BadDocumentError(int(named["index"]), column, str(error))
    return BadDocumentError(None, join.heads.column_of("number"), str(error))


def _check(
    join: Join[NewPurchaseOrder],
    found: Found,
    products: Collection[str],
    taken: Collection[str],
) -> None:
    if found.built.number in taken:
        reason = "is the number of a purchase order with other content"
        raise BadDocumentError(None, join.heads.column_of("number"), reason)
    for index, line in enumerate(found.built.lines):
        if line.sku not in products:
            column = join.parts.column_of("sku")
            raise BadDocumentError(index, column, "is no product of this merchant")
