"""What is asked of a purchase order: shown first, done once, and not if it is another one since."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from console import form_values
from console.entries import RIGHT, Values, Wrong, wrong
from console.supply_effects import ShownEffect, shown_effect
from console.visits import Visit
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands.what_if import Act, try_out
from fulfillment.store.reading.places import orders_at
from fulfillment.store.reading.purchase_page import read_purchase_page
from fulfillment.store.reading.supply_history import (
    PurchaseVersion,
    read_purchase_history,
    read_purchase_version,
)
from fulfillment.store.reading.views.orders import EventView
from fulfillment.store.reading.views.purchase_page import PurchasePageView
from fulfillment.store.transactions.session import Tx

MOST_SINCE = 20
KEY_LETTERS = 36
VERSION_DIGITS = 18
CHANGED = "purchase_order_changed"
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Deed:
    """What it would make of orders, and how it is done: of the version seen, under a key."""

    act: Callable[[Tx], Act]
    do: Callable[[int, str], object]


@dataclass(frozen=True, slots=True)
class Looked:
    """A purchase order as it was when the page was made."""

    page: PurchasePageView
    version: PurchaseVersion


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says beside its form: of a preview, of a refusal, of what others did."""

    effect: ShownEffect | None = None
    wrong: Wrong = RIGHT
    since: Sequence[EventView] = ()
    is_stale: bool = False

    @property
    def status(self) -> int:
        """Of the answer."""
        return CONFLICT if self.is_stale else self.wrong.status


NOTHING = Told()


def purchase_path(visit: Visit, number: str) -> str:
    """Where the pages of a purchase order are."""
    return f"{visit.home}/purchase-orders/{quote(number, safe='')}"


def look(visit: Visit, number: str) -> Looked:
    """The purchase order, and which state of it this is, at one instant."""
    return visit.session.read(
        lambda tx: Looked(read_purchase_page(tx, number), read_purchase_version(tx, number))
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """The form's fields by their names, and those of its lines in the order of the document."""

    names: Collection[str] = ()
    lines: Sequence[str] = ()


def looked_at(visit: Visit, make: Callable[[], Deed], typed: Typed) -> Told:
    """What it would change, or what is wrong with the form."""
    try:
        return Told(_effect(visit, make()))
    except RefusedError as error:
        return Told(wrong=wrong(error, typed.names, typed.lines))


def done(visit: Visit, number: str, make: Callable[[], Deed], typed: Typed) -> Told | None:
    """Do it, once for the key of the form; None where it is done, else what is to be said.

    Where the purchase order is not as the page showed it, nothing is done: it is told what
    happened since. What it would change now is told in either case, with the button again.
    """
    try:
        deed, (version, key) = make(), _held_against(visit)
        form_values.note(visit.form)
        deed.do(version, key)
    except RefusedError as error:
        now = looked_at(visit, make, typed)
        if error.code == CHANGED:
            since = happened_since(visit, number, visit.form)
            return Told(now.effect, now.wrong, since, is_stale=True)
        return Told(now.effect, wrong(error, [*typed.names, "note"], typed.lines))
    return None


def _held_against(visit: Visit) -> tuple[int, str]:
    """The version that the page showed, and the key that it was made with."""
    key, version = visit.form.get("key", ""), visit.form.get("version", "")
    is_version = version.isdecimal() and version.isascii() and len(version) <= VERSION_DIGITS
    if not 0 < len(key) <= KEY_LETTERS or not key.isprintable() or not is_version:
        raise invalid("bad_form", "open the page anew: its form is not whole", "key")
    return int(version), key


def _effect(visit: Visit, deed: Deed) -> ShownEffect:
    """Tried by the planner that decides; of orders elsewhere a user learns how many they are."""
    places = visit.caller.scope.location_list

    def look(tx: Tx) -> ShownEffect:
        copy = try_out(tx, (deed.act(tx),))
        numbers = [one.order for one in copy.impacts]
        seen = None if places is None else orders_at(tx, numbers, places)
        return shown_effect(copy.impacts, copy.stops, seen)

    return visit.desk.store.simulate(visit.of.id, look)


def happened_since(visit: Visit, number: str, values: Values) -> list[EventView]:
    """What happened after the page was made of which these values are, the first things of it."""
    seen = values.get("seen", "")
    after = (
        int(seen) if seen.isdecimal() and seen.isascii() and len(seen) < VERSION_DIGITS // 2 else 0
    )
    return visit.session.read(lambda tx: read_purchase_history(tx, number, MOST_SINCE, after))
