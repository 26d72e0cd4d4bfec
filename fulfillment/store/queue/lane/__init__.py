"""The lane: plain lines at the head of a queue are filled set-wise, and the planner does the rest.

What becomes of a plain line depends on nothing but free stock, so that no rule has to be asked of
it (docs/adr/0046). Whoever serves queues looks here first, in the same transaction. The law beside
it (tests/store/queue/lane) says: planner alone, and lane and planner, give the same world.
"""

from fulfillment.store.queue.lane.filled import NOTHING, Filled, PassedByError, take_levels
from fulfillment.store.queue.lane.filling import after_lane

__all__ = ["NOTHING", "Filled", "PassedByError", "after_lane", "take_levels"]
