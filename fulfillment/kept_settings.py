"""Settings that are secrets may be kept sealed in the database: those that are not set."""

from collections.abc import Mapping

from pydantic import SecretStr

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.sealing import SealingError, sealer_of
from fulfillment.settings import SettingError, Settings
from fulfillment.store.reading.secrets import read_sealed
from fulfillment.store.records.loading import EVERYBODY
from fulfillment.store.transactions.session import Store

KEPT: Mapping[str, str] = {
    "mail-smtp-password": "mail_smtp_password",
    "mail-imap-password": "mail_imap_password",
    "mail-bounce-secret": "mail_bounce_secret",
    "payment-webhook-secret": "payment_webhook_secret",
}
"""The settings that may be kept, by the name under which they are."""


def kept_name(name: str) -> SecretName:
    """What the store knows such a secret by: it is the installation's own."""
    return SecretName(None, "setting", name)


def fault_of_kept(name: str, secret: str) -> str | None:
    """What is wrong with a secret of this name, by the rule of its setting; None: nothing is."""
    field = Settings.model_fields[KEPT[name]]
    least = next((m.min_length for m in field.metadata if hasattr(m, "min_length")), 1)
    return None if len(secret) >= least else f"{name} has {least} characters at least"


def sealed_setting(store: Store, name: str) -> Sealed | None:
    """A secret of this name as it is kept; None where none is."""
    return store.read(EVERYBODY, lambda tx: read_sealed(tx, kept_name(name)))


def with_kept(found: Settings, store: Store, *names: str) -> Settings:
    """The settings, with those of these names that are not set as the database keeps them.

    A setting of the environment goes before one that is kept. Raises SettingError where one is
    kept and can not be opened.
    """
    wanted = [name for name in names if getattr(found, KEPT[name]) is None]
    kept = {}
    for name in wanted:
        sealed = sealed_setting(store, name)
        if sealed is None:
            continue
        try:
            kept[KEPT[name]] = SecretStr(sealer_of(found).open(kept_name(name), sealed))
        except SealingError as error:
            raise SettingError(str(error)) from None
    return found.model_copy(update=kept) if kept else found
