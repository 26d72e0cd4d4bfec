"""Mail to customers: what a merchant wants of it, the mails, and what came back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from deliveries.mail.return_address import ReturnAddress
from fulfillment.domain.insight.customer_mail import MailStatus
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.mail import messages
from fulfillment.store.commands.mail import settings as commands
from fulfillment.store.reading import mail as reading
from fulfillment.store.reading.views.mail import (
    MailBatchView,
    MailSettingsView,
    MailView,
)
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.fields import Number, Rowid
from starter.models.mail import (
    BounceIn,
    MailBatchPage,
    MailPage,
    MailSettingsIn,
)
from starter.paging import Cursor, Limit, paged, window
from starter.parts import parts_of
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/mail", tags=["mail"], route_class=GuardedRoute)


# --- settings ------------------------------------------------------------------------------------


@router.get("/settings", summary="Read a merchant's mail settings")
def get_mail_settings(session: ForMerchant) -> MailSettingsView:
    """What the merchant wants of mail to its customers. It is off until somebody switches it on."""
    return session.read(reading.read_mail_settings)


@router.patch("/settings", summary="Change a merchant's mail settings")
def change_mail_settings(
    wanted: MailSettingsIn, session: ForMerchant, key: IdempotencyKey = None
) -> MailSettingsView:
    """Those named change, the others stay. What is due when it is switched off is never sent."""
    content = wanted.model_dump(mode="json", exclude_unset=True)
    command = session.command("change_mail_settings", "mail", key, content)
    return commands.change_mail_settings(session.store, command, wanted.changes())


# --- mails ---------------------------------------------------------------------------------------


@router.get("/messages", summary="List mails")
def list_mails(  # noqa: PLR0913 -- each parameter of the list is one argument
    session: ForMerchant,
    *,
    order: Annotated[Number | None, Query()] = None,
    status: Annotated[MailStatus | None, Query()] = None,
    needs_person: Annotated[
        bool | None,
        Query(description="Only those that somebody has to look at, or only the others."),
    ] = None,
    batch: Annotated[Rowid | None, Query(description="Only those of this batch.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> MailPage:
    """A page of mails, the newest first: of whom they tell, how far they are, and why."""
    asked = {"order": order, "status": status, "needs_person": needs_person, "batch": batch}
    page = window(limit, cursor, reading.NEWEST_FIRST)
    found = session.read(lambda tx: reading.list_mails(tx, page, asked))
    return paged(MailPage, found, reading.NEWEST_FIRST)


@router.get("/messages/{mail}", summary="Read a mail", responses=problems(404))
def get_mail(mail: Rowid, session: ForMerchant) -> MailView:
    """One mail, without its text and its recipient."""
    return session.read(lambda tx: reading.read_mail(tx, mail))


@router.post(
    "/messages/{mail}/send-again", summary="Send a mail again", responses=problems(404, 409)
)
def send_mail_again(mail: Rowid, session: ForMerchant, key: IdempotencyKey = None) -> MailView:
    """A new mail under a name of its own, which tells what is true when it is sent.

    Nobody else sends a mail twice: the customer may get both.
    """
    command = session.command("send_mail_again", mail, key, {"mail": mail})
    return messages.send_again(session.store, command, mail)


@router.post("/messages/{mail}/settle", summary="Set a mail aside", responses=problems(404, 409))
def settle_mail(mail: Rowid, session: ForMerchant, key: IdempotencyKey = None) -> MailView:
    """Somebody has seen to one that was refused, lost or came back; nothing is sent."""
    command = session.command("settle_mail", mail, key, {"mail": mail})
    return messages.settle_mail(session.store, command, mail)


# --- batches -------------------------------------------------------------------------------------


@router.get("/batches", summary="List mail batches")
def list_mail_batches(
    session: ForMerchant, cursor: Cursor = None, limit: Limit = 50
) -> MailBatchPage:
    """A page of batches, the newest first: each supply that moved promises is one line."""
    page = window(limit, cursor, reading.BATCHES_NEWEST_FIRST)
    found = session.read(lambda tx: reading.list_batches(tx, page))
    return paged(MailBatchPage, found, reading.BATCHES_NEWEST_FIRST)


@router.post("/batches/{batch}/stop", summary="Stop a mail batch", responses=problems(404))
def stop_mail_batch(
    batch: Rowid, session: ForMerchant, key: IdempotencyKey = None
) -> MailBatchView:
    """Send nothing more of it; what has left has left."""
    command = session.command("stop_mail_batch", batch, key, {"batch": batch})
    return messages.stop_batch(session.store, command, batch)


# --- what came back ------------------------------------------------------------------------------


@router.post("/bounces", summary="Say that a mail came back", responses=problems(404, 409))
def note_bounce(
    bounce: BounceIn, session: ForMerchant, request: Request, key: IdempotencyKey = None
) -> MailView:
    """By the mail, or by the address at which it came back. Told twice, it came back once."""
    bounce.check()
    mail = bounce.mail or _mail_at(parts_of(request).returns, bounce.address or "")
    command = session.command("note_bounce", mail, key, {"mail": mail})
    return messages.note_bounce(session.store, command, mail)


def _mail_at(returns: ReturnAddress | None, address: str) -> int:
    mail = returns.mail_of(address) if returns else None
    if mail is None:
        why = "it is no address at which a mail of ours comes back"
        raise invalid("unknown_return_address", why, "address")
    return mail
