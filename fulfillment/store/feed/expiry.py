"""The end of what was told long ago: the feed forgets it, the histories never do."""

from datetime import timedelta

from fulfillment.store.feed.sequencing import NOBODY_ELSE, SEQUENCER_LOCK
from fulfillment.store.transactions.dialogue import dialogue
from fulfillment.store.transactions.session import Store, Tx

BATCH = 5_000

EXPIRE = """
WITH kept AS (
    SELECT place FROM feed_event WHERE told_at >= :before ORDER BY place LIMIT 1
), old AS (
    SELECT place FROM feed_event
     WHERE place < coalesce((SELECT place FROM kept), (SELECT last + 1 FROM feed_mark))
       AND place <= (SELECT min(place) FROM (SELECT place FROM feed_reader
                                             UNION ALL SELECT place FROM mail_mark) reader)
     ORDER BY place LIMIT :most
), gone AS (
    DELETE FROM feed_event e USING old WHERE e.place = old.place RETURNING e.place
)
UPDATE feed_mark SET expired = gone.place
  FROM (SELECT max(place) AS place, count(*) AS events FROM gone) gone WHERE gone.events > 0
RETURNING gone.events
"""
"""From the front alone, so that what is kept has no holes, whatever the clocks of processes say.
What webhooks or mail have not read yet stays."""


def expire(store: Store, keep: timedelta) -> int:
    """Forget what was told longer ago, a batch at a time; how many events. 0 while others write."""
    gone = 0
    while True:
        with dialogue(store.engine) as said:
            tx = Tx(said, "*", store.clock(), "sequencer")
            (lock,) = tx.rows(NOBODY_ELSE, key=SEQUENCER_LOCK)
            if not lock.mine:
                return gone
            found = tx.rows(EXPIRE, before=tx.now - keep, most=BATCH)
        if not found:
            return gone
        gone += int(found[0].events)
