"""Settings as they are read: the value of every knob, and the scope it comes from."""

from typing import Any

from fulfillment.store.commands.settings import read_settings
from fulfillment.store.loading import EVERYBODY
from fulfillment.store.session import Tx


def effective_settings(tx: Tx) -> dict[str, Any]:
    """Of the transaction's merchant, or of all where it is `*`."""
    found = read_settings(tx)
    if tx.merchant != EVERYBODY:
        return found
    return {
        knob: {"value": told["value"], "from": told["from"].replace("merchant", "default")}
        for knob, told in found.items()
    }
