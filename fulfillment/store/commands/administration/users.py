"""Users: people who sign in to the pages, with a role and a scope as keys have them."""

from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.bounds import KEEP, Bound, changed_scope, check_scope
from fulfillment.store.commands.administration.passwords import hashed
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.users import read_user
from fulfillment.store.reading.views.users import UserView
from fulfillment.store.transactions.session import Command, Store, Tx


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user that is to be made: the name to sign in with, and the one that histories show."""

    name: str
    full_name: str
    role: Role
    scope: Scope


@dataclass(frozen=True, slots=True)
class UserChange:
    """What is otherwise from now on; what is not said stays, and None is every one."""

    name: str
    full_name: str | None = None
    role: Role | None = None
    merchants: Bound = KEEP
    locations: Bound = KEEP


def make_user(store: Store, command: Command, new: NewUser, password: str) -> UserView:
    """Make a user, once for the command's key.

    A name is given once: who is gone is disabled, and stays in histories. A user of the warehouse
    may be bound to locations. Of the password the hash alone is stored.
    """
    stored = hashed(password, new.name)

    def body(tx: Tx) -> UserView:
        check_scope(tx, new.role, new.scope, "user")
        made = tx.count(
            "INSERT INTO app_user (name, full_name, role, merchants, locations, password_hash,"
            " password_set_at, created_at)"
            " VALUES (:name, :full_name, :role, :merchants, :locations, :hash, :now, :now)"
            " ON CONFLICT (name) DO NOTHING",
            name=new.name,
            full_name=new.full_name,
            role=new.role,
            hash=stored,
            now=tx.now,
            **_columns(new.scope),
        )
        if not made:
            raise conflict("user_exists", f"there is a user {new.name} already; choose another")
        return read_user(tx, new.name)

    return execute_as(UserView, store, command, body)


def change_user(store: Store, command: Command, change: UserChange) -> UserView:
    """Let a user do or see something else; it holds for the next page that is asked for."""

    def body(tx: Tx) -> UserView:
        found = _locked(tx, change.name)
        before = Scope(_set(found.merchants), _set(found.locations))
        scope = changed_scope(before, change.merchants, change.locations)
        role = change.role or Role(found.role)
        check_scope(tx, role, scope, "user")
        tx.run(
            "UPDATE app_user SET full_name = :full_name, role = :role, merchants = :merchants,"
            " locations = :locations WHERE name = :name",
            name=change.name,
            full_name=change.full_name or found.full_name,
            role=role,
            **_columns(scope),
        )
        return read_user(tx, change.name)

    return execute_as(UserView, store, command, body)


def set_password(store: Store, command: Command, name: str, password: str) -> UserView:
    """Give a user another password, and end all of the user's sessions."""
    stored = hashed(password, name)

    def body(tx: Tx) -> UserView:
        _locked(tx, name)
        tx.run(
            "UPDATE app_user SET password_hash = :hash, password_set_at = :now WHERE name = :name",
            name=name,
            hash=stored,
            now=tx.now,
        )
        _end_sessions(tx, name)
        return read_user(tx, name)

    return execute_as(UserView, store, command, body)


def disable_user(store: Store, name: str) -> UserView:
    """Let a user in no more, and end all sessions; who is disabled already stays so."""

    def body(tx: Tx) -> UserView:
        _locked(tx, name)
        tx.run(
            "UPDATE app_user SET disabled_at = coalesce(disabled_at, :now) WHERE name = :name",
            name=name,
            now=tx.now,
        )
        _end_sessions(tx, name)
        return read_user(tx, name)

    return store.transact("*", body)


def enable_user(store: Store, name: str) -> UserView:
    """Let a user in again, with the password that the user had."""

    def body(tx: Tx) -> UserView:
        _locked(tx, name)
        tx.run("UPDATE app_user SET disabled_at = NULL WHERE name = :name", name=name)
        return read_user(tx, name)

    return store.transact("*", body)


def _locked(tx: Tx, name: str) -> Any:
    """The user's row, which a sign-in under way waits for, and which waits for one."""
    rows = tx.rows(
        "SELECT full_name, role, merchants, locations FROM app_user WHERE name = :name FOR UPDATE",
        name=name,
    )
    if not rows:
        raise missing("user", name)
    return rows[0]


def _end_sessions(tx: Tx, name: str) -> None:
    tx.run("DELETE FROM user_session WHERE user_name = :name", name=name)


def _columns(scope: Scope) -> dict[str, object]:
    return {"merchants": scope.merchant_list, "locations": scope.location_list}


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
