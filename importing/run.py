"""One import: its files, its merchant, what it counts, and how its batches are tried."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from rich.progress import Progress, TaskID
from sqlalchemy.exc import DataError, IntegrityError

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
)
from fulfillment.store.reading.known import (
    KnownMerchant,
    known_location,
    known_merchant,
    known_products,
)
from fulfillment.store.transactions.session import Store
from importing.errors import ImportStoppedError
from importing.mapping import LocationPart, MerchantPart
from importing.records import Row
from importing.report import Report
from importing.source import BadCellError, Source, Values

BATCH = 200
SOME = 100
"""After so many lines the bar moves."""

ACTOR = "import"

Item = TypeVar("Item")
Refusal = RefusedError | DataError | IntegrityError


@dataclass(frozen=True, slots=True)
class Record:
    """A row that could be read."""

    row: Row
    values: Values


@dataclass
class Run:
    """What the stages of an import share."""

    store: Store
    merchant: MerchantPart
    location: LocationPart | None
    sources: dict[str, Source]
    report: Report
    progress: Progress
    create: bool = False
    count_name: str = ""
    known: KnownMerchant = field(init=False)

    def prepare(self) -> None:
        """Find the merchant and the location, or create them if that was asked for."""
        found = self.store.read(self.merchant.id, known_merchant)
        self.known = found or self._new_merchant()
        if self.location and self.location.id not in self.known.locations:
            self.open_location(self.location)

    def _new_merchant(self) -> KnownMerchant:
        part = self.merchant
        if not self.create:
            raise ImportStoppedError(f"there is no merchant {part.id} (--create makes it)")
        name = part.name or part.id
        put_merchant(self.store, NewMerchant(part.id, name, part.time_zone, part.currency))
        self.report.note(f"the merchant {part.id} is new")
        return KnownMerchant(part.time_zone, part.currency, ())

    def open_location(self, part: LocationPart) -> None:
        """Have a location serve the merchant; one that is there keeps its name and zone."""
        if not self.create:
            raise ImportStoppedError(f"no location {part.id} serves {self.merchant.id} (--create)")
        there = self.store.read(self.merchant.id, lambda tx: known_location(tx, part.id))
        zone = part.time_zone or self.known.time_zone
        new = there or NewLocation(part.id, part.name or part.id, zone)
        serves = {self.merchant.id: part.priority}
        put_location(self.store, replace(new, active=True, serves=serves))
        self.report.note(f"the location {part.id} is new to {self.merchant.id}")
        self.known = replace(self.known, locations=(*self.known.locations, part.id))

    @property
    def default_location(self) -> str | None:
        """Where a row without a location is: the one that was named, else the only one."""
        if self.location:
            return self.location.id
        return self.known.locations[0] if len(self.known.locations) == 1 else None

    def records(self, source: Source, task: TaskID | None = None) -> Iterator[Record]:
        """Every row that can be read; the others are refused."""
        count = self.report.count(source)
        for row in self.rows(source, task):
            count.rows += 1
            try:
                yield Record(row, source.read(row))
            except BadCellError as error:
                self.report.refuse(source, row, error.column, error.reason)

    def rows(self, source: Source, task: TaskID | None = None) -> Iterator[Row]:
        """Every row, with a bar that says how far the file is read."""
        bar = task or self.progress.add_task(source.kind.title, total=source.table.size)
        for row in source.table.rows():
            if row.line % SOME == 0:
                self.progress.update(bar, completed=source.table.position)
            if source.takes(row):
                yield row
        self.progress.update(bar, completed=source.table.size)

    def products(self, skus: Iterable[str]) -> dict[str, NewProduct]:
        """The products of these SKUs that are there."""
        wanted = sorted(set(skus))
        return self.store.read(self.merchant.id, lambda tx: known_products(tx, wanted))

    def isolate(
        self,
        items: Sequence[Item],
        attempt: Callable[[Sequence[Item]], None],
        refuse: Callable[[Item, str], None],
    ) -> None:
        """Try a batch; one that is refused is halved until the items at fault stand alone."""
        if not items:
            return
        try:
            attempt(items)
        except (RefusedError, DataError, IntegrityError) as error:
            if len(items) == 1:
                refuse(items[0], reason_of(error))
                return
            middle = len(items) // 2
            self.isolate(items[:middle], attempt, refuse)
            self.isolate(items[middle:], attempt, refuse)


def reason_of(error: Refusal) -> str:
    """Why it was refused. The database's own words may repeat a value, and so are not told."""
    if isinstance(error, RefusedError):
        return str(error)
    return f"the database does not take it ({getattr(error.orig, 'sqlstate', 'unknown')})"


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
