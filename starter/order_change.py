"""A change of one order that a route asks for: done, or only told what it would make."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from fulfillment.store.planning.change import Change, change_order, preview_change
from fulfillment.store.reading.orders import read_summary
from fulfillment.store.reading.rows import fields_of, view
from fulfillment.store.reading.views.orders import OrderSummary
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.after_dispatch import ReasonIn
from starter.models.order_hands import PreviewOut
from starter.models.orders_in import NoteIn

Answer = TypeVar("Answer", bound=OrderSummary)

Preview = Annotated[
    bool,
    Query(description="Do nothing, and answer with what it would make of every order it touches."),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a verb and what it is about, with what was sent."""

    verb: str
    about: object
    sent: NoteIn | ReasonIn | None


@dataclass(frozen=True, slots=True)
class Changing:
    """Who asks, under which key, and whether only to look."""

    session: Session
    key: str | None
    preview: bool

    def answer(self, asked: Asked, change: Change) -> OrderSummary | PreviewOut:
        """Do it, once for its key, and answer with the order as a list has it; or look at it."""
        return self.answer_as(OrderSummary, asked, change)

    def answer_as(self, kind: type[Answer], asked: Asked, change: Change) -> Answer | PreviewOut:
        """Do it, or look at it: refused alike."""
        if self.preview:
            return self.looked_at(change)
        return changed_order(self.session, kind, change.number, self.done(asked, change))

    def looked_at(self, change: Change) -> PreviewOut:
        """What it would make of every order that it touches."""
        found = preview_change(self.session.store, self.session.merchant, change)
        return PreviewOut(outcomes=found)

    def done(self, asked: Asked, change: Change) -> Mapping[str, Any]:
        """Do it, once for its key; what the change itself tells."""
        sent = asked.sent or NoteIn()
        content = sent.model_dump(mode="json")
        command = self.session.command(asked.verb, asked.about, self.key, content, sent.note)
        return change_order(self.session.store, command, change)


def changed_order(
    session: Session,
    kind: type[Answer],
    number: str,
    told: Mapping[str, Any] = MappingProxyType({}),
) -> Answer:
    """The order as a list has it now, with what its change told beside that."""
    now = session.read(lambda tx: read_summary(tx, number))
    return view(kind, {**told, **fields_of(now)})


async def changing(
    session: ForMerchant, *, preview: Preview = False, key: IdempotencyKey = None
) -> Changing:
    """The parameters that all routes which change an order have."""
    return Changing(session, key, preview)


ForChange = Annotated[Changing, Depends(changing)]
