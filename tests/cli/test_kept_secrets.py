"""Secrets of the settings that the database keeps sealed: put, listed, taken, forgotten."""

import io
import json
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr

from deliveries.mail.wiring import returns_of, transport_of, with_kept_mail
from fulfillment.kept_settings import KEPT, with_kept
from fulfillment.sealing import new_key
from fulfillment.settings import MissingSettingError, SettingError, Settings

KEY = new_key()
SMTP = {"mail_transport": "smtp", "mail_smtp_host": "mail.example", "mail_smtp_user": "shop"}


def found(key: str | None = KEY, **more: object) -> Settings:
    return Settings.model_validate({"secret_keys": key, **more})


@pytest.fixture
def put(pegboard, monkeypatch):
    def run(name: str, secret: str, *options: str, **variables: str) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(secret + "\n"))
        return pegboard("secrets", "put", name, *options, **variables)

    return partial(run, PEGBOARD_SECRET_KEYS=KEY)


@pytest.fixture
def listed(pegboard):
    def run(**variables: str) -> Any:
        keys = {"PEGBOARD_SECRET_KEYS": KEY} | variables
        return json.loads(pegboard("secrets", "list", "--json", **keys).stdout)["secrets"]

    return run


def test_a_password_that_is_kept_is_used_where_none_is_set(store, put):
    told = put("mail-smtp-password", "swordfish")

    assert "swordfish" not in told.stdout + told.stderr
    assert b"swordfish" not in store.read(
        "*", lambda tx: bytes(tx.rows("SELECT sealed FROM secret")[0].sealed)
    )
    kept = with_kept_mail(found(**SMTP), store)
    assert kept.mail_smtp_password == SecretStr("swordfish")
    assert transport_of(kept) is not None
    said = with_kept_mail(found(mail_smtp_password="other", **SMTP), store)
    assert said.mail_smtp_password == SecretStr("other")


def test_where_each_comes_from_is_listed_and_none_is_shown(store, pegboard, put, listed):
    put("mail-imap-password", "swordfish")
    told = listed(PEGBOARD_MAIL_SMTP_PASSWORD="swordfish")

    assert told == dict.fromkeys(KEPT, "not set") | {
        "mail-imap-password": "kept", "mail-smtp-password": "environment",
    }  # fmt: skip
    pegboard("secrets", "forget", "mail-imap-password")
    assert listed() == dict.fromkeys(KEPT, "not set")


@pytest.mark.parametrize(
    ("name", "secret", "told"),
    [
        ("mail-password", "swordfish", "is one of mail-smtp-password"),
        ("mail-bounce-secret", "short", "16 characters at least"),
        ("mail-smtp-password", "", "1 characters at least"),
    ],
)
def test_what_can_not_be_kept_is_said(put, listed, name, secret, told):
    done = put(name, secret)

    assert (done.returncode, told in " ".join(done.stderr.split())) == (2, True)
    assert set(listed().values()) == {"not set"}


def test_nothing_is_kept_without_a_key_and_nothing_opened_with_another(store, put):
    none = put("mail-smtp-password", "swordfish", PEGBOARD_SECRET_KEYS="")
    assert none.returncode == 1
    put("mail-smtp-password", "swordfish")

    with pytest.raises(SettingError, match="setting mail-smtp-password") as error:
        with_kept(found(new_key()), store, "mail-smtp-password")
    assert "swordfish" not in str(error.value)


def test_what_is_not_needed_is_not_opened(store, put):
    put("mail-smtp-password", "swordfish")

    assert with_kept_mail(found(new_key()), store).mail_smtp_password is None
    with pytest.raises(MissingSettingError):
        returns_of(with_kept_mail(found(mail_bounce_address="bounces@mail.example"), store))


def test_a_secret_that_the_keys_do_not_open_is_told_in_the_list(put, listed):
    put("mail-smtp-password", "swordfish")

    told = listed(PEGBOARD_SECRET_KEYS=new_key())
    assert told["mail-smtp-password"] == "kept, and not opened by the keys that are set"


@pytest.mark.parametrize("key", [KEY, new_key()], ids=["the same key", "another key"])
def test_a_secret_that_is_kept_is_replaced_only_if_somebody_says_so(store, put, listed, key):
    put("mail-smtp-password", "swordfish")
    again = put("mail-smtp-password", "other", PEGBOARD_SECRET_KEYS=key)

    told = " ".join(again.stderr.split())
    assert (again.returncode, "say --replace" in told) == (2, True)
    assert ("not opened by the keys that are set" in told) == (key != KEY)
    assert with_kept_mail(found(**SMTP), store).mail_smtp_password == SecretStr("swordfish")
    done = put("mail-smtp-password", "other", "--replace", PEGBOARD_SECRET_KEYS=key)
    assert done.returncode == 0
    assert listed(PEGBOARD_SECRET_KEYS=key)["mail-smtp-password"] == "kept"


@pytest.mark.parametrize("kept", ["other", "swordfish"])
def test_who_types_is_asked_before_one_is_replaced(store, put, pegboard, monkeypatch, kept):
    put("mail-smtp-password", "swordfish")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "other")
    monkeypatch.setattr("typer.confirm", lambda *_, **__: kept == "other")
    pegboard("secrets", "put", "mail-smtp-password", PEGBOARD_SECRET_KEYS=KEY)

    assert with_kept_mail(found(**SMTP), store).mail_smtp_password == SecretStr(kept)
