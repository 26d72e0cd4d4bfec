"""A small business in which every command's example can be run: goods, orders, supply, work."""

from datetime import date
from typing import Any

from deliveries.mail.port import Carried, Result
from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.model.payments import PaymentKind
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.catalogue import closures
from fulfillment.store.commands.mail import templates
from fulfillment.store.commands.orders import links, manual
from fulfillment.store.commands.payments import record
from fulfillment.store.commands.supply import purchase_orders, restocks
from fulfillment.store.commands.supply.moves import counts, returns
from fulfillment.store.commands.supply.moves.documents import (
    CountedSku,
    NewCount,
    NewReturn,
    NewReturnLine,
    count_command,
)
from fulfillment.store.commands.webhooks.endpoints import switch_endpoint
from fulfillment.store.reading.views.mail_facts import MailWords
from fulfillment.store.transactions.session import Store, connect
from tests.builders import floor, moves, webhooks
from tests.builders.feed import tell
from tests.builders.mail import Kept, Post, customer, wants_mail
from tests.builders.warehouse import MERCHANT, Clock, Warehouse, command

TEA, BLACK, CUP = "TEA-GREEN", "TEA-BLACK", "CUP"
LATER = date(2031, 3, 10)
AHEAD = 1_800
"""Days from the builders' today on, which is over already."""


def furnish(database_url: str) -> None:
    """Fill a database; nobody is connected to it afterwards."""
    store = Store(connect(database_url))
    warehouse = Warehouse(store, Clock())
    _catalogue(warehouse)
    _supply(warehouse)
    _orders(warehouse)
    _moves(warehouse)
    _link(warehouse)
    tell(store)
    _mails(warehouse)
    _webhooks(warehouse)
    store.engine.dispose()


def _catalogue(warehouse: Warehouse) -> None:
    store = warehouse.store
    catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Acme", "Europe/Vienna", "EUR"))
    for priority, name in enumerate(("vienna", "graz"), 1):
        new = catalogue.NewLocation(name, name.capitalize(), serves={MERCHANT: priority})
        catalogue.put_location(store, new)
    leaf = "Leaf Imports"
    catalogue.put_products(
        store,
        MERCHANT,
        [
            catalogue.NewProduct(TEA, "Green tea, 100 g", packs={"carton": 12}, supplier=leaf),
            catalogue.NewProduct(BLACK, "Black tea, 100 g", supplier=leaf),
            catalogue.NewProduct(CUP, "Cup", supplier="Clay Works"),
        ],
    )
    warehouse.stock(60, TEA, "vienna")
    closures.put_closure(store, "vienna", date(2031, 12, 31), "New Year's Eve")


def _supply(warehouse: Warehouse) -> None:
    for number, status in (("PO-1", PurchaseOrderStatus.APPROVED), ("PO-2", "draft")):
        lines = (
            purchase_orders.NewPurchaseLine(1, TEA, 60, "vienna"),
            purchase_orders.NewPurchaseLine(2, CUP, 20, "vienna"),
        )
        new = purchase_orders.NewPurchaseOrder(
            number, lines, supplier="Leaf Imports", expected_on=LATER,
            status=PurchaseOrderStatus(status),
        )  # fmt: skip
        purchase_orders.create_purchase_order(warehouse.store, command("purchase"), new)
    warehouse.receive("PO-1", {1: 5}, at="vienna", number="GR-1")
    warehouse.serve("PO-1")
    restock = restocks.Restock("R-1", BLACK, "vienna", 8, LATER)
    restocks.announce_restock(warehouse.store, MERCHANT, restock, "tester")


def _orders(warehouse: Warehouse) -> None:
    once = {"max_shipments": 1}
    _order(warehouse, 1001, [(TEA, 4), (CUP, 2)], policy=once)
    _order(warehouse, 1002, [(TEA, 2)], policy={"auto_allocate": "never"})
    warehouse.do(manual.unallocate("SO-1002", None))
    warehouse.hold(_order(warehouse, 1003, [(TEA, 1)]), "payment_review")
    _order(warehouse, 1004, [(TEA, 1)], policy={"verify": "manual"})
    _order(warehouse, 1005, [(TEA, 1), (CUP, 1)], policy={"prepare": "manual"})
    _order(warehouse, 1006, [(TEA, 2)])
    for number, steps in ((1007, 1), (1008, 2), (1011, 3)):
        shipment = _shipment(warehouse, _order(warehouse, number, [(TEA, steps + 1)]))
        for step in (warehouse.pick, warehouse.pack, warehouse.ship)[:steps]:
            step(shipment)
    for number in (1009, 1014, 1015):
        _order(warehouse, number, [(TEA, 3)])
        floor.take(warehouse, "vienna", orders=(f"SO-{number}",))
    listed, missed = (_shipment(warehouse, _id(warehouse, number)) for number in (1009, 1015))
    floor.confirm(warehouse, 1, {(listed, 1): 1})
    floor.short(warehouse, 3, (missed, 1), 1)
    staged = _order(warehouse, 1010, [(TEA, 3), (CUP, 1)], policy=once)
    floor.stage(warehouse, staged, {1: 2}, at="vienna", label="BOX-7")
    _order(warehouse, 1012, [(BLACK, 15)])
    paid = _order(warehouse, 1013, [(TEA, 1, None, 1000)])
    captured = record.NewPayment(PaymentKind.CAPTURE, 1000)
    record.record_payment(warehouse.store, command("pay"), "SO-1013", captured)
    warehouse.cancel(paid)
    left = _shipment(warehouse, _order(warehouse, 1016, [(TEA, 1)]))
    for step in (warehouse.pick, warehouse.pack, warehouse.ship):
        step(left)


def _webhooks(warehouse: Warehouse) -> None:
    """One that is owed some events, and one that is off."""
    webhooks.endpoint(warehouse, "https://hooks.example/shop", "order.*")
    off, _ = webhooks.endpoint(warehouse, "https://hooks.example/old", "*")
    switch_endpoint(warehouse.store, command("off"), off, on=False)
    _order(warehouse, 1018, [(BLACK, 1)])
    webhooks.fan_out(warehouse.store)


def _link(warehouse: Warehouse) -> None:
    """A link to the page of SO-1001, called as in the example of the command that ends one."""
    links.make_link(warehouse.store, command("make_link"), "SO-1001")
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE order_link SET id = '1f2e3d4c5b6a7988'")


def _id(warehouse: Warehouse, number: int) -> int:
    return int(warehouse.one("SELECT id FROM orders WHERE number = :n", n=f"SO-{number}"))


def _order(warehouse: Warehouse, number: int, wants: list[Any], **more: Any) -> int:
    address = {"name": "Zoë Example", "line1": "Kai 1", "city": "Linz", "country": "AT"}
    return warehouse.order(wants, f"SO-{number}", address=address, **more)


def _shipment(warehouse: Warehouse, order: int) -> int:
    sql = "SELECT id FROM shipment WHERE order_id = :id AND status <> 'reassigned' ORDER BY id"
    return int(warehouse.rows(sql, id=order)[0].id)


def _moves(warehouse: Warehouse) -> None:
    moves.transfer(
        warehouse, [(TEA, 2)], source="vienna", to="graz", due=AHEAD, ship=False, number="TR-1"
    )
    moves.transfer(warehouse, [(TEA, 3)], source="vienna", to="graz", due=AHEAD, number="TR-2")
    back = NewReturn("RMA-1", "vienna", (NewReturnLine(1, TEA, 2, 1),), "SO-1011")
    returns.announce_return(warehouse.store, command("return"), back)
    count = NewCount("CC-1", "graz", (CountedSku(TEA, 3),))
    counts.post_count(warehouse.store, count_command(MERCHANT, "tester", count), count)


def _mails(warehouse: Warehouse) -> None:
    """One mail that was refused, one that was sent, and one of a delay that asks for an answer."""
    post = Post(warehouse, Kept(answers=[Carried(Result.REFUSED, 550)]))
    post.note()
    wants_mail(warehouse, delay_rule=True)
    own = MailWords(language="de", subject="Danke", text="Danke!", html="<p>Danke!</p>")
    templates.put_mail_template(warehouse.store, command("words"), MailType.TAKEN, own)
    lines = (purchase_orders.NewPurchaseLine(1, BLACK, 40, "vienna"),)
    purchase = purchase_orders.NewPurchaseOrder(
        "PO-31", lines, expected_on=LATER, status=PurchaseOrderStatus.APPROVED
    )
    purchase_orders.create_purchase_order(warehouse.store, command("purchase"), purchase)
    _order(warehouse, 1017, [(BLACK, 20)], **customer())
    _sent(post)
    warehouse.change("PO-31", expected_on=date(2031, 6, 10))
    _sent(post)


def _sent(post: Post) -> None:
    """What is called for is due at once, and sent."""
    post.note()
    with post.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE mail SET due_at = happened_at")
    post.sender.round()
