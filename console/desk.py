"""What the pages of the desk share, made once for an app."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import Request

from console.changes import Changes
from console.recent import Recent
from fulfillment.brake import Brake
from fulfillment.store.commands.administration.sign_ins import Lasting
from fulfillment.store.transactions.session import Store

WorkflowUrl = Callable[[str, str], str | None]
"""Where the workflow of a merchant's order is seen, by its number; None where nobody knows."""

Trouble = Callable[[Exception], str | None]
"""What is said of an error while the database is away, busy or held; None for any other error."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The store, the brake on wrong passwords, how long a session lasts, and where Temporal is.

    `recent` is what was counted a moment ago for all who see the same, `changes` tells those who
    look on what happened, and `trouble` what is to be said while the database does not answer.
    """

    store: Store
    brake: Brake
    lasting: Lasting
    workflow_url: WorkflowUrl
    trouble: Trouble
    changes: Changes
    recent: Recent = field(default_factory=Recent)


def desk_of(request: Request) -> Desk:
    """The desk of the app that serves this request."""
    desk: Desk = request.app.state.desk
    return desk
