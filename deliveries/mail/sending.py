"""One mail after the other: claimed, made, handed over, and told what became of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog

from deliveries.mail.composing import (
    ComposingError,
    LinkOf,
    message,
    no_link,
    recipient_of,
    render,
)
from deliveries.mail.port import Carried, OutgoingMail, Result, Transport, TransportAwayError
from deliveries.mail.return_address import ReturnAddress
from deliveries.mail.words import WordsError
from fulfillment.domain.insight.customer_mail import MailReason, MailStatus, MailType
from fulfillment.store.commands.mail.sending import (
    DroppedMail,
    MailOutcome,
    claim_mail,
    merchants_with_mail,
    note_outcome,
)
from fulfillment.store.reading.views.mail_facts import ClaimedMail
from fulfillment.store.transactions.session import Store

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
MOST_DEFERRALS = 30
"""A server that says "later" for about four days is not asked any more."""

MOST_TURNS = 100
"""Mails of each merchant that one round sends."""

AWAY_PAUSE = timedelta(seconds=30)

WITH_PAGE = frozenset({MailType.WAITS, MailType.SPLIT, MailType.DELAYED})
"""Mails after which a customer may wish for something else."""


class Sent(StrEnum):
    """What came of one mail."""

    DONE = "done"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends for all merchants over one transport; any number of them may, in any processes."""

    store: Store
    transport: Transport
    returns: ReturnAddress | None = None
    link: LinkOf = no_link

    def round(self, goes_on: Callable[[], bool] = lambda: True) -> bool:
        """Send what is due, merchant by merchant in turn; False where the transport is away.

        Before each mail it is asked whether to go on. After some turns it ends, so that what has
        happened meanwhile is looked at.
        """
        try:
            for _ in range(MOST_TURNS):
                outcomes = list(self._turn(goes_on))
                if not outcomes or Sent.AWAY in outcomes:
                    return not outcomes
        finally:
            self.transport.close()
        return True

    def _turn(self, goes_on: Callable[[], bool]) -> Iterator[Sent]:
        """One mail of each merchant of whom one may leave."""
        for merchant in merchants_with_mail(self.store):
            outcome = self.send_next(merchant) if goes_on() else None
            if outcome is not None:
                yield outcome
            if outcome is Sent.AWAY:
                return

    def send_next(self, merchant: str) -> Sent | None:
        """The merchant's next mail; None where there is none that may leave now."""
        claimed = claim_mail(self.store, merchant)
        if claimed is None:
            return None
        if isinstance(claimed, DroppedMail):
            log.debug("mail_dropped", merchant=merchant, mail=claimed.id, reason=claimed.reason)
            return Sent.DONE
        try:
            outgoing = self._made(claimed)
            carried = self.transport.send(outgoing)
        except (ComposingError, WordsError) as error:
            reason = getattr(error, "reason", MailReason.TEMPLATE_FAILED)
            return self._tell(claimed, MailOutcome(MailStatus.REFUSED, reason))
        except TransportAwayError as error:
            log.warning("mail_transport_away", error=str(error))
            self._tell(claimed, MailOutcome(MailStatus.DUE, later=AWAY_PAUSE))
            return Sent.AWAY
        return self._tell(claimed, outcome_of(carried, claimed.deferrals))

    def _made(self, claimed: ClaimedMail) -> OutgoingMail:
        facts = claimed.facts
        recipient = recipient_of(facts)
        asks = facts.type in WITH_PAGE
        link = self.link(claimed.merchant, facts.order.number) if asks else None
        rendered = render(facts, link=link)
        made = message(facts, rendered, claimed.message_id, self.store.clock())
        sender = self.returns.of(claimed.id) if self.returns else facts.sender.address
        name = f"{facts.order.number}-{facts.type}-{claimed.id}"
        return OutgoingMail(name, sender, recipient, made.as_bytes())

    def _tell(self, claimed: ClaimedMail, outcome: MailOutcome) -> Sent:
        note_outcome(self.store, claimed, outcome)
        if outcome.status in (MailStatus.REFUSED, MailStatus.UNKNOWN):
            log.warning(
                "mail_needs_person",
                merchant=claimed.merchant,
                mail=claimed.id,
                status=outcome.status,
                reason=outcome.reason,
                reply=outcome.reply,
            )
        return Sent.DONE


def outcome_of(carried: Carried, deferrals: int) -> MailOutcome:
    """What is kept of it. What was put off is tried again, with pauses that grow."""
    match carried.result:
        case Result.SENT:
            return MailOutcome(MailStatus.SENT, reply=carried.reply)
        case Result.REFUSED:
            return MailOutcome(MailStatus.REFUSED, MailReason.REFUSED_BY_SERVER, carried.reply)
        case Result.UNKNOWN:
            return MailOutcome(MailStatus.UNKNOWN, MailReason.CONNECTION_LOST)
        case Result.LATER:
            if deferrals >= MOST_DEFERRALS:
                return MailOutcome(MailStatus.REFUSED, MailReason.GAVE_UP, carried.reply)
            pause = min(FIRST_PAUSE * (1 << min(deferrals, 12)), LONGEST_PAUSE)
            return MailOutcome(MailStatus.DUE, reply=carried.reply, later=pause)
