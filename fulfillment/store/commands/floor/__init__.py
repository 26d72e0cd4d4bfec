"""What people on the floor do: take work, confirm it, put it back, stage it, miss some of it."""

from fulfillment.store.commands.floor.lists import Wanted, give_up, take_work
from fulfillment.store.commands.floor.picking import Confirmation, PickedLine, confirm, unpick
from fulfillment.store.commands.floor.short import ShortPick, pick_short
from fulfillment.store.commands.floor.staging import Staging, stage, unstaging
from fulfillment.store.commands.floor.tasks import finish_task

__all__ = [
    "Confirmation",
    "PickedLine",
    "ShortPick",
    "Staging",
    "Wanted",
    "confirm",
    "finish_task",
    "give_up",
    "pick_short",
    "stage",
    "take_work",
    "unpick",
    "unstaging",
]
