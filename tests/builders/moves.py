"""Transfers, returns and counts, with defaults for all that a test does not name."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fulfillment.domain.model.moves import CountCovers, Disposition, SupplyKind
from fulfillment.store.commands.supply.moves import counts, returns, transfers
from fulfillment.store.commands.supply.moves.documents import (
    CountedSku,
    NewCount,
    NewReturn,
    NewReturnLine,
    NewTransfer,
    NewTransferLine,
    count_command,
    return_command,
    transfer_command,
)
from fulfillment.store.commands.supply.receiving import Receipt, ReceivedLine
from tests.builders.warehouse import MERCHANT, Warehouse, command, numbers

Wants = Sequence[tuple[str, int]]


def transfer(
    warehouse: Warehouse,
    wants: Wants = (("K1", 5),),
    *,
    source: str = "A",
    to: str = "B",
    due: int | None = 5,
    ship: bool = True,
    number: str = "",
) -> str:
    """Write a transfer, and send it unless told not to; its number."""
    lines = tuple(NewTransferLine(n, *want) for n, want in enumerate(wants, 1))
    on = None if due is None else warehouse.day(due)
    new = NewTransfer(number or f"T{next(numbers)}", source, to, lines, on, ship)
    transfers.create_transfer(warehouse.store, transfer_command(MERCHANT, "tester", new), new)
    return new.number


def ship(warehouse: Warehouse, number: str, key: str | None = None) -> dict[str, Any]:
    return transfers.ship_transfer(warehouse.store, command("ship", key), number)


def close(warehouse: Warehouse, number: str) -> dict[str, Any]:
    return transfers.close_transfer(warehouse.store, command("close"), number)


def cancel(warehouse: Warehouse, number: str) -> dict[str, Any]:
    return transfers.cancel_transfer(warehouse.store, command("cancel"), number)


def redate(warehouse: Warehouse, number: str, due: int | None) -> dict[str, Any]:
    on = None if due is None else warehouse.day(due)
    return transfers.change_transfer(warehouse.store, command("redate"), number, on)


def receive(
    warehouse: Warehouse,
    document: str,
    units: Mapping[int, int],
    number: str = "",
    *,
    damaged: Mapping[int, int] = MappingProxyType({}),
    reason: str | None = None,
) -> dict[str, Any]:
    """Count units by line of a transfer."""
    lines = [ReceivedLine(*row) for row in units.items()]
    lines += [ReceivedLine(*row, Disposition.DAMAGED) for row in damaged.items()]
    of = SupplyKind.TRANSFER
    number = number or f"R{next(numbers)}"
    return warehouse.take_in(Receipt(number, document, None, tuple(lines), of, reason))


def announce(
    warehouse: Warehouse,
    wants: Iterable[tuple[Any, ...]] = (("K1", 5),),
    *,
    at: str = "A",
    order: int | None = None,
    due: int | None = None,
    number: str = "",
) -> str:
    """Announce a return; a want may name the order's line as its third part. Its number."""
    lines = tuple(NewReturnLine(n, *want) for n, want in enumerate(wants, 1))
    on = None if due is None else warehouse.day(due)
    of = None if order is None else warehouse.number(order)
    new = NewReturn(number or f"RT{next(numbers)}", at, lines, of, "too big", on)
    returns.announce_return(warehouse.store, return_command(MERCHANT, "tester", new), new)
    return new.number


def take_back(
    warehouse: Warehouse,
    document: str,
    *came: tuple[int, int, str],
    number: str = "",
    reason: str | None = None,
) -> dict[str, Any]:
    """Count what came of a return: line, units and disposition."""
    lines = tuple(ReceivedLine(line, units, Disposition(how)) for line, units, how in came)
    number = number or f"R{next(numbers)}"
    return warehouse.take_in(Receipt(number, document, None, lines, SupplyKind.RETURN, reason))


def end(warehouse: Warehouse, number: str) -> dict[str, Any]:
    """The rest of a return will not come."""
    return returns.close_return(warehouse.store, command("end"), number)


def count(
    warehouse: Warehouse,
    counted: Mapping[str, int],
    *,
    at: str = "A",
    damaged: Mapping[str, int] | None = None,
    number: str = "",
    everything: bool = False,
    covers: str = "shelf",
) -> dict[str, Any]:
    """Count SKUs at a location."""
    lines = [CountedSku(*row) for row in counted.items()]
    lines += [CountedSku(*row, "damaged") for row in (damaged or {}).items()]
    new = NewCount(
        number or f"C{next(numbers)}", at, tuple(lines), "yearly", everything, CountCovers(covers)
    )
    return counts.post_count(warehouse.store, count_command(MERCHANT, "tester", new), new)


def shipped(warehouse: Warehouse, wants: Wants) -> int:
    """An order whose units are with the customer; its id."""
    for sku, units in wants:
        warehouse.stock(units, sku)
    order = warehouse.order(wants)
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    return order


def ledger(warehouse: Warehouse, kind: str) -> list[tuple[Any, ...]]:
    """SKU, location, disposition, units and reference of what was booked as this kind."""
    rows = warehouse.rows(
        "SELECT sku, location, disposition, units, reference FROM stock_ledger"
        " WHERE kind = :kind ORDER BY id",
        kind=kind,
    )
    return [tuple(row) for row in rows]
