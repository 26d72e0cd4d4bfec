"""What comes in, and what moves."""

from fulfillment.domain.insight.what_if import parse_all
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands import what_if
from fulfillment.store.commands.supply import (
    overdue,
    purchase_orders,
    receiving,
    restocks,
    serving,
    serving_apart,
    stock,
)
from fulfillment.store.commands.supply.moves import counts, documents, returns, transfers
from fulfillment.store.commands.supply.purchase_orders import drafting
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.crashes import stages
from tests.crashes.net import Run, crash, the_command
from tests.crashes.stages import ORDER, OTHER, PURCHASE, RECEIPT, RESTOCK, RETURN, TRANSFER


def purchase_id(at: Warehouse) -> int:
    return int(at.one("SELECT id FROM purchase_order"))


def came(of: SupplyKind, document: str, units: int, at: str | None = None) -> Run:
    """So many units of its first line came."""
    number = None if of is SupplyKind.RESTOCK else "R-9"
    receipt = receiving.Receipt(number, document, at, (receiving.ReceivedLine(1, units),), of)
    asked = the_command("arrive", units=units)
    if number:
        asked = receiving.receipt_command(MERCHANT, "tester", receipt)
    return lambda store: receiving.receive(store, asked, receipt)


# --- stock ---------------------------------------------------------------------------------------


@crash(stock.adjust, stages.waiting)
def some_more_is_there(_: Warehouse) -> Run:
    moved = [stock.Adjustment("K1", "A", 4, "count")]
    return lambda store: stock.adjust(store, the_command("adjust"), moved)


@crash(stock.adjust, stages.ready)
def less_is_there(_: Warehouse) -> Run:
    moved = [stock.Adjustment("K1", "A", -2, "count")]
    return lambda store: stock.adjust(store, the_command("adjust"), moved)


@crash(counts.post_count, stages.waiting)
def counted(_: Warehouse) -> Run:
    count = documents.NewCount("C-1", "A", (documents.CountedSku("K1", 6),), "yearly")
    asked = documents.count_command(MERCHANT, "tester", count)
    return lambda store: counts.post_count(store, asked, count)


# --- purchase orders -----------------------------------------------------------------------------


@crash(purchase_orders.create_purchase_order, stages.waiting)
def bought(at: Warehouse) -> Run:
    lines = (purchase_orders.NewPurchaseLine(1, "K1", 5, "A"),)
    new = purchase_orders.NewPurchaseOrder("PO-9", lines, expected_on=at.day(2))
    asked = purchase_orders.purchase_order_command(MERCHANT, "tester", new)
    return lambda store: purchase_orders.create_purchase_order(store, asked, new)


@crash(purchase_orders.change_purchase_order, stages.waiting)
def comes_later(at: Warehouse) -> Run:
    change = purchase_orders.PurchaseChange(PURCHASE, at.day(20))
    asked = the_command("change")
    return lambda store: purchase_orders.change_purchase_order(store, asked, change)


@crash(purchase_orders.move_status, stages.waiting)
def will_not_come(_: Warehouse) -> Run:
    target = PurchaseOrderStatus.CANCELLED
    return lambda store: purchase_orders.move_status(store, the_command("move"), PURCHASE, target)


@crash(drafting.draft_purchase_orders, stages.by_hand)
def drafted(_: Warehouse) -> Run:
    return lambda store: drafting.draft_purchase_orders(
        store, the_command("draft"), drafting.Draft(skus=("K1",))
    )


@crash(overdue.declare_overdue, stages.overdue)
def date_has_passed(at: Warehouse) -> Run:
    purchase = purchase_id(at)
    return lambda store: overdue.declare_overdue(store, MERCHANT, purchase)


# --- receipts ------------------------------------------------------------------------------------


@crash(receiving.receive, stages.waiting)
def bought_goods_came(_: Warehouse) -> Run:
    return came(SupplyKind.PURCHASE_ORDER, PURCHASE, 4, "A")


@crash(receiving.receive, stages.sent_transfer)
def transfer_came(_: Warehouse) -> Run:
    return came(SupplyKind.TRANSFER, TRANSFER, 3)


@crash(receiving.receive, stages.announced_return)
def return_came(_: Warehouse) -> Run:
    return came(SupplyKind.RETURN, RETURN, 1)


@crash(receiving.receive, stages.announced_restock)
def restock_came(_: Warehouse) -> Run:
    return came(SupplyKind.RESTOCK, RESTOCK, 4)


@crash(receiving.reverse_receipt, stages.given_out)
def had_not_come(_: Warehouse) -> Run:
    asked = the_command("reverse")
    return lambda store: receiving.reverse_receipt(store, asked, RECEIPT, "mistaken")


@crash(purchase_orders.serve_receipts, stages.received)
def given_out(at: Warehouse) -> Run:
    purchase = purchase_id(at)
    return lambda store: purchase_orders.serve_receipts(store, MERCHANT, purchase)


# --- several together ----------------------------------------------------------------------------


@crash(what_if.apply_what_if, stages.waiting)
def wished_for(at: Warehouse) -> Run:
    wishes = parse_all([f"{PURCHASE}:+3d", f"order:{OTHER}:priority=10", f"receive:{PURCHASE}/1:2",
                        "stock:K1:-1:A", "buy:K1:4@2026-03-20"])  # fmt: skip
    copy = at.store.simulate(MERCHANT, lambda tx: what_if.put_on_copy(tx, wishes))
    asked, seen = the_command("what_if"), what_if.Seen(copy.fingerprint)
    return lambda store: what_if.apply_what_if(store, asked, wishes, seen)


# --- what is owed --------------------------------------------------------------------------------


@crash(serving.serve_due, stages.received)
def queues(_: Warehouse) -> Run:
    return lambda store: serving.serve_due(store, MERCHANT)


@crash(serving.serve_due, stages.other_settings)
def orders_under_other_settings(_: Warehouse) -> Run:
    return lambda store: serving.serve_due(store, MERCHANT)


@crash(serving_apart.serve_due_apart, stages.overdue)
def what_is_late(_: Warehouse) -> Run:
    return lambda store: serving_apart.serve_due_apart(store, MERCHANT)


# --- between places, and back --------------------------------------------------------------------


@crash(transfers.create_transfer, stages.planned_transfer)
def written_and_sent(at: Warehouse) -> Run:
    lines = (documents.NewTransferLine(1, "K1", 2),)
    new = documents.NewTransfer("T-9", "A", "B", lines, at.day(2), ship=True)
    asked = documents.transfer_command(MERCHANT, "tester", new)
    return lambda store: transfers.create_transfer(store, asked, new)


@crash(transfers.ship_transfer, stages.planned_transfer)
def sent(_: Warehouse) -> Run:
    return lambda store: transfers.ship_transfer(store, the_command("ship"), TRANSFER)


@crash(transfers.close_transfer, stages.sent_transfer)
def lost(_: Warehouse) -> Run:
    return lambda store: transfers.close_transfer(store, the_command("close"), TRANSFER)


@crash(transfers.cancel_transfer, stages.planned_transfer)
def not_sent(_: Warehouse) -> Run:
    return lambda store: transfers.cancel_transfer(store, the_command("cancel"), TRANSFER)


@crash(transfers.change_transfer, stages.sent_transfer)
def arrives_later(at: Warehouse) -> Run:
    day, asked = at.day(20), the_command("redate")
    return lambda store: transfers.change_transfer(store, asked, TRANSFER, day)


@crash(returns.announce_return, stages.shipped)
def comes_back(at: Warehouse) -> Run:
    lines = (documents.NewReturnLine(1, "K1", 2, 1),)
    new = documents.NewReturn("RT-9", "A", lines, ORDER, "too big", at.day(3))
    asked = documents.return_command(MERCHANT, "tester", new)
    return lambda store: returns.announce_return(store, asked, new)


@crash(returns.close_return, stages.announced_return)
def does_not_come_back(_: Warehouse) -> Run:
    return lambda store: returns.close_return(store, the_command("end"), RETURN)


@crash(restocks.announce_restock, stages.waiting)
def announced(at: Warehouse) -> Run:
    restock = restocks.Restock("RS-9", "K1", "A", 6, at.day(2))
    return lambda store: restocks.announce_restock(store, MERCHANT, restock, "tester")


@crash(restocks.withdraw_restock, stages.announced_restock)
def withdrawn(_: Warehouse) -> Run:
    return lambda store: restocks.withdraw_restock(store, the_command("withdraw"), RESTOCK)
