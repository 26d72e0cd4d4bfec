"""An import from its first check to its summary."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.reading.known import known_merchant, only_import
from fulfillment.store.reading.standing import known_merchants
from fulfillment.store.transactions.rehearsal import rehearsed
from fulfillment.store.transactions.session import Store
from importing.catalogue import import_products, read_suppliers
from importing.errors import ImportStoppedError, UnfitFileError
from importing.mapping import LocationPart, Mapping, MerchantPart, Sheet
from importing.orders import import_orders
from importing.purchasing import import_purchase_orders
from importing.receipts import import_receipts
from importing.record_types import KINDS, LINES_OF, SUPPLIERS
from importing.refused import WHERE
from importing.report import Report
from importing.run import Run
from importing.source import Source
from importing.stock import import_stock
from importing.table import Table


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say, which goes before what the mapping says."""

    merchant: str | None = None
    location: str | None = None
    create: bool = False
    dry_run: bool = False
    errors: Path | None = None
    count: str | None = None
    mended: Path | None = None
    strict: bool = False


def import_files(
    mapping: Mapping,
    folder: Path,
    asked: Asked,
    opened: Callable[[], AbstractContextManager[Store]],
    told: Callable[[Callable[[], str]], AbstractContextManager[None]],
) -> int:
    """Import what the mapping describes; how many rows were refused.

    The store is opened when the files are known to fit their mapping. A dry run is the real one,
    rolled back at its end. Where no terminal shows bars, `told` tells where it is.
    """
    out, err = Console(), Console(stderr=True)
    tables = _open(mapping, folder, asked.mended)
    with opened() as real, rehearsed(real) if asked.dry_run else nullcontext(real) as store:
        merchant = _merchant(store, mapping, asked)
        sources = _sources(mapping, tables, _zone(store, merchant))
        report = Report(err)
        for words in _not_known(sources.values()):
            if asked.strict:
                raise UnfitFileError(f"{words} (--strict)")
            report.warn(words)
        with _progress(err) as progress, _told(told, progress):
            run = Run(store, merchant, _location(mapping, asked), sources, report, progress)
            run.create = asked.create
            run.count_name = _count_name(asked, sources)
            with _reporting(report, asked, sources), _alone(run):
                _stages(run)
    _summarise(out, report, asked)
    return report.refused


def _stages(run: Run) -> None:
    """What others refer to goes first; orders go last, and find everything there.

    So what came by the same files is there when their first claim looks for it.
    """
    run.prepare()
    suppliers = read_suppliers(run)
    if "products" in run.sources:
        import_products(run, suppliers)
    if "stock" in run.sources:
        import_stock(run)
    if "purchase_orders" in run.sources:
        import_purchase_orders(run, suppliers)
    if "receipts" in run.sources:
        import_receipts(run)
    if "orders" in run.sources:
        import_orders(run)


def _open(mapping: Mapping, folder: Path, mended: Path | None) -> dict[str, Table]:
    """The files, or for all that is written the one of refused rows that were mended."""
    if not mapping.sheets:
        raise UnfitFileError("the mapping describes no file")
    tables = {
        name: Table(mended) if mended and name != SUPPLIERS.name else _table(folder, sheet)
        for name, sheet in mapping.sheets.items()
    }
    if mended and not all(t.holds_refused for t in tables.values() if t.path == mended):
        raise UnfitFileError(
            f"{mended} is no file of refused rows: it has no {', '.join(WHERE[:2])}"
        )
    return tables


def _table(folder: Path, sheet: Sheet) -> Table:
    return Table(folder / sheet.file, sheet.encoding, sheet.delimiter)


def _sources(mapping: Mapping, tables: dict[str, Table], zone: str) -> dict[str, Source]:
    formats = mapping.formats.in_zone(zone)
    with_lines = {
        name
        for heads, parts in LINES_OF.items()
        if heads in tables and _is_one_file(tables[heads], tables[parts], heads)
        for name in (heads, parts)
    }
    return {
        name: Source(KINDS[name], sheet, tables[name], formats, has_lines=name in with_lines)
        for name, sheet in mapping.sheets.items()
    }


def _not_known(sources: Iterable[Source]) -> Iterator[str]:
    """The columns of each file that nothing reads: what is in them would be lost silently.

    A file of refused rows has the columns of several files.
    """
    read: dict[Path, set[str]] = {}
    tables: dict[Path, Table] = {}
    for source in sources:
        path = source.table.path.resolve()
        tables[path] = source.table
        read.setdefault(path, set()).update(source.columns_read)
    for path, table in tables.items():
        left = [title for title in dict.fromkeys(table.header) if title not in read[path]]
        if left and not table.holds_refused:
            told = ", ".join(title or "(one without a title)" for title in left)
            yield f"{table.name}: nothing reads the columns {told}; --map FIELD=COLUMN maps one"


def _is_one_file(heads: Table, parts: Table, name: str) -> bool:
    """Whether each row is a line and repeats its head: in a file of refused rows, as they were."""
    if heads.path != parts.path or not heads.holds_refused:
        return heads.path == parts.path
    told = (heads.refused_before(row).get("refused_as", "").split() for row in heads.rows())
    both = {name, LINES_OF[name]}
    return all(both <= set(kinds) for kinds in told if both & set(kinds))


def _merchant(store: Store, mapping: Mapping, asked: Asked) -> MerchantPart:
    part = mapping.merchant
    if part is not None and asked.merchant in (None, part.id):
        return part
    if asked.merchant is None:
        return MerchantPart(id=_only_merchant(store))
    try:
        told = part.model_dump(exclude={"id", "name"}) if part else {}
        return MerchantPart(id=asked.merchant, **told)
    except ValueError as error:
        reason = "a merchant's id is made of a-z, 0-9 and -"
        raise UnfitFileError(f"{asked.merchant!r}: {reason}") from error


def _zone(store: Store, part: MerchantPart) -> str:
    """The merchant's own zone; the mapping's is for a merchant that is to be created."""
    found = store.read(part.id, known_merchant)
    return found.time_zone if found else part.time_zone


def _location(mapping: Mapping, asked: Asked) -> LocationPart | None:
    part = mapping.location
    if asked.location is None or (part and part.id == asked.location):
        return part
    return LocationPart(id=asked.location)


def _count_name(asked: Asked, sources: dict[str, Source]) -> str:
    if asked.count and ":" in asked.count:
        raise UnfitFileError("the name of a count has no colon")
    name = asked.count or (sources["stock"].first_file if "stock" in sources else "")
    return name.replace(":", "_")


@contextmanager
def _reporting(report: Report, asked: Asked, sources: dict[str, Source]) -> Iterator[None]:
    if asked.errors:
        report.write_refused_to(asked.errors, sources.values())
    try:
        yield
    finally:
        report.close()


@contextmanager
def _alone(run: Run) -> Iterator[None]:
    try:
        with only_import(run.store, run.merchant.id):
            yield
    except RefusedError as error:
        raise ImportStoppedError(str(error)) from error


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:24}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _told(
    told: Callable[[Callable[[], str]], AbstractContextManager[None]], progress: Progress
) -> AbstractContextManager[None]:
    def where() -> str:
        running = [task for task in progress.tasks if not task.finished]
        done = [f"{task.description}: {task.percentage:.0f} %" for task in running]
        return ", ".join(done) or "reading what is there"

    return nullcontext() if progress.console.is_terminal else told(where)


def _summarise(console: Console, report: Report, asked: Asked) -> None:
    title = "Checked, nothing written" if asked.dry_run else "Imported"
    console.print(report.table(title))
    for note in report.notes:
        console.print(note, style="dim", markup=False)
    if report.refused and asked.errors:
        console.print(f"the refused rows are in {asked.errors}", markup=False)


def _only_merchant(store: Store) -> str:
    known = sorted(known_merchants(store))
    if len(known) != 1:
        told = ", ".join(known) or "none is there"
        raise ImportStoppedError(f"name one with --merchant: {told}")
    return known[0]
