"""`pegboard users`: who may sign in, made and changed on the machine itself."""

import json
import os
import subprocess
import sys

import pytest

from cli.host.first_user import NAME, make_first
from fulfillment.store.commands.administration.sign_ins import sign_in
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant
from tests.crashes.stages import A_DAY, PASSWORD


@pytest.fixture
def users(store, database_url, server_folder):
    put_merchant(store, NewMerchant("acme", "Acme"))

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("PEGBOARD_")}
        ours = {"PEGBOARD_DATABASE_URL": database_url, "PEGBOARD_HOME": str(server_folder)}
        return subprocess.run(
            [sys.executable, "-m", "cli", "users", *arguments], input=typed, env=env | ours,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


def test_a_user_is_made_listed_disabled_and_let_in_again(store, users):
    made = users("create", "mara", "--full-name", "Mara Holm", "--role", "intake",
                 "--merchant", "acme", typed=f"{PASSWORD}\n")  # fmt: skip
    assert (made.returncode, made.stdout) == (0, "mara may sign in\n"), made.stderr
    assert sign_in(store, "mara", PASSWORD, A_DAY)
    listed = json.loads(users("list", "--json").stdout)["users"]
    assert [(one["name"], one["full_name"], one["merchants"]) for one in listed] == [
        ("mara", "Mara Holm", ["acme"])
    ]

    assert users("password", "mara", typed=f"new {PASSWORD}\n").returncode == 0
    assert not sign_in(store, "mara", PASSWORD, A_DAY)
    assert users("disable", "mara").returncode == 0
    assert not sign_in(store, "mara", f"new {PASSWORD}", A_DAY)
    assert users("enable", "mara").returncode == 0
    assert sign_in(store, "mara", f"new {PASSWORD}", A_DAY)


def test_what_is_wrong_is_told_and_no_user_is_made(store, users):
    for arguments, typed, code, words in (
        (("create", "mara", "--role", "king"), PASSWORD, 2, "--role is one of intake"),
        (("create", "Mara", "--role", "admin"), PASSWORD, 2, "small letters"),
        (("create", "mara", "--role", "admin"), "short", 1, "a password has 12 to 200"),
        (("create", "mara", "--role", "admin"), "", 1, "a password has 12 to 200"),
        (("disable", "mara"), "", 1, "there is no user mara"),
    ):
        done = users(*arguments, typed=f"{typed}\n")
        assert done.returncode == code, arguments
        assert words in done.stderr.splitlines()[0], done.stderr
    assert json.loads(users("list", "--json").stdout) == {"users": []}


def test_the_first_user_gets_a_password_that_is_told_once(store, database_url):
    password = make_first(database_url)
    assert password is not None
    assert sign_in(store, NAME, password, A_DAY)
    assert make_first(database_url) is None
