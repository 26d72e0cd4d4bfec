"""The supplies of a SKU as its queue uses them: in which order, by whom, up to which rank."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fulfillment.domain.model.policy import MinPoStatus
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.queue.imagined import NOTHING_IMAGINED, Imagined
from fulfillment.store.queue.peg_kinds import FIRST_TO_LAST, KINDS, LAST_TO_FIRST, OF_KIND
from fulfillment.store.transactions.session import Tx

Place = tuple[int, datetime, int] | tuple[()]
"""A rank as the database sorts it: priority, placed-at, intake sequence. () is before all."""


@dataclass(frozen=True, slots=True)
class Sort:
    """What decides which supplies a line may use: its place, and from which status they count."""

    lock: str | None
    counts_from: str | None = None

    def may_use(self, source: "Source") -> bool:
        """Whether a line of this sort may be pegged on a supply."""
        if source.nth is None or self.lock not in (None, source.location):
            return False
        return self.counts_from is None or MinPoStatus(self.counts_from).is_reached_by(
            source.status
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """The pegs of all lines of one sort on one supply, by the first and the last of them."""

    sort: Sort
    pinned: bool
    first: Place
    last: Place


@dataclass(frozen=True, slots=True)
class Source:
    """One supply with its pegs; it is the `nth` to be used, or does not count if that is None."""

    id: int
    location: str
    status: PurchaseOrderStatus | None
    outstanding: int
    nth: int | None
    pegged: int
    cells: tuple[Cell, ...]

    @property
    def open(self) -> int:
        """Units on which nobody is pegged yet."""
        return max(self.outstanding - self.pegged, 0) if self.nth is not None else 0

    @property
    def lost(self) -> int:
        """Units that are pegged and will not come from it."""
        return self.pegged if self.nth is None else max(self.pegged - self.outstanding, 0)

    @property
    def queued(self) -> Iterator[Cell]:
        """Pegs that were given by rank, and not by hand."""
        return (cell for cell in self.cells if not cell.pinned)


@dataclass(frozen=True, slots=True)
class UnpeggedLine:
    """A line that is not pegged with all that it wants."""

    order: int
    sort: Sort
    place: Place
    units: int


@dataclass(frozen=True, slots=True)
class QueueDelta:
    """Units that become free for others, and that somebody may want beside what stands there."""

    freed: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """The supplies of one SKU, and who of it is not pegged yet.

    `later` are units of those who may want to move to an earlier supply, by supply and sort, as
    far as they were counted.
    """

    sources: tuple[Source, ...]
    stir: QueueDelta
    bare: list[UnpeggedLine] = field(default_factory=list)
    later: Mapping[tuple[int, Sort], int] = field(default_factory=dict)

    def before(self, sort: Sort, nth: int | None = None) -> list[Source]:
        """The supplies that a line of this sort would rather have than the nth; all, for none."""
        return [s for s in self.sources if sort.may_use(s) and (nth is None or s.nth < nth)]  # type: ignore[operator]

    def taken_until(self, sort: Sort, nth: int | None = None) -> Place:
        """The last place that was given any of those: nobody before it should go without."""
        lasts = [cell.last for source in self.before(sort, nth) for cell in source.queued]
        return max(lasts, default=())

    def misplaced(self) -> Iterator[tuple[Source, Cell, Place]]:
        """Pegs of which some are later than they should be."""
        for source in self.sources:
            for cell in source.queued if source.nth is not None else ():
                until = self.taken_until(cell.sort, source.nth)
                if cell.first < until:
                    yield source, cell, until

    def bare_in_order(self) -> Iterator[tuple[UnpeggedLine, bool]]:
        """Lines without a peg, and whether somebody behind them has one that they could have."""
        until = {sort: self.taken_until(sort) for sort in {line.sort for line in self.bare}}
        return ((line, line.place < until[line.sort]) for line in self.bare)

    def passed_over(self) -> int:
        """Units of lines without a peg that somebody behind them has."""
        return sum(line.units for line, is_passed in self.bare_in_order() if is_passed)

    def open_and_wanted(self) -> int:
        """Units nobody is pegged on that somebody would move to."""
        return sum(min(source.open, self._takers(source)) for source in self.sources)

    def may_move_up(self) -> dict[tuple[int, Sort], int]:
        """Pegs whose lines may use an earlier supply that has open units, and how many of these."""
        found: dict[tuple[int, Sort], int] = {}
        for source in self.sources:
            for later, cell in self._behind(source) if source.open else ():
                key = (later.id, cell.sort)
                found[key] = max(found.get(key, 0), source.open)
        return found

    def _behind(self, source: Source) -> Iterator[tuple[Source, Cell]]:
        """The pegs on later supplies of lines that may use this one."""
        if source.nth is None:
            return
        for later in self.sources:
            if later.nth is not None and later.nth > source.nth:
                yield from ((later, c) for c in later.queued if c.sort.may_use(source))

    def _takers(self, source: Source) -> int:
        if not source.open:
            return 0
        pegged = sum(self.later.get((s.id, cell.sort), 0) for s, cell in self._behind(source))
        return pegged + sum(line.units for line in self.bare if line.sort.may_use(source))


END = """
  LEFT JOIN LATERAL (
       SELECT p.priority, p.placed_at, p.intake_seq FROM peg p
        WHERE {of_kind} ORDER BY {order} LIMIT 1) {name} ON true
"""
AT_FIRST = END.format(of_kind=OF_KIND, order=FIRST_TO_LAST, name="f")
AT_LAST = END.format(of_kind=OF_KIND, order=LAST_TO_FIRST, name="l")

HELD = f"""
WITH RECURSIVE supplies AS MATERIALIZED (
    SELECT u.id AS supply FROM supply u
     WHERE u.merchant = :merchant AND u.sku = ANY(:skus) AND u.in_queue
), {KINDS}
SELECT u.id, u.sku, u.location, u.outstanding, u.pegged, i.counts_until, i.expected_on, i.status,
       kind.pinned, kind.lock_location, kind.counts_from,
       f.priority AS first_priority, f.placed_at AS first_placed, f.intake_seq AS first_seq,
       l.priority AS last_priority, l.placed_at AS last_placed, l.intake_seq AS last_seq
  FROM supplies s
  JOIN supply u ON u.id = s.supply
  LEFT JOIN inbound_supply i ON i.id = u.id
  LEFT JOIN kind ON kind.supply = u.id
  {AT_FIRST} {AT_LAST}
 ORDER BY u.id, kind.pinned, kind.lock_location, kind.counts_from
"""  # noqa: S608 -- constants


def load_sources(
    tx: Tx,
    days: Mapping[str, date],
    skus: Collection[str],
    imagined: Imagined = NOTHING_IMAGINED,
) -> dict[str, tuple[Source, ...]]:
    """The supplies of these SKUs with what is pegged on them, in the order in which they are used.

    `days` are the locations in order of priority, with the day that it is at each.
    """
    rows = tx.rows(HELD, merchant=tx.merchant, skus=sorted(skus)) if skus else []
    by_sku: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_sku[row.sku][row.id].append(imagined.seen(row))
    for coming in imagined.rows(skus):
        by_sku[coming.sku][coming.id] = [coming]
    return {sku: _in_order(found.values(), days) for sku, found in by_sku.items()}


def _in_order(found: Iterable[list[Any]], days: Mapping[str, date]) -> tuple[Source, ...]:
    """The supplies in the order in which they are pegged; those that do not count come last."""
    priority = {location: index for index, location in enumerate(days)}
    counting = sorted(
        (rows for rows in found if counts(rows[0], days)),
        key=lambda rows: (
            rows[0].status != PurchaseOrderStatus.ARRIVED,
            rows[0].expected_on or date.max,
            priority[rows[0].location],
            rows[0].id,
        ),
    )
    rest = [rows for rows in found if not counts(rows[0], days)]
    return tuple(
        _source(rows, nth if nth < len(counting) else None)
        for nth, rows in enumerate([*counting, *rest])
    )


def counts(row: Any, days: Mapping[str, date]) -> bool:
    """Whether a supply, by its row of `inbound_supply`, is one to be pegged on today."""
    if row.counts_until is None or row.location not in days:
        return False
    return bool(row.counts_until >= days[row.location])


def _source(rows: Sequence[Any], nth: int | None) -> Source:
    head = rows[0]
    cells = tuple(
        Cell(
            Sort(row.lock_location or None, row.counts_from or None),
            row.pinned,
            (row.first_priority, row.first_placed, row.first_seq),
            (row.last_priority, row.last_placed, row.last_seq),
        )
        for row in rows
        if row.pinned is not None
    )
    status = None if head.status is None else PurchaseOrderStatus(head.status)
    return Source(head.id, head.location, status, head.outstanding, nth, head.pegged, cells)
