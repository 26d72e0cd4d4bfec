"""Users as they are read: never their passwords."""

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.users import UserView
from fulfillment.store.transactions.session import Tx

BY_NAME = Sort(("u.name",), ("text",))

USERS = """
SELECT u.name, u.full_name, u.role, u.merchants, u.locations, u.created_at, u.password_set_at,
       u.disabled_at, {keys}
  FROM app_user u WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

ALL_USERS = Listing(USERS, BY_NAME, rows_as(UserView), {"name": "u.name = :name"})


def list_users(tx: Tx, window: Window) -> Page[UserView]:
    """One page of all users by name; disabled ones too."""
    return ALL_USERS.page(tx, window)


def read_user(tx: Tx, name: str) -> UserView:
    """One user, or a refusal."""
    if found := ALL_USERS.one(tx, name=name):
        return found
    raise missing("user", name)


def has_users(tx: Tx) -> bool:
    """Whether anybody was ever made who can sign in."""
    return bool(tx.rows("SELECT 1 FROM app_user LIMIT 1"))
