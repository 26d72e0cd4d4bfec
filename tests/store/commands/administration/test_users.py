"""Users sign in, and are signed out: by themselves, an operator, a new password, and time."""

import threading
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from fulfillment.domain.model.permissions import Permission, Role
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration import passwords, sign_ins, users
from fulfillment.store.commands.administration.sign_ins import Lasting
from fulfillment.store.commands.administration.users import NewUser, UserChange
from fulfillment.store.transactions.session import Command
from tests.builders.calling import at_once, codes
from tests.builders.warehouse import MERCHANT, Warehouse, numbers

PASSWORD = "three words and a teapot"
LASTING = Lasting(timedelta(hours=2), timedelta(hours=12))


def asked(verb: str, key: str | None = None) -> Command:
    return Command("*", verb, key or f"{verb}:{next(numbers)}", "tester")


def mara(warehouse: Warehouse, role: Role = Role.INTAKE, scope: Scope | None = None) -> None:
    scope = scope or Scope(frozenset({MERCHANT}))
    new = NewUser("mara", "Mara Holm", role, scope)
    users.make_user(warehouse.store, asked("make_user"), new, PASSWORD)


def sign_in(warehouse: Warehouse, password: str = PASSWORD, name: str = "mara") -> str | None:
    return sign_ins.sign_in(warehouse.store, name, password, LASTING)


def who(warehouse: Warehouse, secret: str | None) -> str | None:
    caller = sign_ins.signed_in(warehouse.store, str(secret), LASTING)
    return None if caller is None else caller.actor


def refusal(call) -> str:
    with pytest.raises(RefusedError) as refused:
        call()
    return refused.value.code


def test_who_knows_the_password_is_known_by_the_session_and_nobody_else_is(warehouse):
    mara(warehouse)
    first, second = sign_in(warehouse), sign_in(warehouse)

    assert first != second
    assert who(warehouse, first) == who(warehouse, second) == "Mara Holm (user mara)"
    caller = sign_ins.signed_in(warehouse.store, str(first), LASTING)
    assert caller is not None
    assert caller.scope == Scope(frozenset({MERCHANT}))
    assert caller.may(Permission.WRITE_ORDERS)
    assert not caller.may(Permission.ADJUST_STOCK)
    assert sign_in(warehouse, f"{PASSWORD}!") is None
    assert sign_in(warehouse, name="tom") is None
    assert who(warehouse, "x" * 43) is None


def test_neither_password_nor_secret_is_stored(warehouse):
    mara(warehouse)
    secret = str(sign_in(warehouse))
    for table in ("app_user", "user_session", "command"):
        stored = str(warehouse.store.read("*", lambda tx, t=table: tx.rows(f"SELECT * FROM {t}")))
        assert PASSWORD not in stored
        assert secret not in stored
    kept = warehouse.one("SELECT password_hash FROM app_user")
    assert str(kept).startswith("$argon2id$")


@pytest.mark.parametrize(
    ("password", "name"),
    [("short", "mara"), ("x" * 201, "mara"), ("mara-mara-mara", "mara")],
)
def test_a_password_that_is_easy_to_guess_is_refused(warehouse, password, name):
    new = NewUser(name, "Mara", Role.ADMIN, Scope())
    call = lambda: users.make_user(warehouse.store, asked("make_user"), new, password)  # noqa: E731
    assert refusal(call) == "bad_password"


def test_a_name_is_given_once_also_when_two_ask_at_once(warehouse):
    new = NewUser("mara", "Mara Holm", Role.ADMIN, Scope())
    results = at_once(
        *[lambda: users.make_user(warehouse.store, asked("make_user"), new, PASSWORD)] * 4
    )
    assert codes(results) == ["user_exists"] * 3
    assert warehouse.one("SELECT count(*) FROM app_user") == 1


def test_a_user_is_made_once_when_the_same_is_asked_for_twice(warehouse):
    new = NewUser("mara", "Mara Holm", Role.ADMIN, Scope())
    made = [
        users.make_user(warehouse.store, asked("make_user", "make_user:1"), new, PASSWORD)
        for _ in range(2)
    ]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("role", "scope", "code"),
    [
        (Role.INTAKE, Scope(frozenset()), "no_merchant"),
        (Role.INTAKE, Scope(frozenset({"nobody"})), "unknown_merchant"),
        (Role.INTAKE, Scope(None, frozenset({"A"})), "not_a_warehouse_user"),
        (Role.WAREHOUSE, Scope(None, frozenset({"nowhere"})), "unknown_location"),
    ],
)
def test_what_a_user_can_not_be_bound_to_is_refused(warehouse, role, scope, code):
    assert refusal(lambda: mara(warehouse, role, scope)) == code


def test_what_a_user_may_do_changes_for_the_session_that_is_there(warehouse):
    mara(warehouse)
    secret = str(sign_in(warehouse))
    change = UserChange("mara", "Mara H.", Role.WAREHOUSE, None, frozenset({"A"}))
    changed = users.change_user(warehouse.store, asked("change_user"), change)

    assert (changed.role, changed.merchants, changed.locations) == ("warehouse", None, ("A",))
    caller = sign_ins.signed_in(warehouse.store, secret, LASTING)
    assert caller is not None
    assert (caller.role, caller.scope) == (Role.WAREHOUSE, Scope(None, frozenset({"A"})))
    assert caller.actor == "Mara H. (user mara)"
    same = users.change_user(warehouse.store, asked("change_user"), UserChange("mara"))
    assert same == changed


def test_a_session_ends_when_somebody_signs_out(warehouse):
    mara(warehouse)
    one, other = str(sign_in(warehouse)), str(sign_in(warehouse))
    sign_ins.sign_out(warehouse.store, one)
    sign_ins.sign_out(warehouse.store, one)

    assert who(warehouse, one) is None
    assert who(warehouse, other) is not None


def test_all_sessions_end_when_the_password_is_set_or_the_user_disabled(warehouse):
    mara(warehouse)
    before = str(sign_in(warehouse))
    users.set_password(warehouse.store, asked("set_password"), "mara", f"new {PASSWORD}")
    assert who(warehouse, before) is None
    assert sign_in(warehouse) is None

    after = str(sign_in(warehouse, f"new {PASSWORD}"))
    ended = users.disable_user(warehouse.store, "mara")
    assert ended.disabled_at is not None
    assert users.disable_user(warehouse.store, "mara") == ended
    assert who(warehouse, after) is None
    assert sign_in(warehouse, f"new {PASSWORD}") is None
    assert users.enable_user(warehouse.store, "mara").disabled_at is None
    assert who(warehouse, after) is None
    assert sign_in(warehouse, f"new {PASSWORD}") is not None


def test_a_session_ends_when_it_is_not_used_and_in_any_case_after_its_time(warehouse):
    mara(warehouse)
    idle, used = str(sign_in(warehouse)), str(sign_in(warehouse))
    for _ in range(7):
        warehouse.clock.now += timedelta(minutes=100)
        assert who(warehouse, used) is not None
    assert who(warehouse, idle) is None
    warehouse.clock.now += timedelta(minutes=100)
    assert who(warehouse, used) is None

    sign_in(warehouse)
    assert warehouse.one("SELECT count(*) FROM user_session") == 1


def test_a_hash_of_older_parameters_is_made_anew_when_its_user_signs_in(warehouse):
    mara(warehouse)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE app_user SET password_hash = %s", (weak,))
    assert sign_in(warehouse) is not None

    stored = str(warehouse.one("SELECT password_hash FROM app_user"))
    assert not passwords.HASHER.check_needs_rehash(stored)
    assert sign_in(warehouse) is not None


def test_nobody_is_let_in_whose_password_is_set_while_the_old_one_is_looked_at(
    warehouse, monkeypatch
):
    """Two connections: one has found the old password right, when the other sets a new one."""
    mara(warehouse)
    looked, is_set = threading.Barrier(2), threading.Barrier(2)
    right = passwords.is_right

    def slow(stored, password):
        found = right(stored, password)
        looked.wait(10)
        is_set.wait(10)
        return found

    monkeypatch.setattr(sign_ins, "is_right", slow)

    def other():
        looked.wait(10)
        users.set_password(warehouse.store, asked("set_password"), "mara", f"new {PASSWORD}")
        is_set.wait(10)

    found, _ = at_once(lambda: sign_in(warehouse), other)
    assert found is None
    assert warehouse.one("SELECT count(*) FROM user_session") == 0


def test_a_name_that_there_is_not_costs_as_much_as_a_wrong_password(warehouse, monkeypatch):
    mara(warehouse)
    verified = []

    class Counting:
        def verify(self, stored, password):
            verified.append(stored)
            return PasswordHasher().verify(stored, password)

        def hash(self, password):
            return PasswordHasher().hash(password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    assert sign_in(warehouse, "wrong", "mara") is None
    assert sign_in(warehouse, "wrong", "nobody") is None
    assert len(verified) == 2
    first, second = (stored.rsplit("$", 2)[0] for stored in verified)
    assert first == second
