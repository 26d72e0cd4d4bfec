"""Mail to customers: what a merchant wants of it, its words, the mails, and what came back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from deliveries.mail.composing import render
from deliveries.mail.return_address import ReturnAddress
from deliveries.mail.samples import sample, try_words
from deliveries.mail.shipped_words import LANGUAGES, words_that_come
from deliveries.mail.words import WordsError, refusal_of
from fulfillment.domain.insight.customer_mail import MailStatus, MailType
from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.commands.mail import messages, templates
from fulfillment.store.commands.mail import settings as commands
from fulfillment.store.insight.mail_preview import preview_facts
from fulfillment.store.reading import mail as reading
from fulfillment.store.reading.views.mail import (
    MailBatchView,
    MailSettingsView,
    MailTemplateView,
    MailView,
)
from fulfillment.store.reading.views.mail_facts import MailFacts, MailWords
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.fields import Number, Rowid
from starter.models.mail import (
    BounceIn,
    Language,
    MailBatchPage,
    MailPage,
    MailPreviewIn,
    MailPreviewOut,
    MailSettingsIn,
    MailTemplateIn,
    MailTemplatesOut,
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


# --- templates -----------------------------------------------------------------------------------


@router.get("/templates", summary="List mail templates")
def list_mail_templates(session: ForMerchant) -> MailTemplatesOut:
    """The words of every type and language: the merchant's own, else those that come."""
    own = {(one.type, one.language): one for one in session.read(reading.own_templates)}
    ours = {
        (type_, language): _view(type_, words_that_come(type_, language), own=False)
        for type_ in MailType
        for language in LANGUAGES
    }
    found = ours | own
    return MailTemplatesOut(items=[found[name] for name in sorted(found)])


@router.get(
    "/templates/{mail_type}/{language}", summary="Read a mail template", responses=problems(404)
)
def get_mail_template(
    mail_type: MailType, language: Language, session: ForMerchant
) -> MailTemplateView:
    """The merchant's own words, else those that come with Pegboard."""
    for one in session.read(reading.own_templates):
        if (one.type, one.language) == (mail_type, language):
            return one
    if language not in LANGUAGES:
        raise missing("mail template", f"{mail_type} in {language}")
    return _view(mail_type, words_that_come(mail_type, language), own=False)


@router.put("/templates/{mail_type}/{language}", summary="Put a mail template")
def put_mail_template(
    mail_type: MailType,
    language: Language,
    template: MailTemplateIn,
    session: ForMerchant,
    key: IdempotencyKey = None,
) -> MailTemplateView:
    """The merchant's own words from now on. They are tried on samples before they are stored."""
    words = template.to_words(language)
    _tried(mail_type, words)
    content = template.model_dump(mode="json")
    command = session.command("put_mail_template", f"{mail_type}/{language}", key, content)
    templates.put_mail_template(session.store, command, mail_type, words)
    return get_mail_template(mail_type, language, session)


@router.delete(
    "/templates/{mail_type}/{language}",
    summary="Give up a mail template",
    responses=problems(404),
)
def delete_mail_template(
    mail_type: MailType, language: Language, session: ForMerchant, key: IdempotencyKey = None
) -> MailTemplatesOut:
    """The words that come with Pegboard count again, where there are any in that language."""
    command = session.command("delete_mail_template", f"{mail_type}/{language}", key, {})
    templates.delete_mail_template(session.store, command, mail_type, language)
    return list_mail_templates(session)


@router.post(
    "/templates/{mail_type}/{language}/preview",
    summary="Preview a mail",
    responses=problems(404),
)
def preview_mail(
    mail_type: MailType, language: Language, asked: MailPreviewIn, session: ForMerchant
) -> MailPreviewOut:
    """What the customer of a real order would read now, or what a sample looks like.

    Nothing is sent or stored. Of a real order it holds the customer's name.
    """
    tried = asked.to_words(language)
    if tried is not None:
        _tried(mail_type, tried)
    words = tried or _words(session, mail_type, language)
    found = render(_facts(session, mail_type, asked.order), words)
    return MailPreviewOut(
        language=found.language, subject=found.subject, text=found.text, html=found.html
    )


def _facts(session: Session, type_: MailType, order: str | None) -> MailFacts:
    if order is not None:
        return session.read(lambda tx: preview_facts(tx, type_, order))
    return sample(type_)


def _words(session: Session, type_: MailType, language: str) -> MailWords:
    found = get_mail_template(type_, language, session)
    return MailWords(language=language, subject=found.subject, text=found.text, html=found.html)


def _tried(type_: MailType, words: MailWords) -> None:
    """Refuse words that can not be filled in, and say which of their parts is at fault."""
    try:
        try_words(type_, words)
    except WordsError as error:
        raise refusal_of(error) from error


def _view(type_: MailType, words: MailWords, *, own: bool) -> MailTemplateView:
    return MailTemplateView(
        type=type_,
        language=words.language,
        own=own,
        subject=words.subject,
        text=words.text,
        html=words.html,
    )


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
