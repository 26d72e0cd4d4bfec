"""The desk of the pages, composed: who may sign in for how long, and where Temporal is seen."""

from datetime import timedelta
from urllib.parse import quote

from console.changes import Changes
from console.desk import Desk
from fulfillment import engine
from fulfillment.brake import Brake
from fulfillment.contracts.names import order_workflow_id
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.sign_ins import Lasting
from fulfillment.store.transactions.session import Store
from starter.problems.handlers import told_of_trouble


def desk_over(store: Store, chosen: Settings) -> Desk:
    """The desk as the settings have it, over this store."""
    lasting = Lasting(
        timedelta(minutes=chosen.session_idle_minutes), timedelta(hours=chosen.session_hours)
    )
    root = _workflows(chosen)

    def workflow_url(merchant: str, number: str) -> str | None:
        return root and f"{root}/{quote(order_workflow_id(merchant, number), safe='')}"

    brake = Brake(chosen.wrong_passwords_a_minute)
    return Desk(store, brake, lasting, workflow_url, _trouble, Changes(store))


def _trouble(error: Exception) -> str | None:
    """What a page says while the database does not answer."""
    told = told_of_trouble(error)
    return None if told is None else f"{told.detail[:1].upper()}{told.detail[1:]}."


def _workflows(chosen: Settings) -> str | None:
    """Where Temporal's UI lists the workflows of our namespace."""
    if chosen.temporal_ui_url is None:
        return None
    namespace = engine.profile().namespace or "default"
    base = str(chosen.temporal_ui_url).rstrip("/")
    return f"{base}/namespaces/{quote(namespace, safe='')}/workflows"
