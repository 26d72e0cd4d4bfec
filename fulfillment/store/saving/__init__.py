"""Values back into rows."""

from fulfillment.store.saving.changes import Change
from fulfillment.store.saving.orders import record
from fulfillment.store.saving.writing import save

__all__ = ["Change", "record", "save"]
