"""Which way mails to customers leave, and where they come back to: a part of the settings."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class MailSettings(BaseSettings):
    """What an operator may set of mail; read as a part of `fulfillment.settings.Settings`."""

    mail_transport: Literal["smtp", "files"] | None = Field(
        default=None,
        description="How mails to customers leave: by `smtp`, or as `files` for a trial. Not set: "
        "none leave, and none are made; `pegboard up` writes files.",
    )
    mail_folder: Path | None = Field(
        default=None, description="Where mails are written as files; else `mail` in the home."
    )
    mail_smtp_host: str | None = Field(
        default=None, min_length=1, description="The server to which mails are handed."
    )
    mail_smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    mail_smtp_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is encrypted; `none` only inside a network of your own.",
    )
    mail_smtp_user: str | None = Field(
        default=None, min_length=1, description="Who signs in there; not set: nobody does."
    )
    mail_smtp_password: SecretStr | None = Field(
        default=None, min_length=1, description="The password for it."
    )
    mail_smtp_seconds: float = Field(
        default=30.0, gt=0, le=60, description="How long one of its answers may take."
    )
    mail_bounce_address: str | None = Field(
        default=None,
        min_length=3,
        description="Where mails come back to, as bounces@mail.example: each has an address of its "
        "own after a plus. Not set: they come back to the merchant's sender.",
    )
    mail_bounce_secret: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="What those addresses are signed with; 16 characters at least.",
    )
    mail_imap_host: str | None = Field(
        default=None, min_length=1, description="The server at which what comes back is read."
    )
    mail_imap_port: int = Field(default=993, ge=1, le=65535, description="Its port.")
    mail_imap_tls: bool = Field(default=True, description="Whether the connection is encrypted.")
    mail_imap_user: str | None = Field(default=None, min_length=1, description="Who signs in.")
    mail_imap_password: SecretStr | None = Field(
        default=None, min_length=1, description="The password for it."
    )
    mail_imap_folder: str = Field(
        default="INBOX", min_length=1, description="The folder in which what comes back lies."
    )
