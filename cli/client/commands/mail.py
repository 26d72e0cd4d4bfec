"""`pegboard mail`: what customers are written, in which words, and what became of each mail."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Line, column, number, words
from cli.client.readers import Switch, Text, TextFile, Whole
from cli.client.table import Answer, Command, argument, option, options, whole
from cli.client.views import grid, listing, moment, saying

TYPES = ("taken", "waits", "split", "delayed", "shipped", "cancelled")
STATUSES = (
    "due", "claimed", "sent", "refused", "unknown", "bounced", "dropped", "stopped",
)  # fmt: skip

TYPE = argument("path.mail_type", "TYPE", f"{', '.join(TYPES)}.", Text(TYPES))
LANGUAGE = argument("path.language", "LANGUAGE", "A language, as de, or de-AT.")
MAIL = argument("path.mail", "MAIL", "The mail's id.", Whole(1))

MAILS = (
    number("id"), column("order"), column("type"), column("status"), column("due_at", "due"),
    column("ended_at", "ended"), words("reason"),
)  # fmt: skip
BATCHES = (
    number("id"), column("cause"), column("began_at", "began"), number("mails"), number("due"),
    number("sent"), number("stopped"),
)  # fmt: skip
TEMPLATES = (column("type"), column("language"), column("own"), words("subject"))


def settings(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """Each setting in a line."""
    for name, value in answer.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        yield Line(f"{name}: {'none' if shown is None else shown}")


def templates(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """Which words there are, by their subjects."""
    yield grid(f"{len(answer['items'])} templates", TEMPLATES, answer["items"])


def template(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """The words themselves."""
    yield Line(f"Subject: {answer['subject']}")
    for line in ["", *answer["text"].splitlines(), "", *answer["html"].splitlines()]:
        yield Line(line)


def preview(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What a customer reads who reads plain text."""
    yield Line(f"Subject: {answer['subject']}")
    for line in ["", *answer["text"].splitlines()]:
        yield Line(line)


def mail(answer: Answer, _: Mapping[str, Any]) -> str:
    """How far a mail is."""
    said = f"Mail {answer['id']} of {answer['order']} ({answer['type']}) is {answer['status']}"
    when = f", {moment(answer['ended_at'])}" if answer["ended_at"] else ""
    why = f": {answer['reason']}" if answer["reason"] else ""
    return f"{said}{when}{why}."


COMMANDS = (
    Command(
        group="mail", verb="settings", method="GET", path="/v1/mail/settings",
        says="Show what a merchant wants of mail to its customers.",
        example="mail settings", view=settings,
    ),
    Command(
        group="mail", verb="set", method="PATCH", path="/v1/mail/settings",
        says="Change what a merchant wants of mail; what is not named stays.",
        example="mail set --enabled --sender-address shop@acme.example", view=settings,
        parameters=(
            option("body.enabled", "Whether any mail is sent.", Switch()),
            options("body.types", "Which mails are sent; repeatable.", Text(TYPES)),
            option("body.sender_name", "Who the mail is from, as customers see it."),
            option("body.sender_address", "The address that it is from."),
            option("body.reply_to", "Where answers go."),
            option("body.locale", "Of customers of whom none is known, as de-AT."),
            whole("body.settle_minutes", "So long a promise may move first.", 0, 10_080),
            whole("body.per_hour", "So many mails leave in an hour at most.", 1, 1_000_000),
            option("body.delay_rule", "Whether silence to a delay can cancel.", Switch()),
            whole("body.delay_consent_days", "So long a delay may be to be consented to.", 0, 365),
        ),
    ),
    Command(
        group="mail", verb="templates", method="GET", path="/v1/mail/templates",
        says="List the words of mails, by type and language.",
        example="mail templates", view=templates,
    ),
    Command(
        group="mail", verb="template", method="GET",
        path="/v1/mail/templates/{mail_type}/{language}",
        says="Show the words of a mail: its subject, its text, its HTML.",
        example="mail template cancelled en", view=template, parameters=(TYPE, LANGUAGE),
    ),
    Command(
        group="mail", verb="put-template", method="PUT",
        path="/v1/mail/templates/{mail_type}/{language}",
        says="Say in your own words what a mail tells; they are tried on samples first.",
        example='mail put-template waits de --subject "Bald" --text waits.txt --html waits.html',
        view=template,
        parameters=(
            TYPE, LANGUAGE,
            option("body.subject", "Its subject.", required=True),
            option("body.text", "A file with its plain text.", TextFile(), required=True),
            option("body.html", "A file with its HTML.", TextFile(), required=True),
        ),
    ),
    Command(
        group="mail", verb="delete-template", method="DELETE",
        path="/v1/mail/templates/{mail_type}/{language}",
        says="Give up your own words: those that come with Pegboard count again.",
        example="mail delete-template taken de", view=templates, parameters=(TYPE, LANGUAGE),
    ),
    Command(
        group="mail", verb="preview", method="POST",
        path="/v1/mail/templates/{mail_type}/{language}/preview", keyed=False,
        says="Show what a customer would read: of a real order, or of a sample.",
        example="mail preview waits en --order SO-1001", view=preview,
        parameters=(
            TYPE, LANGUAGE,
            option("body.order", "An order; a sample unless said."),
            option("body.subject", "A subject to be tried, with text and HTML."),
            option("body.text", "A file with plain text to be tried.", TextFile()),
            option("body.html", "A file with HTML to be tried.", TextFile()),
        ),
    ),
    Command(
        group="mail", verb="list", method="GET", path="/v1/mail/messages", pages=True,
        says="List mails, the newest first: how far each is, and why.",
        example="mail list --order SO-1001", view=listing("mails", *MAILS),
        parameters=(
            option("query.order", "Only those about this order."),
            option("query.status", "Only those with this status.", Text(STATUSES)),
            option("query.needs_person", "Only what somebody has to look at.", Switch()),
            whole("query.batch", "Only those of this batch."),
        ),
    ),
    Command(
        group="mail", verb="show", method="GET", path="/v1/mail/messages/{mail}",
        says="Show how far a mail is.", example="mail show 1", view=saying(mail),
        parameters=(MAIL,),
    ),
    Command(
        group="mail", verb="send-again", method="POST",
        path="/v1/mail/messages/{mail}/send-again",
        says="Send a mail once more, as a new one; the customer may get both.",
        example="mail send-again 1", view=saying(mail), parameters=(MAIL,),
    ),
    Command(
        group="mail", verb="settle", method="POST", path="/v1/mail/messages/{mail}/settle",
        says="Set a mail aside that was refused, lost or came back.",
        example="mail settle 1", view=saying(mail), parameters=(MAIL,),
    ),
    Command(
        group="mail", verb="batches", method="GET", path="/v1/mail/batches", pages=True,
        says="List supplies that moved promises, and how many mails each made.",
        example="mail batches", view=listing("batches", *BATCHES),
    ),
    Command(
        group="mail", verb="stop", method="POST", path="/v1/mail/batches/{batch}/stop",
        says="Send nothing more of a batch; what has left has left.",
        example="mail stop 1",
        view=saying(
            lambda answer, _: f"Batch {answer['id']} ({answer['cause']}): {answer['sent']} sent,"
            f" {answer['stopped']} stopped."
        ),
        parameters=(argument("path.batch", "BATCH", "The batch's id.", Whole(1)),),
    ),
    Command(
        group="mail", verb="bounce", method="POST", path="/v1/mail/bounces",
        says="Say that a mail came back.", example="mail bounce --mail 2", view=saying(mail),
        either=("body.mail", "body.address"),
        parameters=(
            whole("body.mail", "The mail's id."),
            option("body.address", "The address at which it came back."),
        ),
    ),
)  # fmt: skip
