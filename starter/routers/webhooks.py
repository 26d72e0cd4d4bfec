"""Webhooks: who is told of events, what they were sent, and what they answered."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from deliveries.webhooks.signing import new_secret
from deliveries.webhooks.urls import check_url
from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.domain.model.webhooks import DeliveryStatus, families, is_topic, wants
from fulfillment.store.commands.webhooks import endpoints, replaying
from fulfillment.store.commands.webhooks.endpoints import NewEndpoint, Seal
from fulfillment.store.reading import webhooks
from fulfillment.store.reading.views.webhooks import (
    ReplayView,
    WebhookDeliveryView,
    WebhookView,
)
from starter.auth.feed import scope_of
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_found, check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.fields import Instant, Rowid
from starter.models.webhooks import (
    MadeWebhookOut,
    ReplayIn,
    WebhookChangeIn,
    WebhookDeliveryPage,
    WebhookIn,
    WebhookPage,
)
from starter.paging import Cursor, Limit, paged, window
from starter.parts import Parts, parts_of
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=GuardedRoute)


@router.post("", status_code=201, summary="Make a webhook", responses=problems(404, 409))
def create_webhook(
    wanted: WebhookIn,
    session: ForMerchant,
    request: Request,
    response: Response,
    key: IdempotencyKey = None,
) -> MadeWebhookOut:
    """Have events be posted to an address from now on, signed.

    The secret is shown in this answer, and never again. The same request again answers with the
    same webhook without it.
    """
    parts, secret = parts_of(request), new_secret()
    response.headers["Cache-Control"] = "no-store"
    check_url(wanted.url, parts.allowed)
    places = _places(session, wanted.locations)
    _check_topics(session, wanted.topics)
    new = NewEndpoint(wanted.url, wanted.topics, places, wanted.description)
    command = session.command("make_webhook", wanted.url, key, wanted.model_dump(mode="json"))
    made = endpoints.make_endpoint(session.store, command, new, _seal(parts, secret))
    response.headers["Location"] = f"/v1/webhooks/{made.view.id}"
    return MadeWebhookOut(webhook=made.view, secret=secret if made.is_new else None)


@router.get("", summary="List webhooks")
def list_webhooks(session: ForMerchant, cursor: Cursor = None, limit: Limit = 50) -> WebhookPage:
    """A page of webhooks, also those that are off; a bound key sees those of its locations."""
    page = window(limit, cursor, webhooks.OLDEST_FIRST)
    places = places_of(session.caller)
    found = session.read(lambda tx: webhooks.list_endpoints(tx, page, places))
    return paged(WebhookPage, found, webhooks.OLDEST_FIRST)


@router.get("/{webhook}", summary="Read a webhook", responses=problems(404))
def get_webhook(webhook: Rowid, session: ForMerchant) -> WebhookView:
    """What it is told, whether it takes it, and how much waits."""
    return _seen(session, webhook)


@router.patch("/{webhook}", summary="Change a webhook", responses=problems(404, 409))
def change_webhook(
    webhook: Rowid,
    wanted: WebhookChangeIn,
    session: ForMerchant,
    request: Request,
    key: IdempotencyKey = None,
) -> WebhookView:
    """Another address, other topics. What is due goes to the new address."""
    _seen(session, webhook)
    if wanted.url is not None:
        check_url(wanted.url, parts_of(request).allowed)
    if wanted.topics is not None:
        _check_topics(session, wanted.topics)
    content = wanted.model_dump(mode="json", exclude_unset=True)
    command = session.command("change_webhook", webhook, key, content)
    return endpoints.change_endpoint(session.store, command, webhook, wanted.to_domain())


@router.post("/{webhook}/on", summary="Switch a webhook on", responses=problems(404, 409))
def switch_webhook_on(
    webhook: Rowid, session: ForMerchant, key: IdempotencyKey = None
) -> WebhookView:
    """Tell it what happens from now on. What it missed can be replayed."""
    return _switched(session, webhook, key, on=True)


@router.post("/{webhook}/test", summary="Try a webhook", responses=problems(404, 409))
def try_webhook(
    webhook: Rowid, session: ForMerchant, key: IdempotencyKey = None
) -> WebhookDeliveryView:
    """Send it `webhook.test`, whatever its topics; read the delivery to see what it answers."""
    _seen(session, webhook)
    command = session.command("try_webhook", webhook, key, {})
    return replaying.send_test(session.store, command, webhook)


@router.post("/{webhook}/secret", summary="Renew a secret", responses=problems(404, 409))
def renew_webhook_secret(
    webhook: Rowid,
    session: ForMerchant,
    request: Request,
    response: Response,
    key: IdempotencyKey = None,
) -> MadeWebhookOut:
    """A new secret, shown this once. For 24 hours messages are signed with the one before, too."""
    _seen(session, webhook)
    secret = new_secret()
    response.headers["Cache-Control"] = "no-store"
    command = session.command("renew_webhook", webhook, key, {})
    seal = _seal(parts_of(request), secret)
    made = endpoints.renew_secret(session.store, command, webhook, seal)
    return MadeWebhookOut(webhook=made.view, secret=secret if made.is_new else None)


@router.get("/{webhook}/deliveries", summary="List deliveries", responses=problems(404))
def list_webhook_deliveries(  # noqa: PLR0913 -- each filter of the list is one argument
    *,
    webhook: Rowid,
    session: ForMerchant,
    status: Annotated[
        DeliveryStatus | None, Query(description="`due`, `delivered` or `failed`.")
    ] = None,
    since: Annotated[
        Instant | None, Query(description="Of events that happened then or later.")
    ] = None,
    until: Annotated[Instant | None, Query(description="Of events that happened before.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> WebhookDeliveryPage:
    """What it was sent or is owed, the newest first, with what came of each attempt."""
    _seen(session, webhook)
    page = window(limit, cursor, webhooks.NEWEST_FIRST)
    found = session.read(
        lambda tx: webhooks.list_deliveries(tx, webhook, page, status, (since, until))
    )
    return paged(WebhookDeliveryPage, found, webhooks.NEWEST_FIRST)


@router.get("/{webhook}/deliveries/{delivery}", summary="Read a delivery", responses=problems(404))
def get_webhook_delivery(
    webhook: Rowid, delivery: Rowid, session: ForMerchant
) -> WebhookDeliveryView:
    """How far it is, and what came of each attempt."""
    _seen(session, webhook)
    return session.read(lambda tx: webhooks.read_delivery(tx, webhook, delivery))


@router.post(
    "/{webhook}/deliveries/{delivery}/replay",
    summary="Replay a delivery",
    responses=problems(404, 409),
)
def replay_webhook_delivery(
    webhook: Rowid, delivery: Rowid, session: ForMerchant, key: IdempotencyKey = None
) -> WebhookDeliveryView:
    """Send it again with the same id, whatever became of it."""
    _seen(session, webhook)
    command = session.command("replay_delivery", f"{webhook}/{delivery}", key, {})
    return replaying.replay_delivery(session.store, command, webhook, delivery)


@router.post("/{webhook}/replay", summary="Replay a time", responses=problems(404, 409))
def replay_webhook(
    webhook: Rowid, wanted: ReplayIn, session: ForMerchant, key: IdempotencyKey = None
) -> ReplayView:
    """Send what was not delivered of a time, and what happened while it was off.

    Only of events that can still be read; 10,000 at most at once.
    """
    _seen(session, webhook)
    command = session.command("replay_webhook", webhook, key, wanted.model_dump(mode="json"))
    return replaying.replay_period(session.store, command, webhook, wanted.to_domain())


@router.post("/{webhook}/off", summary="Switch a webhook off", responses=problems(404, 409))
def switch_webhook_off(
    webhook: Rowid, session: ForMerchant, key: IdempotencyKey = None
) -> WebhookView:
    """Tell it nothing more, and give up what is due; both can be replayed later."""
    return _switched(session, webhook, key, on=False)


@router.delete("/{webhook}", summary="Remove a webhook", responses=problems(404, 409))
def remove_webhook(webhook: Rowid, session: ForMerchant, key: IdempotencyKey = None) -> WebhookView:
    """Remove it, its secrets and its log; answers with what it was."""
    _seen(session, webhook)
    command = session.command("remove_webhook", webhook, key, {})
    return endpoints.remove_endpoint(session.store, command, webhook)


def _seen(session: Session, webhook: int) -> WebhookView:
    """The webhook; refused to a key that is bound elsewhere than all that it is told of."""
    found = session.read(lambda tx: webhooks.read_endpoint(tx, webhook))
    mine = session.caller.scope.locations
    is_mine = mine is None or (found.locations is not None and mine.issuperset(found.locations))
    check_found(session.caller, is_there=is_mine)
    return found


def _switched(session: Session, webhook: int, key: str | None, *, on: bool) -> WebhookView:
    _seen(session, webhook)
    command = session.command("switch_webhook", webhook, key, {"on": on})
    return endpoints.switch_endpoint(session.store, command, webhook, on=on)


def _places(session: Session, named: Sequence[str] | None) -> Sequence[str] | None:
    """The locations that it is told of: those that are named, or all of the key's."""
    if named is None:
        return places_of(session.caller)
    for each in named:
        check_location(session, each)
    return sorted(set(named))


def _check_topics(session: Session, topics: Sequence[str]) -> None:
    """Refuse what is no topic, and what the caller may not be told of by the feed."""
    for each in topics:
        if not is_topic(each, EventType):
            known = ", ".join((*EventType, *families(EventType), "*"))
            raise invalid("unknown_topic", f"{each} is no topic; there are {known}", "topics")
    scope_of(session, [each for each in EventType if wants(topics, each)])


def _seal(parts: Parts, secret: str) -> Seal:
    def seal(name: SecretName) -> Sealed:
        return parts.sealer.seal(name, secret)

    return seal
