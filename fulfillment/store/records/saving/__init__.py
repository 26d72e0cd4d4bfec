"""Values back into rows."""

from fulfillment.store.records.saving.changes import Change
from fulfillment.store.records.saving.orders import record
from fulfillment.store.records.saving.writing import save

__all__ = ["Change", "record", "save"]
