"""Which way mails leave, by the settings: the one place where an adapter is wired."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import SecretStr

from deliveries.mail.bounces import BounceFolder
from deliveries.mail.files import FileTransport
from deliveries.mail.port import Transport
from deliveries.mail.return_address import ReturnAddress
from deliveries.mail.smtp import MailServer, SmtpTransport, Tls
from fulfillment.domain.model.mail_addresses import mail_address
from fulfillment.kept_settings import with_kept
from fulfillment.settings import MissingSettingError, Settings
from fulfillment.store.transactions.session import Store


def transport_of(found: Settings) -> Transport | None:
    """The adapter; None where no mail leaves.

    Raises MissingSettingError where it lacks a setting.
    """
    return WIRED[found.mail_transport](found) if found.mail_transport else None


def with_kept_mail(found: Settings, store: Store) -> Settings:
    """The settings with the secrets that mail needs and that the database keeps.

    Raises SettingError where one can not be opened.
    """
    needed = {
        "mail-smtp-password": found.mail_transport == "smtp" and found.mail_smtp_user is not None,
        "mail-imap-password": found.mail_imap_host is not None,
        "mail-bounce-secret": found.mail_bounce_address is not None,
    }
    return with_kept(found, store, *(name for name, is_needed in needed.items() if is_needed))


def folder_of(found: Settings) -> Path:
    """Where mails are written as files."""
    return (found.mail_folder or found.home / "mail").resolve()


def returns_of(found: Settings) -> ReturnAddress | None:
    """Where mails come back to; None: to the merchant's sender.

    Raises MissingSettingError where the address has no secret.
    """
    if found.mail_bounce_address is None:
        return None
    if found.mail_bounce_secret is None:
        msg = "PEGBOARD_MAIL_BOUNCE_SECRET is not set, and PEGBOARD_MAIL_BOUNCE_ADDRESS needs it"
        raise MissingSettingError(msg)
    if mail_address(found.mail_bounce_address) is None:
        msg = "PEGBOARD_MAIL_BOUNCE_ADDRESS can not be so: write one address, bounces@mail.example"
        raise MissingSettingError(msg)
    secret = found.mail_bounce_secret.get_secret_value()
    return ReturnAddress(found.mail_bounce_address, secret)


def bounce_folder_of(found: Settings) -> BounceFolder | None:
    """Where what comes back is read; None: nobody reads it here.

    Raises MissingSettingError where it lacks a setting.
    """
    if found.mail_imap_host is None:
        return None
    needed = {"MAIL_BOUNCE_ADDRESS": found.mail_bounce_address, "MAIL_IMAP_USER":
              found.mail_imap_user, "MAIL_IMAP_PASSWORD": found.mail_imap_password}  # fmt: skip
    if missing := next((name for name, value in needed.items() if value is None), None):
        msg = f"PEGBOARD_{missing} is not set, and PEGBOARD_MAIL_IMAP_HOST needs it"
        raise MissingSettingError(msg)
    return BounceFolder(
        found.mail_imap_host,
        found.mail_imap_port,
        found.mail_imap_user or "",
        _read(found.mail_imap_password) or "",
        found.mail_imap_folder,
        tls=found.mail_imap_tls,
    )


def _smtp(found: Settings) -> Transport:
    if found.mail_smtp_host is None:
        msg = "PEGBOARD_MAIL_SMTP_HOST is not set, and PEGBOARD_MAIL_TRANSPORT=smtp needs it"
        raise MissingSettingError(msg)
    return SmtpTransport(
        MailServer(
            found.mail_smtp_host,
            found.mail_smtp_port,
            Tls(found.mail_smtp_tls),
            found.mail_smtp_user,
            _read(found.mail_smtp_password),
            found.mail_smtp_seconds,
        )
    )


def _read(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


WIRED: Mapping[str, Callable[[Settings], Transport]] = {
    "files": lambda found: FileTransport(folder_of(found)),
    "smtp": _smtp,
}
"""How an adapter is made, by the name in the settings."""
