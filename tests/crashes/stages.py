"""What there is before a command comes: each a furnished warehouse with something going on."""

from dataclasses import replace
from datetime import timedelta

from fulfillment.domain.floor.packing import Contents
from fulfillment.domain.model.payments import PaymentKind
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands import intake
from fulfillment.store.commands.administration.keys import Role, create_key
from fulfillment.store.commands.administration.saved_views import NewView, save_view
from fulfillment.store.commands.administration.sign_ins import Lasting, sign_in
from fulfillment.store.commands.administration.users import NewUser, make_user
from fulfillment.store.commands.catalogue import closures
from fulfillment.store.commands.floor import packing
from fulfillment.store.commands.orders import manual
from fulfillment.store.commands.orders.links import make_link
from fulfillment.store.commands.payments import record
from fulfillment.store.transactions.session import Command
from tests.builders import floor, moves
from tests.builders.warehouse import MERCHANT, Warehouse, command

ORDER, OTHER = "O-1", "O-2"
PURCHASE, TRANSFER, RETURN, RESTOCK, RECEIPT = "PO-1", "T-1", "RT-1", "RS-1", "R-1"


PASSWORD = "three words and a teapot"
A_DAY = Lasting(timedelta(hours=1), timedelta(days=1))


def plain(at: Warehouse) -> None:
    """Five of K1 at A, and nobody who wants them."""
    at.stock(5)


def taken(at: Warehouse) -> None:
    """An order that has not claimed yet, for what is there and for what is not."""
    at.stock(5)
    at.purchase([("K2", 4)], number=PURCHASE)
    at.take([("K1", 3), ("K2", 2)], ORDER)


def waiting(at: Warehouse) -> None:
    """Three of K1 wait, pegged to a purchase order, with another order behind; K2 is there."""
    at.stock(2)
    at.stock(4, "K2")
    at.purchase([("K1", 10)], number=PURCHASE)
    at.order([("K1", 5), ("K2", 1)], ORDER)
    at.order([("K1", 2)], OTHER)


def held_back(at: Warehouse) -> None:
    """As `waiting`, all or nothing: what is there is kept until the rest comes."""
    at.stock(2)
    at.stock(4, "K2")
    at.purchase([("K1", 10)], number=PURCHASE)
    at.order([("K1", 5), ("K2", 1)], ORDER, policy={"max_shipments": 1})
    at.order([("K1", 2)], OTHER)


def with_a_link(at: Warehouse) -> None:
    """As `waiting`, with a link to the page of its customer."""
    waiting(at)
    make_link(at.store, command("make_link"), ORDER)


def unverified(at: Warehouse) -> None:
    """An order that waits for a person to say that it is good."""
    at.stock(5)
    at.order([("K1", 3)], ORDER, policy={"verify": "manual"})


def unprepared(at: Warehouse) -> None:
    """An order that waits for a person to choose how its lines go."""
    at.stock(5)
    at.order([("K1", 3)], ORDER, policy={"prepare": "manual"})


def held(at: Warehouse) -> None:
    """An order on hold."""
    at.stock(5)
    at.hold(at.order([("K1", 3)], ORDER))


def by_hand(at: Warehouse) -> None:
    """An order whose units were given back by a person, with another that waits for some."""
    waiting(at)
    at.do(manual.unallocate(ORDER, None))


def ready(at: Warehouse) -> None:
    """An order that is ready, and one behind it that waits for the same."""
    at.stock(4)
    at.order([("K1", 3)], ORDER)
    at.order([("K1", 3)], OTHER)


def picked(at: Warehouse) -> None:
    """A shipment that is picked."""
    ready(at)
    at.pick(min(at.shipments("ready")))


def packed(at: Warehouse) -> None:
    """A shipment in two packages."""
    picked(at)
    (shipment,) = at.shipments("picked")
    contents = [Contents(((1, 2),)), Contents(((1, 1),))]
    packing.pack(at.store, command("pack"), shipment, contents)


def shipped(at: Warehouse) -> None:
    """Three of K1 have left for a customer; one is left on the shelf, and three wait."""
    packed(at)
    (shipment,) = at.shipments("packed")
    packing.ship(at.store, command("ship"), shipment, packing.Dispatch())


def listed(at: Warehouse) -> None:
    """A picker has taken a list."""
    ready(at)
    floor.take(at)


def picked_by_list(at: Warehouse) -> None:
    """Some of a list is picked."""
    listed(at)
    pick_list = at.one("SELECT id FROM pick_list")
    shipment = at.one("SELECT min(shipment) FROM pick_list_line")
    floor.confirm(at, pick_list, {(shipment, 1): 2})


def short_picked(at: Warehouse) -> None:
    """Less was there than the books said: somebody is to count."""
    listed(at)
    shipment = at.one("SELECT min(shipment) FROM pick_list_line")
    floor.short(at, at.one("SELECT id FROM pick_list"), (shipment, 1), 1)


def staged(at: Warehouse) -> None:
    """What is there of an order that waits is in a container."""
    held_back(at)
    order = at.one("SELECT id FROM orders WHERE number = :n", n=ORDER)
    floor.stage(at, order, label="BIN-1")


def received(at: Warehouse) -> None:
    """Goods came for two who wait, and are not given out yet."""
    waiting(at)
    at.receive(PURCHASE, {1: 4}, number=RECEIPT)


def given_out(at: Warehouse) -> None:
    """Goods came, and were given out."""
    received(at)
    at.serve(PURCHASE)


def overdue(at: Warehouse) -> None:
    """The date of a purchase order has passed, and nobody has said so yet."""
    waiting(at)
    at.clock.pass_days(7)


def other_settings(at: Warehouse) -> None:
    """Settings were changed that concern every open order."""
    held_back(at)
    at.settings(max_shipments=3)


def planned_transfer(at: Warehouse) -> None:
    """A transfer from A to B that has not left, with one who waits at B."""
    at.stock(5)
    at.order([("K1", 2)], ORDER, lock_location="B")
    moves.transfer(at, ship=False, number=TRANSFER)


def sent_transfer(at: Warehouse) -> None:
    """The same on its way."""
    at.stock(5)
    at.order([("K1", 2)], ORDER, lock_location="B")
    moves.transfer(at, number=TRANSFER)


def announced_return(at: Warehouse) -> None:
    """Two of three that left are to come back."""
    shipped(at)
    order = at.one("SELECT id FROM orders WHERE number = :n", n=ORDER)
    moves.announce(at, [("K1", 2, 1)], order=order, due=3, number=RETURN)


def announced_restock(at: Warehouse) -> None:
    """Five of K1 are announced, and pegged."""
    at.order([("K1", 3)], ORDER)
    at.announce(number=RESTOCK)


def refund_due(at: Warehouse) -> None:
    """A refund is to be asked of the payment provider."""
    lines = (intake.NewLine(1, "K1", 3, unit_price_minor=500),)
    new = replace(at.new_order(ORDER), lines=lines)
    order = intake.create_order(at.store, MERCHANT, new, "tester").order
    assert order is not None
    at.claim(order)
    paid = record.NewPayment(PaymentKind.CAPTURE, 1500)
    record.record_payment(at.store, command("payment"), ORDER, paid)
    at.edit(order, {1: ("K1", 2)}, revision=1)


def closed_for_a_day(at: Warehouse) -> None:
    """A location is closed for a day, and something is ready there."""
    ready(at)
    closures.put_closure(at.store, "A", at.day(1), "stocktaking")


def half_a_calendar(at: Warehouse) -> None:
    """A calendar was changed, and what was told by the old one stands still."""
    ready(at)
    at.store.transact(MERCHANT, lambda tx: closures.change_calendar(tx, "A"))


def with_a_key(at: Warehouse) -> None:
    """Somebody may use the API."""
    create_key(at.store, "shop", Role.INTAKE, MERCHANT)


def with_a_user(at: Warehouse) -> None:
    """Somebody may sign in, and is signed in."""
    new = NewUser("mara", "Mara Holm", Role.INTAKE, Scope(frozenset({MERCHANT})))
    make_user(at.store, Command("*", "make_user", "make_user:mara", "test"), new, PASSWORD)
    sign_in(at.store, "mara", PASSWORD, A_DAY)


def with_a_view(at: Warehouse) -> None:
    """Somebody has saved a list under a name."""
    with_a_user(at)
    new = NewView("mara", "Tea", {"sku": "K1"}, shared=False)
    save_view(at.store, Command(MERCHANT, "save_view", "save_view:mara:0", "test"), new)
