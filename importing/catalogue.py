"""Products in: new ones created, known ones changed where the file says something else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from fulfillment.store.commands.catalogue import NewProduct, put_products
from fulfillment.store.reading.known import spelled_alike
from importing.run import Record, Run, batches
from importing.source import Source

Change = tuple[Record, NewProduct]


def read_suppliers(run: Run) -> dict[str, str] | None:
    """Suppliers' names by the id that other files use; None where no file tells."""
    source = run.sources.get("suppliers")
    if source is None:
        return None
    names: dict[str, str] = {}
    for record in run.records(source):
        id_ = str(record.values["id"])
        if id_ in names:
            run.report.refuse(source, record.row, source.column_of("id"), "is there twice")
            continue
        names[id_] = str(record.values["name"])
        run.report.count(source).skipped += 1
    run.report.note("suppliers are not stored: their names go with products and purchase orders")
    return names


def import_products(run: Run, suppliers: Mapping[str, str] | None) -> None:
    """Put the products. What the file does not tell of a known product stays as it is."""
    source = run.sources["products"]
    seen: dict[str, int] = {}
    alike: set[tuple[str, ...]] = set()
    for batch in batches(run.records(source)):
        fresh = [record for record in batch if _is_first(run, source, record, seen)]
        known = run.products(str(record.values["sku"]) for record in fresh)
        changes: list[Change] = []
        for record in fresh:
            product = _product(record, known, suppliers)
            if product is None:
                _refuse_supplier(run, source, record)
            else:
                changes.append((record, product))
        _put(run, source, changes, known)
        skus = [product.sku for _, product in changes]
        alike |= set(run.store.read(run.merchant.id, partial(spelled_alike, skus=skus)))
    _note_alike(run, sorted(alike))


MOST_NAMED = 5


def _note_alike(run: Run, alike: Sequence[tuple[str, ...]]) -> None:
    """Say which SKUs may have been meant for one."""
    if not alike:
        return
    named = "; ".join(" and ".join(skus) for skus in alike[:MOST_NAMED])
    more = f"; and {len(alike) - MOST_NAMED} more" if len(alike) > MOST_NAMED else ""
    run.report.note(f"SKUs that differ only by case are products of their own: {named}{more}")


def _is_first(run: Run, source: Source, record: Record, seen: dict[str, int]) -> bool:
    sku = str(record.values["sku"])
    line = seen.setdefault(sku, record.row.line)
    if line != record.row.line:
        reason = f"is there already in line {line}"
        run.report.refuse(source, record.row, source.column_of("sku"), reason)
    return line == record.row.line


def _product(
    record: Record, known: Mapping[str, NewProduct], suppliers: Mapping[str, str] | None
) -> NewProduct | None:
    """The product as it should be; None where its supplier is unknown."""
    told: dict[str, Any] = dict(record.values)
    sku = str(told["sku"])
    packs = _named(told, "packs")
    bins = _named(told, "bins")
    if suppliers is not None and "supplier" in told:
        if told["supplier"] not in suppliers:
            return None
        told["supplier"] = suppliers[told["supplier"]]
    before = known.get(sku) or NewProduct(sku, sku)
    barcodes = {**before.barcodes, **_barcodes(told)}
    return replace(
        before,
        **told,
        packs={**before.packs, **packs},
        barcodes=barcodes,
        bins={**before.bins, **bins},
    )


def _named(told: dict[str, Any], group: str) -> dict[str, Any]:
    """The values of the columns `group.NAME` by name, taken out of the row."""
    names = [name for name in told if name.startswith(f"{group}.")]
    return {name.partition(".")[2]: told.pop(name) for name in names}


def _barcodes(told: dict[str, Any]) -> dict[str, str | None]:
    """The codes of a row, taken out of it: that of one unit, and those of packs."""
    found: dict[str, str | None] = {}
    for name in [name for name in told if name == "barcode" or name.startswith("barcodes.")]:
        _, _, pack = name.partition(".")
        found[str(told.pop(name))] = pack or None
    return found


def _refuse_supplier(run: Run, source: Source, record: Record) -> None:
    reason = f"is no supplier of {run.sources['suppliers'].file}"
    run.report.refuse(source, record.row, source.column_of("supplier"), reason)


def _put(
    run: Run, source: Source, changes: Sequence[Change], known: Mapping[str, NewProduct]
) -> None:
    count = run.report.count(source)
    different = [change for change in changes if known.get(change[1].sku) != change[1]]
    count.there += len(changes) - len(different)

    def refuse(change: Change, reason: str) -> None:
        run.report.refuse(source, change[0].row, None, reason)
        failed.add(change[1].sku)

    def attempt(some: Sequence[Change]) -> None:
        put_products(run.store, run.merchant.id, [product for _, product in some])

    failed: set[str] = set()
    run.isolate(different, attempt, refuse)
    done = [product.sku for _, product in different if product.sku not in failed]
    count.changed += sum(sku in known for sku in done)
    count.new += sum(sku not in known for sku in done)
