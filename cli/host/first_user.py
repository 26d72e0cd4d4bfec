"""The user with which one signs in to the pages that `pegboard up` serves, where there is none."""

import secrets

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import EVERYTHING
from fulfillment.store.commands.administration.users import NewUser, make_user
from fulfillment.store.reading.users import has_users
from fulfillment.store.transactions.session import Command, Store, connect

NAME = "admin"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""

GROUPS, OF_LETTERS = 4, 4


def make_first(database_url: str) -> str | None:
    """Make the first user, and tell its password, which is stored nowhere.

    None where somebody can sign in already, or could once: whoever was locked out is let in by
    `pegboard users`.
    """
    engine = connect(database_url, pool_size=1)
    try:
        store = Store(engine)
        if store.read("*", has_users):
            return None
        password = random_password()
        new = NewUser(NAME, "Administrator", Role.ADMIN, EVERYTHING)
        make_user(store, Command("*", "make_user", "make_user:first", "pegboard"), new, password)
        return password
    finally:
        engine.dispose()


def random_password() -> str:
    """Seventy-nine random bits, to be typed from a screen."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(OF_LETTERS)) for _ in range(GROUPS))
    return "-".join(groups)
