"""What-ifs: several wishes tried on a copy of the world, and done together or not at all.

`put_on_copy` tries them, `apply_what_if` does them; how a wish of each kind is both is said in a
file of its own. `try_out` tries what a page is about to do with a purchase order: `amended`,
`moved`, `received`.
"""

from fulfillment.store.commands.what_if.act import Act, Fact
from fulfillment.store.commands.what_if.applied import MOST_TIMES, read_applications
from fulfillment.store.commands.what_if.applying import Seen, apply_what_if
from fulfillment.store.commands.what_if.copying import (
    Copy,
    Outset,
    Stop,
    put_on_copy,
    put_on_copy_at_once,
    try_out,
)
from fulfillment.store.commands.what_if.facts import facts_of, read_facts
from fulfillment.store.commands.what_if.purchase_acts import (
    amended,
    check_days,
    moved,
    received,
)

__all__ = [
    "MOST_TIMES",
    "Act",
    "Copy",
    "Fact",
    "Outset",
    "Seen",
    "Stop",
    "amended",
    "apply_what_if",
    "check_days",
    "facts_of",
    "moved",
    "put_on_copy",
    "put_on_copy_at_once",
    "read_applications",
    "read_facts",
    "received",
    "try_out",
]
