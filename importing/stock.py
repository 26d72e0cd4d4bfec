"""Stock in: each place counted once under the name of its count, however often it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from fulfillment.domain.model.counting import counted
from fulfillment.store.commands.catalogue import NewProduct
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.reading.known import Place, known_adjustments
from fulfillment.store.transactions.session import Command, fingerprint
from importing.errors import ImportStoppedError
from importing.mapping import LocationPart
from importing.run import ACTOR, Record, Run, batches
from importing.source import BadCellError, Source


@dataclass(frozen=True, slots=True)
class Counted:
    """One row as the adjustment it asks for."""

    record: Record
    adjustment: Adjustment

    @property
    def place(self) -> Place:
        """What is counted."""
        return self.adjustment.sku, self.adjustment.location, self.adjustment.disposition


def import_stock(run: Run) -> None:
    """Add the units of each row to what is on hand, unless this count did so before.

    A count has a name (`--count`, else the file's). The same row under the same name is there
    already; another number of units for a place counted before is refused, since adding it would
    count the same units twice.
    """
    source = run.sources["stock"]
    seen: dict[Place, int] = {}
    for batch in batches(run.records(source)):
        rows = [row for record in batch if (row := _read(run, source, record, seen))]
        skus = sorted({row.adjustment.sku for row in rows})
        products = run.products(skus)
        before = _counted_before(run, skus)
        _add(run, source, [row for row in rows if _is_new(run, source, row, products, before)])


def _counted_before(run: Run, skus: Sequence[str]) -> dict[Place, int]:
    return run.store.read(run.merchant.id, lambda tx: known_adjustments(tx, prefix(run), skus))


def prefix(run: Run) -> str:
    """How the ledger's references of this count begin."""
    return f"import:{run.count_name}:"


def _read(run: Run, source: Source, record: Record, seen: dict[Place, int]) -> Counted | None:
    try:
        counted = _counted(run, source, record)
    except BadCellError as error:
        run.report.refuse(source, record.row, error.column, error.reason)
        return None
    if counted is None:
        run.report.count(source).skipped += 1
        return None
    line = seen.setdefault(counted.place, record.row.line)
    if line == record.row.line:
        return counted
    reason = f"is counted already in line {line}"
    run.report.refuse(source, record.row, source.column_of("sku"), reason)
    return None


def _counted(run: Run, source: Source, record: Record) -> Counted | None:
    """The adjustment; None for a row without units."""
    told = record.values
    units = told["units"]
    location = location_of(run, source, told.get("location"))
    if not isinstance(units, int) or not units:
        return None
    reason = f"import of {source.file}"
    disposition = str(told.get("disposition", "sellable"))
    adjustment = Adjustment(str(told["sku"]), location, units, reason, disposition)
    return Counted(record, adjustment)


def location_of(run: Run, source: Source, told: object) -> str:
    """The location a row names, else the one of the whole import."""
    location = str(told) if told else run.default_location
    column = source.column_of("location")
    if location is None:
        raise BadCellError(column, "names no location (say --location)")
    if location not in run.known.locations:
        try:
            run.open_location(LocationPart(id=location))
        except ImportStoppedError as error:
            raise BadCellError(column, str(error)) from error
    return location


def _is_new(
    run: Run,
    source: Source,
    row: Counted,
    products: Mapping[str, NewProduct],
    before: Mapping[Place, int],
) -> bool:
    units = before.get(row.place)
    if row.adjustment.sku not in products:
        column, reason = source.column_of("sku"), "is no product of this merchant"
    elif units is None:
        return True
    elif units == row.adjustment.units:
        run.report.count(source).there += 1
        run.report.note(
            f"stock that the count {run.count_name!r} added before was not added again;"
            " to count anew, give the count another name (--count)"
        )
        return False
    else:
        column = source.column_of("units")
        reason = (
            f"was counted before with {counted(units, 'unit')} under the name {run.count_name!r};"
            " a new count needs a name of its own (--count), and is added to what is on hand"
        )
    run.report.refuse(source, row.record.row, column, reason)
    return False


def _add(run: Run, source: Source, rows: Sequence[Counted]) -> None:
    failed: list[Counted] = []

    def attempt(some: Sequence[Counted]) -> None:
        adjustments = [row.adjustment for row in some]
        content = {"adjustments": [asdict(adjustment) for adjustment in adjustments]}
        key = prefix(run) + fingerprint(content).hex()[:24]
        adjust(run.store, Command(run.merchant.id, "adjust", key, ACTOR, content), adjustments)

    def refuse(row: Counted, reason: str) -> None:
        run.report.refuse(source, row.record.row, None, reason)
        failed.append(row)

    run.isolate(rows, attempt, refuse)
    run.report.count(source).new += len(rows) - len(failed)
