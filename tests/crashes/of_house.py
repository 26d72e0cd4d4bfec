"""What operators and workers do: keys, settings, the catalogue, payments, a restored database."""

from dataclasses import replace
from datetime import date, timedelta

from fulfillment.domain.insight.offers import OfferKind
from fulfillment.domain.insight.progress import Progress, progress_of
from fulfillment.domain.model.papers import Letterhead
from fulfillment.domain.model.payments import EntryStatus, PaymentKind
from fulfillment.domain.model.scope import Scope
from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.administration import (
    customer_page,
    keys,
    restoring,
    saved_views,
    secrets,
    settings,
    sign_ins,
    users,
)
from fulfillment.store.commands.catalogue import closures, locations, merchants, papers, products
from fulfillment.store.commands.payments import asking, record
from fulfillment.store.reading.views.customer_page import CustomerPageSettings
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.session import Store
from tests.builders.warehouse import MERCHANT, NOON, Warehouse
from tests.crashes import stages
from tests.crashes.net import Run, crash, the_command
from tests.crashes.of_orders import order_id
from tests.crashes.of_supply import purchase_id
from tests.crashes.stages import A_DAY, ORDER, PASSWORD

TOMORROW = date(2026, 3, 3)
ANSWER = frozenset({"answer"})
"""Who comes again finds it done: nothing is left to count, or to be had."""
TOLD_AGAIN = frozenset({"outbox.version"})
"""What is owed to the engine is owed once; how often that was said is its version."""


# --- keys and settings ---------------------------------------------------------------------------


@crash(keys.make_key)
def made(_: Warehouse) -> Run:
    new = keys.NewKey("shop", keys.Role.INTAKE, Scope(frozenset({MERCHANT})))
    asked = the_command("make_key", "*")
    return lambda store: keys.make_key(store, asked, new).view.name


@crash(keys.create_key, apart_from={"api_key", "command"})
def made_of_its_own(_: Warehouse) -> Run:
    """Who was not answered makes another: what nobody was told of opens nothing for anybody."""
    return lambda store: bool(keys.create_key(store, "shop", keys.Role.INTAKE, MERCHANT))


@crash(keys.change_key, stages.with_a_key)
def opens_everything(at: Warehouse) -> Run:
    change = keys.KeyChange(str(at.one("SELECT id FROM api_key")), merchants=None)
    asked = the_command("change_key", "*")
    return lambda store: keys.change_key(store, asked, change)


@crash(keys.revoke_key, stages.with_a_key)
def revoked(at: Warehouse) -> Run:
    key = str(at.one("SELECT id FROM api_key"))
    return lambda store: keys.revoke_key(store, key)


@crash(keys.caller_of, stages.with_a_key)
def nobody_known(_: Warehouse) -> Run:
    return lambda store: keys.caller_of(store, f"pb_{'0' * 16}_{'x' * 43}")


@crash(users.make_user)
def made_a_user(_: Warehouse) -> Run:
    new = users.NewUser("tom", "Tom", keys.Role.INTAKE, Scope(frozenset({MERCHANT})))
    asked = the_command("make_user", "*")
    return lambda store: users.make_user(store, asked, new, PASSWORD)


@crash(users.change_user, stages.with_a_user)
def sees_everything(_: Warehouse) -> Run:
    change = users.UserChange("mara", role=keys.Role.ADMIN, merchants=None)
    asked = the_command("change_user", "*")
    return lambda store: users.change_user(store, asked, change)


@crash(users.set_password, stages.with_a_user)
def another_password(_: Warehouse) -> Run:
    asked = the_command("set_password", "*")
    return lambda store: users.set_password(store, asked, "mara", f"another {PASSWORD}")


@crash(users.disable_user, stages.with_a_user)
def let_in_no_more(_: Warehouse) -> Run:
    return lambda store: users.disable_user(store, "mara")


@crash(users.enable_user, stages.with_a_user)
def let_in_again(_: Warehouse) -> Run:
    return lambda store: users.enable_user(store, "mara")


@crash(sign_ins.sign_in, stages.with_a_user, apart_from={"user_session"})
def signed_in(_: Warehouse) -> Run:
    """Who was not answered signs in again: a session that nobody was told of opens nothing."""
    return lambda store: bool(sign_ins.sign_in(store, "mara", PASSWORD, A_DAY))


@crash(sign_ins.signed_in, stages.with_a_user)
def nobody_signed_in(_: Warehouse) -> Run:
    return lambda store: sign_ins.signed_in(store, "x" * 43, A_DAY)


@crash(sign_ins.sign_out, stages.with_a_user)
def signed_out(_: Warehouse) -> Run:
    return lambda store: sign_ins.sign_out(store, "x" * 43)


@crash(saved_views.save_view, stages.with_a_user)
def list_saved(_: Warehouse) -> Run:
    new = saved_views.NewView("mara", "Tea", {"sku": "K1"}, shared=True)
    asked = the_command("save_view")
    return lambda store: saved_views.save_view(store, asked, new)


@crash(saved_views.change_view, stages.with_a_view)
def list_renamed(at: Warehouse) -> Run:
    view = int(at.one("SELECT id FROM saved_view"))
    change = saved_views.ViewChange(view, 1, "Cups", shared=True)
    asked = the_command("change_view")
    return lambda store: saved_views.change_view(store, asked, change)


@crash(saved_views.delete_view, stages.with_a_view)
def list_deleted(at: Warehouse) -> Run:
    view, asked = int(at.one("SELECT id FROM saved_view")), the_command("delete_view")
    return lambda store: saved_views.delete_view(store, asked, view, 1)


@crash(settings.change_settings, stages.held_back)
def other_settings(_: Warehouse) -> Run:
    asked = the_command("settings")
    return lambda store: settings.change_settings(store, asked, {"max_shipments": 3})


# --- secrets -------------------------------------------------------------------------------------

SECRET = SecretName(MERCHANT, "webhook", "1")


@crash(secrets.put_secret)
def secret(_: Warehouse) -> Run:
    return lambda store: secrets.put_secret(store, SECRET, Sealed("old", b"sealed"))


@crash(secrets.reseal_next, apart_from=ANSWER)
def sealed_anew(at: Warehouse) -> Run:
    secrets.put_secret(at.store, SECRET, Sealed("old", b"sealed"))
    fresh = Sealed("new", b"sealed anew")
    return lambda store: secrets.reseal_next(store, fresh.key, lambda _: fresh)


@crash(customer_page.put_customer_page, stages.waiting)
def other_offers(_: Warehouse) -> Run:
    asked = the_command("customer_page")
    wanted = CustomerPageSettings(
        offers=(OfferKind.SHIP_NOW,), link_days=30, days_after_end=7, note="Call us."
    )
    return lambda store: customer_page.put_customer_page(store, asked, wanted)


# --- the catalogue -------------------------------------------------------------------------------


@crash(merchants.put_merchant, stages.waiting)
def another_zone(_: Warehouse) -> Run:
    new = catalogue.NewMerchant(MERCHANT, "Acme", "Asia/Tokyo")
    return lambda store: merchants.put_merchant(store, new)


@crash(locations.put_location, stages.ready)
def closed_down(_: Warehouse) -> Run:
    new = catalogue.NewLocation("A", "A", active=False, serves={MERCHANT: 1})
    return lambda store: locations.put_location(store, new)


@crash(products.put_products, stages.waiting)
def sold_ahead(_: Warehouse) -> Run:
    new = [catalogue.NewProduct("K1", "K1", future_inventory=True), catalogue.NewProduct("K9", "")]
    return lambda store: products.put_products(store, MERCHANT, new)


@crash(papers.put_letterhead)
def letterhead(_: Warehouse) -> Run:
    paper = Letterhead(("Acme", "Vienna"))
    return lambda store: papers.put_letterhead(store, MERCHANT, paper)


@crash(closures.put_closure, stages.ready)
def closed(_: Warehouse) -> Run:
    return lambda store: closures.put_closure(store, "A", TOMORROW, "stocktaking")


@crash(closures.remove_closure, stages.closed_for_a_day, apart_from=ANSWER)
def open_after_all(_: Warehouse) -> Run:
    """Whoever finds it open, with all done, is told that there is no such closure."""
    return lambda store: closures.remove_closure(store, "A", TOMORROW)


@crash(closures.renew_targets, stages.half_a_calendar)
def one_renewed(_: Warehouse) -> Run:
    return lambda store: closures.renew_targets(store, "A")


@crash(closures.renew_broken_off, stages.half_a_calendar, apart_from=ANSWER)
def all_renewed(_: Warehouse) -> Run:
    return closures.renew_broken_off


# --- payments ------------------------------------------------------------------------------------


@crash(record.record_payment, stages.ready)
def paid(_: Warehouse) -> Run:
    new = record.NewPayment(PaymentKind.CAPTURE, 1500)
    return lambda store: record.record_payment(store, the_command("payment"), ORDER, new)


@crash(record.settle_payment, stages.refund_due)
def refunded(at: Warehouse) -> Run:
    entry = int(at.one("SELECT id FROM payment_entry WHERE status = 'due'"))
    done = record.Settlement(EntryStatus.DONE, "re_1")
    return lambda store: record.settle_payment(store, the_command("settle"), entry, done)


@crash(asking.claim_due, stages.refund_due, apart_from=ANSWER)
def leased(_: Warehouse) -> Run:
    """Who died with it leaves it leased: nobody gets it before the lease has ended."""
    return lambda store: asking.claim_due(store, timedelta(minutes=5))


@crash(asking.put_off, stages.refund_due)
def asked_again_later(at: Warehouse) -> Run:
    entry = asking.claim_due(at.store, timedelta(minutes=5))
    assert entry is not None
    return lambda store: asking.put_off(store, entry, timedelta(hours=1))


# --- a database that was put back ----------------------------------------------------------------


def shipped_since(at: Warehouse, order: int) -> Progress:
    """What a workflow knows of an order of which the database forgot that it left."""
    known = progress_of(at.store.read(MERCHANT, lambda tx: load_orders(tx, [order]))[order])
    return replace(known, seq=known.seq + 5, status=OrderStatus.SHIPPED, shipped_units=3)


@crash(restoring.check_order, stages.ready)
def forgot_an_end(at: Warehouse) -> Run:
    order = order_id(at)
    known = shipped_since(at, order)
    return lambda store: restoring.check_order(store, MERCHANT, order, known)


@crash(restoring.check_purchase_order, stages.waiting)
def known_purchase(at: Warehouse) -> Run:
    purchase = purchase_id(at)
    return lambda store: restoring.check_purchase_order(store, MERCHANT, purchase)


@crash(restoring.hold_lost, stages.ready, apart_from=ANSWER)
def held_for_a_person(at: Warehouse) -> Run:
    order = order_id(at)
    known = {order: shipped_since(at, order)}
    return lambda store: restoring.hold_lost(store, MERCHANT, known, "reconcile")


@crash(restoring.restart_orders, stages.waiting, apart_from=TOLD_AGAIN)
def started_again(at: Warehouse) -> Run:
    order = order_id(at)
    return lambda store: restoring.restart_orders(store, MERCHANT, [order], "reconcile")


@crash(restoring.wake_orders_again, stages.waiting, apart_from=TOLD_AGAIN)
def woken_again(at: Warehouse) -> Run:
    order = order_id(at)
    return lambda store: restoring.wake_orders_again(store, MERCHANT, [order])


@crash(
    restoring.restart_purchase_orders,
    stages.waiting,
    apart_from={*TOLD_AGAIN, "outbox.payload", "purchase_order.wake_seq"},
)
def purchases_started_again(at: Warehouse) -> Run:
    purchase = purchase_id(at)
    return lambda store: restoring.restart_purchase_orders(store, MERCHANT, [purchase])


@crash(restoring.begin_epoch, apart_from={*ANSWER, "epoch"})
def another_epoch(_: Warehouse) -> Run:
    """Begun twice, it is one more than it had to be: later than any that is known all the same."""

    def begin(store: Store) -> int:
        return restoring.begin_epoch(store, 3, 100, NOON - timedelta(hours=1), "reconcile")

    return begin
