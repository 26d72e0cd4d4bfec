"""Pack what was picked, open packages again, and send them off, all at once or one by one."""

from fulfillment.domain.floor.after_dispatch import Label
from fulfillment.store.commands.floor.packing.packing import pack, repack, unpack
from fulfillment.store.commands.floor.packing.shipping import Dispatch, ship

__all__ = ["Dispatch", "Label", "pack", "repack", "ship", "unpack"]
