"""`pegboard secrets`, and the file of keys that `pegboard up` makes."""

import json
import stat

from pydantic import SecretStr

from cli.host import secret_keys
from fulfillment.domain.model.sealed import SecretName
from fulfillment.sealing import Sealer, new_key, sealer_of
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.secrets import put_secret
from fulfillment.store.transactions.session import Store

OLD, NEW = new_key(), new_key()
OURS = SecretName(None, "mail", "smtp")


def keep(store: Store, key: str, name: SecretName = OURS) -> None:
    put_secret(store, name, Sealer([key]).seal(name, "swordfish"))


def test_a_new_key_can_be_used(pegboard):
    made = pegboard("secrets", "new-key").stdout.strip()

    assert Sealer([made]).first


def test_secrets_are_sealed_anew_and_the_old_key_is_needed_no_more(store, pegboard):
    keep(store, OLD)

    before = pegboard("secrets", "check", PEGBOARD_SECRET_KEYS=f"{NEW},{OLD}")
    done = pegboard("secrets", "rotate", PEGBOARD_SECRET_KEYS=f"{NEW},{OLD}")
    after = pegboard("secrets", "check", PEGBOARD_SECRET_KEYS=NEW)

    assert "1 secrets can be opened" in before.stdout
    assert "1 are under an older key" in before.stdout
    assert "1 secrets sealed anew" in done.stdout
    assert (after.returncode, "older" in after.stdout) == (0, False)


def test_what_can_not_be_opened_is_named_and_ends_with_1(store, pegboard):
    keep(store, OLD)

    for verb in ("check", "rotate"):
        told = pegboard("secrets", verb, "--json", PEGBOARD_SECRET_KEYS=NEW)

        assert told.returncode == 1
        assert json.loads(told.stdout)["closed"] == ["mail smtp of the installation"]


def test_without_a_key_it_is_said_in_one_line(store, pegboard):
    told = pegboard("secrets", "check")

    assert told.returncode == 1
    assert told.stderr.startswith("pegboard: there is no key for secrets: set PEGBOARD_SECRET_KEYS")


def test_what_is_no_key_ends_with_2(store, pegboard):
    told = pegboard("secrets", "check", PEGBOARD_SECRET_KEYS="swordfish")

    assert told.returncode == 2
    assert "swordfish" not in told.stderr


def test_up_makes_a_file_of_keys_once_that_this_user_alone_may_read(tmp_path):
    found = Settings(home=tmp_path)
    file = secret_keys.keys_for(found)
    assert file is not None
    kept = file.read_text()

    assert secret_keys.keys_for(found) == file
    assert file.read_text() == kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sealer_of(secret_keys.with_keys_of_folder(found)).first


def test_up_makes_none_where_others_are_named(tmp_path):
    found = Settings(home=tmp_path, secret_keys=SecretStr(OLD))

    assert secret_keys.keys_for(found) is None
    assert secret_keys.with_keys_of_folder(found) is found
    assert list(tmp_path.iterdir()) == []
