"""How often a process of ours looks for what nobody refers to any more."""

import gc

NEW_ONES = 50_000
"""Objects that are made, and not let go, before the young ones are looked through.

A plan makes tens of thousands of values that all live until it is saved, and none of them refers
back to itself. Looked through after each seven hundred, as is usual, they cost a third of its time.
"""

OLD_AFTER = 2
"""So many looks at the young ones before those that outlived one are looked through, and so many of
these before the old ones are.

A workflow refers to itself, and is old when the worker lets it go. After ten and ten, as is usual,
five million new objects would come before anybody looked: hundreds of megabytes of workflows.
"""


def collect_seldom() -> None:
    """Look seldom, and never at what was there when the process began: modules and settings.

    What is let go is freed at once as ever; only circles wait, for half a million objects at most.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_ONES, OLD_AFTER, OLD_AFTER)
