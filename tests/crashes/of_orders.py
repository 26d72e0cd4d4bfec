"""What is asked of orders, and how they come in."""

from datetime import date

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.actions.manual_prepare import Choice, Choose
from fulfillment.domain.insight.offers import Offer, OfferKind
from fulfillment.store.commands import intake
from fulfillment.store.commands.intake import taking
from fulfillment.store.commands.orders import (
    channel_edit,
    claiming,
    details,
    lifecycle,
    line_changes,
    links,
    manual,
    offers,
    pins,
    sent_again,
    starts,
    together,
)
from fulfillment.store.commands.orders.details import Customer
from fulfillment.store.planning.change import Change
from fulfillment.store.reading.views.together import AskedTogether, SeenOrder
from tests.builders import customer
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.crashes import stages
from tests.crashes.net import Run, crash, the_command
from tests.crashes.stages import ORDER, OTHER, PURCHASE

LATER = date(2026, 5, 1)


def order_id(at: Warehouse, number: str = ORDER) -> int:
    return int(at.one("SELECT id FROM orders WHERE number = :number", number=number))


# --- in ------------------------------------------------------------------------------------------


@crash(taking.create_order)
def one_order(at: Warehouse) -> Run:
    new = at.new_order("O-9", [("K1", 2), ("K2", 1)])
    return lambda store: taking.create_order(store, MERCHANT, new, "tester").number


@crash(taking.create_orders)
def one_batch(at: Warehouse) -> Run:
    new = [at.new_order("O-8", [("K1", 2)]), at.new_order("O-9", [("NO-SUCH", 2)])]
    return lambda store: [
        each.number for each in taking.create_orders(store, MERCHANT, new, "tester")
    ]


@crash(channel_edit.edit_order, stages.waiting)
def other_lines(at: Warehouse) -> Run:
    lines = (intake.NewLine(1, "K1", 3), intake.NewLine(3, "K3", 1))
    edit = channel_edit.Edit(ORDER, 1, lines)
    return lambda store: channel_edit.edit_order(store, the_command("edit"), edit)


# --- its life ------------------------------------------------------------------------------------


@crash(lifecycle.prepare_fulfillment, stages.taken)
def first_claim(at: Warehouse) -> Run:
    order = order_id(at)
    return lambda store: lifecycle.prepare_fulfillment(store, MERCHANT, [order])


@crash(claiming.claim_at_once, stages.taken)
def claimed_for_who_waits(at: Warehouse) -> Run:
    order = order_id(at)
    return lambda store: claiming.claim_at_once(store, MERCHANT, order)


@crash(lifecycle.look_again, stages.received)
def served_meanwhile(at: Warehouse) -> Run:
    order = order_id(at)
    return lambda store: lifecycle.look_again(store, MERCHANT, order)


@crash(lifecycle.verify, stages.unverified)
def verified(_: Warehouse) -> Change:
    return lifecycle.verify(ORDER)


@crash(lifecycle.hold, stages.ready)
def put_on_hold(_: Warehouse) -> Change:
    return lifecycle.hold(ORDER, "fraud")


@crash(lifecycle.hold_for_rule, stages.ready)
def held_by_its_workflow(at: Warehouse) -> Run:
    order = order_id(at)
    return lambda store: lifecycle.hold_for_rule(store, MERCHANT, order, "no_such_rule")


@crash(lifecycle.unhold, stages.held)
def unheld(_: Warehouse) -> Change:
    return lifecycle.unhold(ORDER, None)


@crash(lifecycle.cancel, stages.ready)
def cancelled(_: Warehouse) -> Change:
    return lifecycle.cancel(ORDER)


@crash(starts.starts_answered, stages.taken)
def answered(at: Warehouse) -> Run:
    order = order_id(at)
    return lambda store: starts.starts_answered(store, MERCHANT, [order])


# --- its lines -----------------------------------------------------------------------------------


@crash(line_changes.quantity, stages.waiting)
def other_quantity(_: Warehouse) -> Change:
    return line_changes.quantity(ORDER, 1, 4, None)


@crash(line_changes.add_line, stages.waiting)
def another_line(_: Warehouse) -> Change:
    return line_changes.add_line(ORDER, line_changes.Added("K3", 2))


@crash(line_changes.exchange, stages.waiting)
def another_sku(_: Warehouse) -> Change:
    return line_changes.exchange(ORDER, LineUnits(1, 2), "K3", None)


@crash(line_changes.cancelling_units, stages.waiting)
def fewer_units(_: Warehouse) -> Change:
    return line_changes.cancelling_units(ORDER, [LineUnits(1, 4)])


@crash(details.address, stages.ready)
def another_address(_: Warehouse) -> Change:
    return details.address(ORDER, Customer(address={"street": "Kai 2"}))


@crash(details.cancel_date, stages.waiting)
def wait_no_longer_than(_: Warehouse) -> Change:
    return details.cancel_date(ORDER, LATER)


@crash(sent_again.replacing, stages.shipped)
def lost_on_its_way(at: Warehouse) -> Change:
    (shipment,) = at.shipments("shipped")
    return sent_again.replacing(ORDER, shipment, [LineUnits(1, 1)])


@crash(sent_again.exchanging, stages.announced_return)
def another_for_what_comes_back(_: Warehouse) -> Change:
    return sent_again.exchanging(ORDER, LineUnits(1, 1), "K2", 100)


# --- by hand -------------------------------------------------------------------------------------


@crash(manual.priority, stages.waiting)
def behind_the_other(_: Warehouse) -> Change:
    return manual.priority(ORDER, 80)


@crash(manual.policy, stages.held_back)
def other_policy(_: Warehouse) -> Change:
    return manual.policy(ORDER, {"max_shipments": 3}, ())


@crash(manual.lock, stages.waiting)
def locked(_: Warehouse) -> Change:
    return manual.lock(ORDER, "B")


@crash(manual.allocate, stages.by_hand)
def allocated(_: Warehouse) -> Change:
    return manual.allocate(ORDER, None)


@crash(manual.unallocate, stages.held_back)
def given_back(_: Warehouse) -> Change:
    return manual.unallocate(ORDER, None)


@crash(manual.resume_allocation, stages.by_hand)
def by_itself_again(_: Warehouse) -> Change:
    return manual.resume_allocation(ORDER, None)


@crash(manual.mark_backordered, stages.held_back)
def marked(_: Warehouse) -> Change:
    return manual.mark_backordered(ORDER, 2)


@crash(manual.split, stages.held_back)
def split(_: Warehouse) -> Change:
    return manual.split(ORDER)


@crash(manual.remove_unavailable, stages.held_back)
def without_what_is_missing(_: Warehouse) -> Change:
    return manual.remove_unavailable(ORDER)


@crash(manual.send_back, stages.ready)
def sent_back(at: Warehouse) -> Change:
    return manual.send_back(ORDER, min(at.shipments("ready")))


@crash(manual.prepare, stages.unprepared)
def prepared(_: Warehouse) -> Change:
    return manual.prepare(ORDER, [Choice(1, Choose.PICK, "A")])


@crash(manual.back_to_ship, stages.by_hand)
def back_to_ship(_: Warehouse) -> Change:
    return manual.back_to_ship(ORDER)


@crash(pins.pin, stages.waiting)
def pinned(_: Warehouse) -> Change:
    return pins.pin(ORDER, 1, [pins.Pinned(PURCHASE, units=2)])


# --- its customer's page -------------------------------------------------------------------------


@crash(links.make_link, stages.waiting)
def a_link(_: Warehouse) -> Run:
    asked = the_command("make_link")
    return lambda store: links.make_link(store, asked, ORDER).view.expires_at


@crash(links.revoke_link, stages.with_a_link)
def a_link_ended(at: Warehouse) -> Run:
    link = str(at.one("SELECT id FROM order_link"))
    return lambda store: links.revoke_link(store, MERCHANT, ORDER, link)


@crash(offers.choose, stages.held_back)
def chosen_by_the_customer(at: Warehouse) -> Run:
    """What is here goes now, as the page had shown it."""
    shown = customer.offers(at, order_id(at))["ship_now"]
    choice = offers.Choice(shown.id, shown.seen)
    return lambda store: offers.choose(store, MERCHANT, ORDER, choice, "1f2e3d4c5b6a7988")


@crash(offers.change_of, stages.held_back)
def waits_for_all(_: Warehouse) -> Change:
    return offers.change_of(ORDER, Offer(OfferKind.WAIT_FOR_ALL))


# --- of many together ----------------------------------------------------------------------------

ASKING = together.Asking(MERCHANT, "tester", "the-key")


def asked(at: Warehouse) -> AskedTogether:
    """Two are to be held, and one of another version than it was seen in."""
    version = {number: int(at.one("SELECT wake_seq FROM orders WHERE number = :n", n=number))
               for number in (ORDER, OTHER)}  # fmt: skip
    seen = (
        SeenOrder(number=ORDER, version=version[ORDER]),
        SeenOrder(number=OTHER, version=version[OTHER] + 1),
    )
    return AskedTogether(action="hold", values={"reason": "fraud"}, orders=seen, note="why")


@crash(together.ask_together, stages.waiting)
def asked_of_many(at: Warehouse) -> Run:
    these = asked(at)
    return lambda store: together.ask_together(store, ASKING, these)


@crash(together.do_together, stages.waiting)
def done_with_many(at: Warehouse) -> Run:
    together.ask_together(at.store, ASKING, asked(at))

    def hold(number: str) -> Change:
        return lifecycle.hold(number, "fraud")

    return lambda store: together.do_together(store, ASKING, hold)
