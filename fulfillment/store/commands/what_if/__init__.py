"""What-ifs: several wishes tried on a copy of the world, and done together or not at all.

`put_on_copy` tries them, `apply_what_if` does them; how a wish of each kind is both is said in a
file of its own.
"""

from fulfillment.store.commands.what_if.act import Act, Fact
from fulfillment.store.commands.what_if.applying import apply_what_if
from fulfillment.store.commands.what_if.copying import Copy, Stop, put_on_copy

__all__ = ["Act", "Copy", "Fact", "Stop", "apply_what_if", "put_on_copy"]
