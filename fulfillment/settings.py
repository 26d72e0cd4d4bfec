"""Every setting of every process, read once from the environment (`PEGBOARD_...`).

Where Temporal is, and how to sign in there, is told by Temporal's own variables
(`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_...`) or by its
profile file; see `fulfillment.engine`.
"""

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import Field, HttpUrl, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from fulfillment.mail_settings import MailSettings

PREFIX = "PEGBOARD_"

OF_COMMANDS = ("KEY", "MERCHANT", "PLAY_SPEED", "URL")
"""Variables that the command line reads itself."""

ALIKE = 0.75
"""From 0 to 1: a name that is so much like a known one is taken for a slip."""


class Settings(MailSettings):
    """What an operator may set; each field is the variable `PEGBOARD_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    database_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy URL of the PostgreSQL database (postgresql+psycopg://...); "
        "when it is not set, `pegboard up` runs PostgreSQL itself.",
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=200, description="Connections that one process keeps open at most."
    )
    database_connect_seconds: float = Field(
        default=5.0, ge=1, le=60, description="How long a connection to the database may take."
    )
    database_pool_seconds: float = Field(
        default=5.0, gt=0, le=60, description="How long one waits for a connection of the pool."
    )
    database_lock_seconds: float = Field(
        default=10.0,
        gt=0,
        le=300,
        description="How long one waits for what another transaction holds; then a 503 tells what.",
    )
    database_statement_seconds: float = Field(
        default=30.0, gt=0, le=3600, description="How long one statement may run."
    )
    database_idle_seconds: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        description="How long a transaction of ours may pause before PostgreSQL ends it.",
    )
    home: Path = Field(
        default=Path(".pegboard"),
        description="Folder of the embedded servers' data, logs and locks.",
    )
    api_host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    api_port: int = Field(
        default=8080,
        ge=0,
        le=65535,
        description="Port the API listens on; `pegboard up` takes a free one when it is in use.",
    )
    public_url: HttpUrl | None = Field(
        default=None,
        description="Where customers reach the API's process, as https://orders.example.com: "
        "links to their pages begin so. Not set: links are told without it.",
    )
    temporal_port: int = Field(
        default=7233,
        ge=1,
        le=65535,
        description="Port of the embedded Temporal; a free one is taken when it is in use.",
    )
    temporal_ui_port: int = Field(
        default=8233,
        ge=1,
        le=65535,
        description="Port of the embedded Temporal UI; a free one is taken when it is in use.",
    )
    temporal_ui_url: HttpUrl | None = Field(
        default=None,
        description="Where Temporal's UI is, for links from pages; `pegboard up` knows its own.",
    )
    postgres_port: int = Field(
        default=5432,
        ge=1,
        le=65535,
        description="Port of the embedded PostgreSQL; a free one is taken when it is in use.",
    )
    embedded_durable: bool = Field(
        default=True,
        description="Whether the embedded PostgreSQL survives a power cut; false is faster.",
    )
    task_queue: str = Field(
        default="pegboard", min_length=1, description="Temporal task queue of the workers."
    )
    worker_activity_threads: int = Field(
        default=8, ge=1, le=200, description="Activities that one worker runs at the same time."
    )
    worker_build_id: str | None = Field(
        default=None,
        min_length=1,
        description="Version of this worker for Temporal's worker versioning: open orders move "
        "to the current version by themselves. Not set: unversioned.",
    )
    max_body_bytes: int = Field(
        default=1024 * 1024, ge=1024, description="Largest request body that the API reads."
    )
    body_seconds: float = Field(
        default=60.0, gt=0, le=600, description="How long a request's body may take to come in."
    )
    body_pause_seconds: float = Field(
        default=10.0, gt=0, le=600, description="How long a body may pause while it comes in."
    )
    wrong_keys_a_minute: int = Field(
        default=30,
        ge=1,
        le=10_000,
        description="How many wrong keys an address may send in a minute, and how many may be "
        "tried for one key; a right key is never refused for it.",
    )
    wrong_passwords_a_minute: int = Field(
        default=10,
        ge=1,
        le=10_000,
        description="How many wrong passwords an address may send in a minute, and how many may be "
        "tried for one user.",
    )
    session_idle_minutes: int = Field(
        default=120,
        ge=1,
        le=10_080,
        description="After how long without a page a user is signed out.",
    )
    session_hours: int = Field(
        default=12, ge=1, le=720, description="After how long a user is signed out in any case."
    )
    payment_provider: Literal["manual", "webhook"] = Field(
        default="manual",
        description="Who is asked for payments that are due: `manual` leaves them to people, "
        "`webhook` posts them to an address.",
    )
    payment_webhook_url: HttpUrl | None = Field(
        default=None, description="Where the webhook posts; https outside a network of your own."
    )
    payment_webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="What the webhook's requests are signed with: `whsec_` and 24 bytes or more as "
        "base64.",
    )
    payment_webhook_seconds: float = Field(
        default=10.0, gt=0, le=25, description="How long the webhook may take to answer."
    )
    event_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="How many days events can be read; the histories they are of stay for ever.",
    )
    key_days: int = Field(
        default=30,
        ge=7,
        le=3650,
        description="How many days an Idempotency-Key is remembered, at least.",
    )
    secret_keys: SecretStr | None = Field(
        default=None,
        description="Keys under which secrets are sealed, the newest first, with commas between; "
        "`pegboard secrets new-key` makes one.",
    )
    secret_keys_file: Path | None = Field(
        default=None,
        description="A file that holds these keys, where they are not named themselves; "
        "`pegboard up` makes one in its folder.",
    )
    webhook_failing_days: float = Field(
        default=5,
        gt=0,
        le=60,
        description="After so many days in which nothing got through a webhook is switched off.",
    )
    webhook_private_networks: str | None = Field(
        default=None,
        description="Private networks to which webhooks may go, such as `10.1.0.0/16`, with commas "
        "between; to these also by http.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line that is written."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Lines for people, or one JSON object a line."
    )

    @property
    def public_base(self) -> str | None:
        """How the addresses of pages for customers begin, without a slash at the end."""
        return str(self.public_url).rstrip("/") if self.public_url else None

    @property
    def database_patience(self) -> dict[str, float]:
        """How long the database may keep us waiting, in seconds."""
        return {
            "connect": self.database_connect_seconds,
            "pool": self.database_pool_seconds,
            "lock": self.database_lock_seconds,
            "statement": self.database_statement_seconds,
            "idle": self.database_idle_seconds,
        }

    def require_database_url(self) -> str:
        """The database's URL; a process that needs one does not start without it.

        Raises DatabaseAddressError where it can not be one of a PostgreSQL database.
        """
        if self.database_url is None:
            msg = "PEGBOARD_DATABASE_URL is not set (`pegboard up` brings a database of its own)"
            raise MissingSettingError(msg)
        url = self.database_url.get_secret_value()
        if not _is_address(url):
            raise DatabaseAddressError
        return url


DRIVER = "postgresql+psycopg"


def _is_address(url: str) -> bool:
    from sqlalchemy import make_url  # noqa: PLC0415 -- who has no database does without it
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 -- the same

    try:
        return make_url(url).drivername == DRIVER
    except (ArgumentError, ValueError):
        return False


class MissingSettingError(Exception):
    """A process was started without a setting that it cannot do without."""


class SettingError(Exception):
    """A variable has a value that it can not have, or a name that is a slip."""


class DatabaseAddressError(Exception):
    """The database's URL is none. It is not told, since it may hold a password."""

    def __init__(self) -> None:
        super().__init__(
            "PEGBOARD_DATABASE_URL is no address of a PostgreSQL database: write"
            f" {DRIVER}://USER:PASSWORD@HOST:5432/NAME, with %40 for an @ in the password"
        )


def load() -> Settings:
    """Read the settings from the environment.

    Raises SettingError, in one line, for a bad value and for a name that is nearly a known one.
    Other names that begin like ours are left alone: an orchestrator may set them.
    """
    if slips := list(_slips(os.environ)):
        raise SettingError("; ".join(slips))
    try:
        return Settings()
    except ValidationError as error:
        raise SettingError("; ".join(_told(error))) from None


def _slips(names: Iterable[str]) -> Iterator[str]:
    known = {name.upper() for name in Settings.model_fields} | {*OF_COMMANDS}
    for name in sorted(names):
        ours = name.removeprefix(PREFIX)
        if ours == name or ours in known:
            continue
        for meant in get_close_matches(ours, known, 1, ALIKE):
            yield f"{name} is no setting: is {PREFIX}{meant} meant?"


def _told(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in one["loc"]).upper()
        yield f"{PREFIX}{name} can not be so: {one['msg']}"
