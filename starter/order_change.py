"""A change of one order that a route asks for: done, or only told what it would make."""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from fulfillment.store.planning.change import Change, change_order, preview_change
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.progress import ProgressView
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.after_dispatch import ReasonIn
from starter.models.order_hands import PreviewOut
from starter.models.orders_in import NoteIn

Answer = TypeVar("Answer", bound=ProgressView)

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

    def answer(self, asked: Asked, change: Change) -> ProgressView | PreviewOut:
        """Do it, once for its key, and tell where the order stands then; or look at it."""
        return self.answer_as(ProgressView, asked, change)

    def answer_as(self, kind: type[Answer], asked: Asked, change: Change) -> Answer | PreviewOut:
        """Do it, or look at it: refused alike."""
        if self.preview:
            found = preview_change(self.session.store, self.session.merchant, change)
            return PreviewOut(outcomes=found)
        sent = asked.sent or NoteIn()
        content = sent.model_dump(mode="json")
        command = self.session.command(asked.verb, asked.about, self.key, content, sent.note)
        return view(kind, change_order(self.session.store, command, change))


def changing(
    session: ForMerchant, *, preview: Preview = False, key: IdempotencyKey = None
) -> Changing:
    """The parameters that all routes which change an order have."""
    return Changing(session, key, preview)


ForChange = Annotated[Changing, Depends(changing)]
