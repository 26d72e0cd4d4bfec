"""The words of mails to customers: those that come with Pegboard, and a merchant's own."""

from fastapi import APIRouter

from deliveries.mail.composing import render
from deliveries.mail.samples import sample, try_words
from deliveries.mail.shipped_words import LANGUAGES, words_that_come
from deliveries.mail.words import WordsError, refusal_of
from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.model.refusals import missing
from fulfillment.store.commands.mail import templates
from fulfillment.store.insight.mail_preview import preview_facts
from fulfillment.store.reading import mail as reading
from fulfillment.store.reading.views.mail import MailTemplateView
from fulfillment.store.reading.views.mail_facts import MailFacts, MailWords
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.mail import (
    Language,
    MailPreviewIn,
    MailPreviewOut,
    MailTemplateIn,
    MailTemplatesOut,
)
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/mail/templates", tags=["mail"], route_class=GuardedRoute)


@router.get("", summary="List mail templates")
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


@router.get("/{mail_type}/{language}", summary="Read a mail template", responses=problems(404))
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


@router.put("/{mail_type}/{language}", summary="Put a mail template")
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
    "/{mail_type}/{language}",
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
    "/{mail_type}/{language}/preview",
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
