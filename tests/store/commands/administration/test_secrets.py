"""Secrets as they are sealed, kept, opened and sealed anew."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.sealing import (
    CanNotOpenError,
    NoSecretKeyError,
    Sealer,
    fingerprint,
    new_key,
    sealer_of,
)
from fulfillment.settings import SettingError, Settings
from fulfillment.store.commands.administration import secrets
from fulfillment.store.commands.administration.secrets import (
    forget_secret,
    put_secret,
    reseal_next,
)
from fulfillment.store.reading.secrets import list_sealed, read_sealed
from tests.builders.warehouse import MERCHANT, Warehouse

OURS = SecretName(MERCHANT, "webhook", "1")
PLAIN = "whsec_planted"
OLD, NEW = new_key(), new_key()


def test_a_secret_is_opened_by_whoever_has_its_key():
    sealed = Sealer([OLD]).seal(OURS, PLAIN)

    assert Sealer([NEW, OLD]).open(OURS, sealed) == PLAIN
    assert PLAIN.encode() not in sealed.content
    assert "content" not in repr(sealed)


def test_the_same_secret_is_sealed_otherwise_each_time():
    sealer = Sealer([OLD])

    assert sealer.seal(OURS, PLAIN).content != sealer.seal(OURS, PLAIN).content


def test_a_wrong_key_is_named_and_nothing_of_the_secret():
    sealed = Sealer([OLD]).seal(OURS, PLAIN)

    with pytest.raises(CanNotOpenError) as refused:
        Sealer([NEW]).open(OURS, sealed)

    told = str(refused.value)
    assert fingerprint(OLD) in told
    assert "webhook 1 of acme" in told
    assert OLD not in told
    assert PLAIN not in told
    assert sealed.content.decode() not in told


def test_what_was_changed_is_not_opened():
    sealed = Sealer([OLD]).seal(OURS, PLAIN)
    changed = Sealed(sealed.key, sealed.content[:-2] + b"AA")

    with pytest.raises(CanNotOpenError, match="was changed"):
        Sealer([OLD]).open(OURS, changed)


@pytest.mark.parametrize(
    "other",
    [
        SecretName("bolt", "webhook", "1"),
        SecretName(MERCHANT, "mail", "1"),
        SecretName(MERCHANT, "webhook", "2"),
        SecretName(None, "webhook", "1"),
    ],
    ids=str,
)
def test_a_row_that_is_moved_to_another_name_opens_nothing(other):
    sealed = Sealer([OLD]).seal(OURS, PLAIN)

    with pytest.raises(CanNotOpenError):
        Sealer([OLD]).open(other, sealed)


def test_without_a_key_it_says_what_to_set():
    with pytest.raises(NoSecretKeyError, match="PEGBOARD_SECRET_KEYS"):
        Sealer().seal(OURS, PLAIN)
    with pytest.raises(NoSecretKeyError):
        Sealer().open(OURS, Sealer([OLD]).seal(OURS, PLAIN))


def test_keys_come_from_a_variable_or_a_file_the_newest_first(tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"{NEW}\n{OLD}\n")

    named = sealer_of(Settings(secret_keys=SecretStr(f"{NEW}, {OLD}")))
    kept = sealer_of(Settings(secret_keys_file=file))

    assert named.first == kept.first == fingerprint(NEW)
    assert kept.open(OURS, Sealer([OLD]).seal(OURS, PLAIN)) == PLAIN
    assert sealer_of(
        Settings(secret_keys=SecretStr(OLD), secret_keys_file=file)
    ).first == fingerprint(OLD)


def test_what_is_no_key_is_not_quoted():
    with pytest.raises(SettingError, match="PEGBOARD_SECRET_KEYS has a key that is none") as error:
        sealer_of(Settings(secret_keys=SecretStr("swordfish")))

    assert "swordfish" not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingError, match="PEGBOARD_SECRET_KEYS_FILE"):
        sealer_of(Settings(secret_keys_file=tmp_path / "none"))


def keep(
    warehouse: Warehouse,
    name: SecretName = OURS,
    sealer: Sealer | None = None,
    plain: str = PLAIN,
) -> None:
    put_secret(warehouse.store, name, (sealer or Sealer([OLD])).seal(name, plain))


def read(warehouse: Warehouse, name: SecretName = OURS) -> Sealed | None:
    return warehouse.store.read(MERCHANT, lambda tx: read_sealed(tx, name))


def test_a_secret_is_kept_under_its_name_and_in_place_of_the_one_before(warehouse):
    of_all = SecretName(None, "mail", "smtp")
    for name in (OURS, of_all):
        keep(warehouse, name, plain="first")
        keep(warehouse, name, plain="second")

    sealed = read(warehouse)
    assert sealed is not None
    assert Sealer([OLD]).open(OURS, sealed) == "second"
    assert warehouse.one("SELECT count(*) FROM secret") == 2


def test_a_secret_that_is_forgotten_is_gone(warehouse):
    keep(warehouse)

    warehouse.store.transact(MERCHANT, lambda tx: forget_secret(tx, OURS))

    assert read(warehouse) is None


def test_nothing_plain_is_in_the_table(warehouse):
    keep(warehouse)

    with warehouse.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT s.*, s::text AS all FROM secret s")).mappings()

    assert PLAIN not in str(dict(row))
    assert PLAIN.encode() not in bytes(row["sealed"])


def test_all_are_sealed_anew_batch_by_batch_and_none_twice(warehouse, monkeypatch):
    monkeypatch.setattr(secrets, "BATCH", 2)
    names = [SecretName(MERCHANT, "webhook", str(number)) for number in range(5)]
    for name in names:
        keep(warehouse, name, plain=name.name)
    sealer = Sealer([NEW, OLD])

    def renew(kept):
        return sealer.renew(kept.name, kept.sealed)

    first = reseal_next(warehouse.store, sealer.first, renew)
    assert first is not None
    assert first.renewed == 2
    # Broken off here, and begun again from the start.
    done, after = 0, 0
    while batch := reseal_next(warehouse.store, sealer.first, renew, after):
        done, after = done + batch.renewed, batch.upto

    assert done == 3
    kept = warehouse.store.read("*", lambda tx: list_sealed(tx, 0, 10))
    assert [Sealer([NEW]).open(one.name, one.sealed) for one in kept] == [*"01234"]


def test_what_can_not_be_opened_stays_and_is_told(warehouse):
    keep(warehouse, sealer=Sealer([new_key()]))
    before = read(warehouse)

    batch = reseal_next(warehouse.store, fingerprint(NEW), lambda _: None)

    assert batch is not None
    assert (batch.renewed, batch.left) == (0, (OURS,))
    assert read(warehouse) == before
    assert reseal_next(warehouse.store, fingerprint(NEW), lambda _: None, batch.upto) is None
