"""Make endpoints of webhooks, change them, switch them, renew their secrets, remove them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.domain.model.webhooks import EndpointStatus, OffReason
from fulfillment.store.commands.administration.secrets import forget_secret, keep_secret
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.webhooks import WebhookView
from fulfillment.store.reading.webhooks import read_endpoint
from fulfillment.store.transactions.session import Command, Store, Tx

PURPOSE = "webhook"
OVERLAP = timedelta(hours=24)
"""So long the secret before signs too, after it was renewed."""

MOST_ENDPOINTS = 100
"""Of one merchant: each event is written once for each of them that wants it."""

Seal = Callable[[SecretName], Sealed]
"""Seals the secret that the caller made, under the name that it gets here."""


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint that is to be made; `locations` None: it is told of every one."""

    url: str
    topics: Sequence[str]
    locations: Sequence[str] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What is changed of an endpoint; what is None stays."""

    url: str | None = None
    topics: Sequence[str] | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class SealedEndpoint:
    """An endpoint whose secret was renewed. `is_new`: by this very call, not by one before it."""

    view: WebhookView
    is_new: bool


def secret_name(merchant: str, endpoint: int, version: int) -> SecretName:
    """Under which name the secret of an endpoint is kept."""
    return SecretName(merchant, PURPOSE, f"{endpoint}/{version}")


MAKE = """
INSERT INTO webhook_endpoint
       (merchant, url, description, topics, locations, after_place, made_by, created_at)
SELECT :merchant, :url, :description, :topics, :locations, m.last, :actor, :now FROM feed_mark m
RETURNING id
"""


def make_endpoint(store: Store, command: Command, new: NewEndpoint, seal: Seal) -> SealedEndpoint:
    """Make an endpoint that is told of what comes from now on, once for the command's key."""
    made: list[int] = []

    def body(tx: Tx) -> dict[str, Any]:
        _check_room(tx)
        _check_locations(tx, new.locations)
        (row,) = tx.rows(
            MAKE,
            merchant=tx.merchant,
            url=new.url,
            description=new.description,
            topics=list(new.topics),
            locations=None if new.locations is None else list(new.locations),
            actor=tx.actor,
            now=tx.now,
        )
        name = secret_name(tx.merchant, row.id, 1)
        keep_secret(tx, name, seal(name))
        made.append(row.id)
        return {"id": row.id}

    return _sealed(store, command.merchant, store.execute(command, body)["id"], made)


def _check_room(tx: Tx) -> None:
    (row,) = tx.rows(
        "SELECT count(*) AS endpoints FROM webhook_endpoint"
        " WHERE merchant = :merchant AND removed_at IS NULL",
        merchant=tx.merchant,
    )
    if row.endpoints >= MOST_ENDPOINTS:
        raise conflict(
            "too_many_webhooks",
            f"there are {row.endpoints} webhooks: remove one that is needed no more",
            most=MOST_ENDPOINTS,
        )


def _check_locations(tx: Tx, named: Sequence[str] | None) -> None:
    rows = tx.rows("SELECT id FROM location WHERE id = ANY(:ids)", ids=sorted(named or ()))
    if unknown := sorted(set(named or ()) - {row.id for row in rows}):
        raise missing("location", unknown[0])


def renew_secret(store: Store, command: Command, endpoint: int, seal: Seal) -> SealedEndpoint:
    """Sign with a new secret from now on, and with the one before too, for a day."""
    renewed: list[int] = []

    def body(tx: Tx) -> dict[str, Any]:
        version = _locked(tx, endpoint).secret_version
        forget_secret(tx, secret_name(tx.merchant, endpoint, version - 1))
        name = secret_name(tx.merchant, endpoint, version + 1)
        keep_secret(tx, name, seal(name))
        tx.run(
            "UPDATE webhook_endpoint SET secret_version = :version, previous_until = :until"
            " WHERE id = :id",
            id=endpoint,
            version=version + 1,
            until=tx.now + OVERLAP,
        )
        renewed.append(version + 1)
        return {"version": version + 1}

    version = store.execute(command, body)["version"]
    found = store.read(command.merchant, lambda tx: read_endpoint(tx, endpoint))
    return SealedEndpoint(found, is_new=renewed[-1:] == [version])


def _sealed(store: Store, merchant: str, endpoint: int, made: Sequence[int]) -> SealedEndpoint:
    """A try that was rolled back made one of another id, which nobody has."""
    found = store.read(merchant, lambda tx: read_endpoint(tx, endpoint))
    return SealedEndpoint(found, is_new=made[-1:] == [endpoint])


CHANGE = """
UPDATE webhook_endpoint
   SET url = coalesce(CAST(:url AS text), url),
       topics = coalesce(CAST(:topics AS text[]), topics),
       description = coalesce(CAST(:description AS text), description)
 WHERE id = :id
"""


def change_endpoint(
    store: Store, command: Command, endpoint: int, change: EndpointChange
) -> WebhookView:
    """Have it called elsewhere, or told of other things; what is due goes to the new address."""

    def body(tx: Tx) -> WebhookView:
        _locked(tx, endpoint)
        tx.run(
            CHANGE,
            id=endpoint,
            url=change.url,
            topics=None if change.topics is None else list(change.topics),
            description=change.description,
        )
        return read_endpoint(tx, endpoint)

    return execute_as(WebhookView, store, command, body)


ON = """
UPDATE webhook_endpoint e
   SET status = 'on', off_reason = NULL, off_at = NULL, failing_since = NULL, slowdowns = 0,
       slow_until = NULL, after_place = m.last
  FROM feed_mark m WHERE e.id = :id AND e.status = 'off'
"""


def switch_endpoint(store: Store, command: Command, endpoint: int, *, on: bool) -> WebhookView:
    """Switch it on or off; it is told of what comes while it is on, the rest can be replayed."""

    def body(tx: Tx) -> WebhookView:
        row = _locked(tx, endpoint)
        if on:
            tx.run(ON, id=endpoint)
        elif row.status == EndpointStatus.ON:
            switch_off(tx, endpoint, OffReason.MANUAL)
        return read_endpoint(tx, endpoint)

    return execute_as(WebhookView, store, command, body)


OFF = """
UPDATE webhook_endpoint SET status = 'off', off_reason = :reason, off_at = :now WHERE id = :id
"""

GIVE_UP = """
UPDATE webhook_delivery SET status = 'failed', done_at = :now, leased_until = NULL
 WHERE endpoint = :id AND status = 'due'
"""


def switch_off(tx: Tx, endpoint: int, reason: OffReason) -> None:
    """Tell it nothing more, and give up what it is owed. Its row is locked by the caller."""
    tx.run(OFF, id=endpoint, reason=reason, now=tx.now)
    tx.run(GIVE_UP, id=endpoint, now=tx.now)


def remove_endpoint(store: Store, command: Command, endpoint: int) -> WebhookView:
    """Remove it, its secrets at once; its log goes with what has expired."""

    def body(tx: Tx) -> WebhookView:
        row, told = _locked(tx, endpoint), read_endpoint(tx, endpoint)
        switch_off(tx, endpoint, OffReason.MANUAL)
        for version in (row.secret_version - 1, row.secret_version):
            forget_secret(tx, secret_name(tx.merchant, endpoint, version))
        tx.run("UPDATE webhook_endpoint SET removed_at = :now WHERE id = :id",
               id=endpoint, now=tx.now)  # fmt: skip
        return told

    return execute_as(WebhookView, store, command, body)


def _locked(tx: Tx, endpoint: int) -> Any:
    """The row of one of the merchant's endpoints, locked; a refusal where there is none."""
    rows = tx.rows(
        "SELECT id, status, secret_version FROM webhook_endpoint"
        " WHERE merchant = :merchant AND id = :id AND removed_at IS NULL FOR NO KEY UPDATE",
        merchant=tx.merchant,
        id=endpoint,
    )
    if not rows:
        raise missing("webhook", endpoint)
    return rows[0]


def check_on(tx: Tx, endpoint: int) -> None:
    """Refuse to send anything to an endpoint that is off, and lock it."""
    if _locked(tx, endpoint).status != EndpointStatus.ON:
        message = f"webhook {endpoint} is off: switch it on first"
        raise conflict("webhook_off", message, webhook=endpoint)
