"""Remedies that are documents of supply: a purchase, a receipt, a transfer, each written once.

A document is known by its number, which the explanation chose: asked for twice, it is written once.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.insight.remedy import RemedyCode
from fulfillment.domain.model.meaning import canonical
from fulfillment.domain.model.permissions import Permission
from fulfillment.store.commands.administration.acting import Session
from fulfillment.store.commands.supply.moves.documents import (
    NewTransfer,
    NewTransferLine,
    transfer_command,
)
from fulfillment.store.commands.supply.moves.transfers import create_transfer
from fulfillment.store.commands.supply.purchase_orders import (
    NewPurchaseLine,
    NewPurchaseOrder,
    create_purchase_order,
    purchase_order_command,
)
from fulfillment.store.commands.supply.receiving import (
    Receipt,
    ReceivedLine,
    receipt_command,
    receive,
)
from fulfillment.store.reading.views.explanations import TriedRemedy

Told = Mapping[str, Any]
"""What a remedy says has to be written, by name."""


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document: its button, who may write it, where it has to do with, and how."""

    button: str
    permission: Permission
    places: Callable[[Told], Collection[str | None]]
    write: Callable[[Session, str, Told], None]


def _buy(session: Session, _: str, told: Told) -> None:
    lines = tuple(NewPurchaseLine(**line) for line in told["lines"])
    new = NewPurchaseOrder(told["number"], lines, expected_on=_day(told["expected_on"]))
    command = purchase_order_command(session.merchant, session.actor, new)
    create_purchase_order(session.store, command, new)


def _receive(session: Session, purchase_order: str, told: Told) -> None:
    lines = tuple(ReceivedLine(**line) for line in told["lines"])
    came = Receipt(told["number"], purchase_order, told["location"], lines)
    receive(session.store, receipt_command(session.merchant, session.actor, came), came)


def _transfer(session: Session, _: str, told: Told) -> None:
    lines = tuple(NewTransferLine(**line) for line in told["lines"])
    expected_on = _day(told["expected_on"])
    new = NewTransfer(
        told["number"], told["source"], told["destination"], lines, expected_on, told["ship"]
    )
    create_transfer(session.store, transfer_command(session.merchant, session.actor, new), new)


DOCUMENTS: Mapping[RemedyCode, Document] = {
    RemedyCode.BUY_MORE: Document(
        "Write this purchase order",
        Permission.WRITE_PURCHASE_ORDERS,
        lambda told: [line["location"] for line in told["lines"]],
        _buy,
    ),
    RemedyCode.RECEIVE_MORE: Document(
        "Count these goods in", Permission.MOVE_STOCK, lambda told: [told["location"]], _receive
    ),
    RemedyCode.TRANSFER: Document(
        "Send this transfer", Permission.MOVE_STOCK, lambda told: [told["source"]], _transfer
    ),
}


def name_of(remedy: TriedRemedy) -> str:
    """What a remedy is called in addresses: another one as soon as it says something else."""
    said = canonical([remedy.code, remedy.subject, remedy.arguments])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _day(told: object) -> date | None:
    return told if isinstance(told, date) else None
