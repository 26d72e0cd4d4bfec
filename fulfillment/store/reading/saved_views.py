"""Views of the lists of orders that were saved for a merchant."""

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.saved_views import SavedView
from fulfillment.store.transactions.session import Tx

MOST_TOLD = 500
"""Views of all users that are told together."""

COLUMNS = """
SELECT id, owner, name, asked, shared, version FROM saved_view WHERE merchant = :merchant
"""

OWN_AND_SHARED = f"""
{COLUMNS} AND (owner = :owner OR shared) ORDER BY owner <> :owner, lower(name), id LIMIT :most
"""

EVERYBODYS = f"""
{COLUMNS} ORDER BY owner <> :owner, NOT shared, lower(name), id LIMIT :most
"""

ONE = f"{COLUMNS} AND id = :id"


def list_saved_views(tx: Tx, owner: str, *, everybodys: bool = False) -> list[SavedView]:
    """A user's own views, then those that others share; `everybodys` adds what they do not."""
    sql = EVERYBODYS if everybodys else OWN_AND_SHARED
    rows = tx.rows(sql, merchant=tx.merchant, owner=owner, most=MOST_TOLD)
    return [view(SavedView, row) for row in rows]


def read_saved_view(tx: Tx, view_id: int) -> SavedView:
    """One view, or a refusal."""
    rows = tx.rows(ONE, merchant=tx.merchant, id=view_id)
    if not rows:
        raise missing("saved view", view_id)
    return view(SavedView, rows[0])
