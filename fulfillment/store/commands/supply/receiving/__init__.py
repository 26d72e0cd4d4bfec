"""Receipts of what was announced: purchase orders, transfers, returns, restocks; counted, reversed.

Commands of other rooms and the API call `receive` and `reverse_receipt`. A receipt is known by its
number alone, whatever it is a receipt for.
"""

from fulfillment.store.commands.supply.receiving.receipts import (
    Receipt,
    ReceivedLine,
    receipt_command,
)
from fulfillment.store.commands.supply.receiving.receive import receive
from fulfillment.store.commands.supply.receiving.reverse import reverse_receipt

__all__ = ["Receipt", "ReceivedLine", "receipt_command", "receive", "reverse_receipt"]
