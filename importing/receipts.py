"""Receipts in, each with its lines, counted once by number; those who wait are owed what came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DataError, IntegrityError

from fulfillment.domain.model.moves import Disposition
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.supply.receiving import (
    Receipt,
    ReceivedLine,
    receipt_command,
    receive,
)
from fulfillment.store.reading.known import (
    KnownReceipt,
    known_purchases,
    known_receipts,
)
from fulfillment.store.transactions.session import Tx
from importing.documents import BadDocumentError, Candidate, Join, fault_of
from importing.run import ACTOR, BATCH, Refusal, Run, reason_of
from importing.source import BadCellError, Source, Values
from importing.spool import Document, Spool
from importing.stock import location_of


@dataclass(frozen=True, slots=True)
class Came:
    """A receipt as its rows tell it: the lines of its purchase order are not found yet."""

    number: str
    purchase_order: str
    location: str
    lines: tuple[Values, ...]


Found = Candidate[Came]

Skus = dict[int, str]
"""The SKU of each line of a purchase order, by the line's number."""


def import_receipts(run: Run) -> None:
    """Count each receipt in one command; one that is there with the same content stays.

    They are counted as they stand in the file. The key is that of a receipt which is sent by HTTP:
    whichever way a receipt comes first, it is counted once.
    """
    heads, parts = run.sources["receipts"], run.sources["receipt_lines"]

    def build(document: Document) -> Came:
        head, lines = join.values_of(document)
        try:
            location = location_of(run, heads, head.get("location"))
        except BadCellError as error:
            raise BadDocumentError(None, error.column, error.reason) from error
        return Came(document.number, str(head["purchase_order"]), location, tuple(lines))

    join: Join[Came] = Join(run, heads, parts, lambda _: "", build)
    with Spool() as spool:
        for batch in join.batches(spool, BATCH):
            _count(run, join, batch)


def _count(run: Run, join: Join[Came], batch: Sequence[Found]) -> None:
    purchases, before = _known(run, [found.built for found in batch])
    for found in batch:
        try:
            receipt = _receipt(join, found.built, purchases.get(found.built.purchase_order))
            is_there = _is_there(run, join, receipt, before.get(found.built.number))
            if not is_there:
                receive(run.store, receipt_command(run.merchant.id, ACTOR, receipt), receipt)
        except BadDocumentError as fault:
            join.refuse(found.document, fault)
        except (RefusedError, DataError, IntegrityError) as error:
            join.refuse(found.document, _fault(join, error))
        else:
            join.taken(found.document, "there" if is_there else "new")


def _fault(join: Join[Came], error: Refusal) -> BadDocumentError:
    """Where a refusal points to; that nothing can come now is said of the purchase order."""
    if isinstance(error, RefusedError):
        otherwise = "purchase_order" if error.code == "not_receivable" else "number"
        return fault_of(join.heads, join.parts, error, otherwise)
    return BadDocumentError(None, None, reason_of(error))


def _known(
    run: Run, receipts: Sequence[Came]
) -> tuple[dict[str, Skus], dict[str, KnownReceipt]]:  # fmt: skip
    """The purchase orders of these receipts, and which receipts are there."""
    wanted = {receipt.purchase_order for receipt in receipts}

    def body(tx: Tx) -> tuple[dict[str, Skus], dict[str, KnownReceipt]]:
        return known_purchases(tx, sorted(wanted)), known_receipts(tx, [r.number for r in receipts])

    return run.store.read(run.merchant.id, body)


def _receipt(join: Join[Came], came: Came, purchase: Skus | None) -> Receipt:
    """The receipt as the store takes it."""
    if purchase is None:
        column = join.heads.column_of("purchase_order")
        raise BadDocumentError(None, column, "is no purchase order of this merchant")
    lines = tuple(_lines(join.parts, came, purchase))
    return Receipt(came.number, came.purchase_order, came.location, lines)


def _lines(parts: Source, came: Came, purchase: Skus) -> Iterator[ReceivedLine]:
    seen: set[tuple[int, Disposition]] = set()
    for index, told in enumerate(came.lines):
        units = told["units"]
        if not isinstance(units, int) or units < 1:
            raise BadDocumentError(index, parts.column_of("units"), "must be positive")
        try:
            line = _line(parts, told, purchase)
        except BadCellError as error:
            raise BadDocumentError(index, error.column, error.reason) from error
        disposition = Disposition(str(told.get("disposition", Disposition.SELLABLE)))
        if (line, disposition) in seen:
            reason = "is there twice in one receipt"
            raise BadDocumentError(index, _naming(parts, told), reason)
        seen.add((line, disposition))
        yield ReceivedLine(line, units, disposition)


def _line(parts: Source, told: Values, purchase: Skus) -> int:
    """The line of the purchase order: by its number, else the only one of its SKU."""
    line, sku = told.get("line"), told.get("sku")
    column = _naming(parts, told)
    if isinstance(line, int):
        if line not in purchase:
            raise BadCellError(column, "is no line of its purchase order")
        if sku and purchase[line] != sku:
            raise BadCellError(parts.column_of("sku"), "is not the SKU of this line")
        return line
    if not sku:
        raise BadCellError(column, "names no line, and there is no SKU")
    found = [number for number, mine in purchase.items() if mine == sku]
    if not found:
        raise BadCellError(column, "is on no line of its purchase order")
    if len(found) > 1:
        raise BadCellError(column, "is on several lines of its purchase order: name the `line`")
    return found[0]


def _naming(parts: Source, told: Values) -> str:
    """The column that says which line a row is of."""
    by_sku = "sku" in told and "line" not in told
    return parts.column_of("sku" if by_sku or not parts.has("line") else "line")


def _is_there(run: Run, join: Join[Came], receipt: Receipt, known: KnownReceipt | None) -> bool:
    """Whether this receipt was counted before, in whatever order its lines stood then.

    Raises BadDocumentError where another one has its number.
    """
    if known is None:
        return False
    units = {(line.line, str(line.disposition)): line.units for line in receipt.lines}
    if known.told != (receipt.document, receipt.location, units):
        reason = "is the number of a receipt with other content"
        raise BadDocumentError(None, join.heads.column_of("number"), reason)
    if known.is_reversed:
        run.report.note(
            "a receipt that was taken back is not counted again; goods that came after all need"
            " a new number"
        )
    return True
