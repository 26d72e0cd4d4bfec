"""Keyset pages: stable while rows come and go, and as quick at the end as at the start."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from fulfillment.store.transactions.session import Tx

Key = tuple[Any, ...]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and the key after which the next page begins; None where there is none."""

    items: list[Item]
    next_key: Key | None
    previous_key: Key | None = None
    """The key before which the page before ends, where the list is read both ways."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is asked for: how many items, after which key, or backwards from it."""

    limit: int
    after: Key | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of rows by columns that end in a unique one, with the SQL type of each."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    descending: bool = False

    @property
    def order_by(self) -> str:
        """The sort as SQL writes it."""
        way = " DESC" if self.descending else ""
        return ", ".join(f"{column}{way}" for column in self.columns)

    @property
    def by_keys(self) -> str:
        """The sort as SQL writes it of rows that have their keys."""
        way = " DESC" if self.descending else ""
        return ", ".join(f"key_{index}{way}" for index in range(len(self.columns)))

    @property
    def backwards(self) -> "Sort":
        """The same columns the other way round."""
        return replace(self, descending=not self.descending)

    def after(self, key: Key | None) -> tuple[list[str], dict[str, object]]:
        """The condition for rows behind a key, with its parameters."""
        if key is None:
            return [], {}
        names = [f"key_{index}" for index in range(len(self.columns))]
        casts = ", ".join(
            f"CAST(:{name} AS {kind})" for name, kind in zip(names, self.types, strict=True)
        )
        sign = "<" if self.descending else ">"
        condition = f"({', '.join(self.columns)}) {sign} ({casts})"
        return [condition], dict(zip(names, key, strict=True))


def plan_by_values(tx: Tx) -> None:
    """Have the statements of this transaction planned for the values that they are given.

    A list is asked for by few filters of many: which index finds the few rows of a page among all
    that ever were, only the values say. All other statements are planned once for any values.
    """
    tx.run("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")


def page_of(rows: Sequence[Any], limit: int, item: Callable[[Any], Item]) -> Page[Item]:
    """A page from rows that were read with one more than the limit; their `keys` say where."""
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    key = _key(last) if last is not None else None
    return Page([item(row) for row in shown], key)


def page_both_ways(rows: Sequence[Any], window: Window, item: Callable[[Any], Item]) -> Page[Item]:
    """A page with the keys of its neighbours; read backwards, it is turned round to be shown."""
    shown = list(rows[: window.limit])
    if not shown:
        return Page([], None)
    beyond = len(rows) > window.limit
    if window.backwards:
        shown.reverse()
    has_next = window.backwards or beyond
    has_previous = beyond if window.backwards else window.after is not None
    return Page(
        [item(row) for row in shown],
        _key(shown[-1]) if has_next else None,
        _key(shown[0]) if has_previous else None,
    )


def _key(row: Any) -> Key:
    return tuple(value for _, value in _keys(row))


def _keys(row: Any) -> list[tuple[str, Any]]:
    named = [(name, value) for name, value in row._asdict().items() if name.startswith("key_")]
    return sorted(named)


def page_sql(template: str, sort: Sort, which: Sequence[str], **parts: str) -> str:
    """A list's statement: its keys, the conditions that all hold, its order, and other `parts`.

    What is filled in are conditions and columns of this package, never a value of a request.
    """
    keys = ", ".join(f"{column} AS key_{index}" for index, column in enumerate(sort.columns))
    conditions = " AND ".join(f"({part})" for part in which)
    return template.format(keys=keys, conditions=conditions, order_by=sort.order_by, **parts)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """A list that is read page by page: its statement, its sort, and what a row is made of.

    `always` are conditions of every page, such as whose rows they are; each of `filters` counts
    where something is asked of it.
    """

    sql: str
    sort: Sort
    item: Callable[[Any], Item]
    filters: Mapping[str, str] = field(default_factory=dict)
    always: tuple[str, ...] = ("true",)

    def page(
        self, tx: Tx, window: Window, asked: Mapping[str, Any] | None = None, **facts: Any
    ) -> Page[Item]:
        """One page; a filter that is None is not asked about, one that is empty finds nothing.

        `facts` are what the statement names beside its filters, the merchant and the limit.
        """
        given = {name: value for name, value in (asked or {}).items() if value is not None}
        behind, key = self.sort.after(window.after)
        which = [*self.always, *(self.filters[name] for name in given), *behind]
        parameters = {"merchant": tx.merchant, "most": window.limit + 1} | facts | given | key
        plan_by_values(tx)
        rows = tx.rows(page_sql(self.sql, self.sort, which), **parameters)
        return page_of(rows, window.limit, self.item)

    def one(self, tx: Tx, **asked: Any) -> Item | None:
        """The first row that these filters find."""
        return next(iter(self.page(tx, Window(1), asked).items), None)
