"""Settings as they are read: the value of every knob, where it comes from, and what it was."""

from dataclasses import asdict

from fulfillment.domain.model.policy import origin, resolve
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.settings import KnobView, SettingChange
from fulfillment.store.records.loading import EVERYBODY, load_settings
from fulfillment.store.transactions.session import Tx

BY_TIME = Sort(("c.id",), ("bigint",), descending=True)
"""Newest first."""

CHANGES = """
SELECT c.id, c.knob, c.changed_by AS actor, c.changed_at AS at,
       CASE WHEN c.before IS NOT NULL THEN jsonb_build_object('value', c.before) END AS before,
       CASE WHEN c.after IS NOT NULL THEN jsonb_build_object('value', c.after) END AS after,
       {keys}
  FROM setting_change c
 WHERE c.scope = :scope AND {conditions} ORDER BY {order_by} LIMIT :most
"""

SETTING_CHANGES = Listing(CHANGES, BY_TIME, rows_as(SettingChange))


def effective_settings(tx: Tx) -> dict[str, KnobView]:
    """The value of every knob of the transaction's merchant, or of all (`*`), and its scope."""
    own, default = load_settings(tx)
    for_all = tx.merchant == EVERYBODY
    scopes = {"default": default} if for_all else {"merchant": own, "default": default}
    policy = resolve(*scopes.values())
    return {knob: KnobView(value, origin(knob, scopes)) for knob, value in asdict(policy).items()}


def list_changes(tx: Tx, window: Window) -> Page[SettingChange]:
    """Changes of the transaction's scope, the last one first.

    `before` and `after` hold a `value`; they are None where the scope did not name the knob.
    """
    return SETTING_CHANGES.page(tx, window, scope=tx.merchant)
