"""What is written on transfers, returns and counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.model.meaning import meaning
from fulfillment.domain.model.moves import CountCovers
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.transactions.session import Command, Store, Tx

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewTransferLine:
    """Units of a SKU that are to go."""

    line: int
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """A transfer as it is written; with `ship` its goods have left already."""

    number: str
    source: str
    destination: str
    lines: tuple[NewTransferLine, ...]
    expected_on: date | None = None
    ship: bool = False


@dataclass(frozen=True, slots=True)
class NewReturnLine:
    """Units of a SKU that come back; `order_line` is the line they were shipped for."""

    line: int
    sku: str
    units: int
    order_line: int | None = None


@dataclass(frozen=True, slots=True)
class NewReturn:
    """A return as it is announced; without a date nobody is pegged on it."""

    number: str
    location: str
    lines: tuple[NewReturnLine, ...]
    order: str | None = None
    reason: str | None = None
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class CountedSku:
    """What is there of a SKU in one disposition, by count."""

    sku: str
    counted: int
    disposition: str = "sellable"


@dataclass(frozen=True, slots=True)
class NewCount:
    """What was counted at a location; with `everything`, what is not named was counted as zero.

    It `covers` the shelf alone, or also what is in hands: picked, staged, or to be put back.
    """

    number: str
    location: str
    lines: tuple[CountedSku, ...] = ()
    reason: str | None = None
    everything: bool = False
    covers: CountCovers = CountCovers.SHELF


def transfer_command(merchant: str, actor: str, new: NewTransfer) -> Command:
    """A transfer is known by its number alone."""
    key = f"transfer:{new.number}"
    return Command(merchant, "create_transfer", key, actor, meaning(new))


def return_command(merchant: str, actor: str, new: NewReturn) -> Command:
    """A return is known by its number alone."""
    return Command(merchant, "create_return", f"return:{new.number}", actor, meaning(new))


def count_command(merchant: str, actor: str, count: NewCount) -> Command:
    """A count is known by its number alone."""
    return Command(
        merchant, "count", f"count:{count.number}", actor, meaning(count), reason=count.reason
    )


def execute_numbered(
    store: Store, command: Command, number: str, body: Callable[[Tx], Answer]
) -> Answer:
    """Do a command that is known by a document's number: the same again has the first answer.

    Raises `number_in_use` for another document of that number.
    """
    try:
        return store.execute(command, body)
    except RefusedError as refusal:
        if refusal.code != "key_reused":
            raise
        message = f"{number} exists with other content"
        raise conflict("number_in_use", message, number=number) from refusal


def number_in_use(number: str) -> RefusedError:
    """The number is taken; by what, nobody looked."""
    return conflict("number_in_use", f"{number} is taken; choose another number", number=number)
