"""The order intake API: composed here, served by uvicorn."""

import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from anyio import to_thread
from fastapi import FastAPI

from console import app as console_app
from console.customer.pages import CustomerPages
from fulfillment import settings as configuration
from fulfillment.brake import Brake, names_of
from fulfillment.collecting import collect_seldom
from fulfillment.relay.relay import Relay
from fulfillment.relay.sequencer import Sequencer
from fulfillment.settings import Settings
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from fulfillment.store.transactions.turns import Turns
from starter import documentation
from starter.body import BodyLimit, BodyLimits
from starter.desk import desk_over
from starter.middleware import HeadAsGet, LastResort, SlashesInParts
from starter.openapi import describe
from starter.parts import make_parts
from starter.problems import handlers
from starter.relaying import OneClient, RelayLike, nudge, running
from starter.routers import (
    after_dispatch,
    archived_orders,
    counts,
    customer_pages,
    documents,
    events,
    explanations,
    health,
    keys,
    locations,
    mail,
    mail_templates,
    merchants,
    order_actions,
    order_batches,
    order_changes,
    order_hands,
    order_lists,
    orders,
    packages,
    payments,
    pick_lists,
    products,
    purchase_orders,
    receipts,
    restocks,
    returns,
    settings,
    shipment_batches,
    shipments,
    staging,
    stock,
    suggestions,
    tasks,
    transfers,
    users,
    webhooks,
    what_if,
)

ROUTERS = (
    order_batches.router,
    order_lists.router,
    archived_orders.router,
    orders.router,
    order_actions.router,
    order_hands.router,
    order_changes.router,
    explanations.router,
    what_if.router,
    customer_pages.router,
    payments.router,
    shipment_batches.router,
    shipments.router,
    pick_lists.router,
    packages.router,
    after_dispatch.router,
    staging.router,
    tasks.router,
    documents.router,
    purchase_orders.router,
    receipts.router,
    suggestions.router,
    restocks.router,
    transfers.router,
    returns.router,
    counts.router,
    stock.router,
    products.router,
    locations.router,
    merchants.router,
    mail.router,
    mail_templates.router,
    keys.router,
    users.router,
    settings.router,
    events.router,
    webhooks.router,
    health.router,
)


MOST_THREADS = 100

PAGES_A_MINUTE = 60
"""How often one link to a customer's page is opened or pressed: each look is planned anew."""


def create_app() -> FastAPI:
    """The app as it runs: the database and the engine as the environment names them.

    It starts, and takes orders, while the engine is away.
    """
    collect_seldom()
    chosen = configuration.load()
    engine = connect(
        chosen.require_database_url(),
        pool_size=chosen.database_pool_size,
        patience=Patience(**chosen.database_patience),
    )
    store = Store(engine, turns=turns_of(chosen))
    relay = Relay(store, OneClient(), chosen.task_queue, starts_orders=False)
    sequencer = Sequencer(store, timedelta(days=chosen.event_days))
    return build_app(store, relay, chosen, sequencer)


def turns_of(chosen: Settings) -> Turns:
    """One merchant's changes have half of what the pool grows to; reads always find the rest."""
    return Turns(chosen.database_pool_size, chosen.database_pool_seconds)


def limits_of(chosen: Settings) -> BodyLimits:
    """How much of a body is read, and for how long."""
    return BodyLimits(chosen.max_body_bytes, chosen.body_seconds, chosen.body_pause_seconds)


def pages_of_customers(store: Store, chosen: Settings) -> CustomerPages:
    """The customers' pages; their wrong tokens are counted apart from the API's wrong keys."""
    return CustomerPages(
        store,
        wrong=Brake(chosen.wrong_keys_a_minute),
        opened=Brake(PAGES_A_MINUTE),
        named=lambda address: names_of(address, ""),
        not_now=handlers.NOT_NOW,
    )


def build_app(
    store: Store,
    relay: RelayLike | None,
    chosen: Settings,
    sequencer: RelayLike | None = None,
) -> FastAPI:
    """The app over a store, with a relay and a sequencer that run beside it, or none."""
    beside = [one for one in (relay, sequencer) if one is not None]
    told = replace(store, after_commit=lambda: nudge(beside)) if beside else store

    parts = make_parts(told, chosen, relay.pulse if relay else None)
    desk = desk_over(told, chosen)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, object]]:
        # Those who wait for something that is held keep a thread each.
        to_thread.current_default_thread_limiter().total_tokens = MOST_THREADS
        async with running(beside):
            yield {"ending": threading.Event()}
        await desk.changes.end()
        parts.probes.close()
        store.engine.dispose()

    app = FastAPI(
        title="Pegboard", version=_version(), lifespan=lifespan, redirect_slashes=False,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.parts = parts
    for router in ROUTERS:
        # Not included: FastAPI would make each route a second time, at the first request.
        app.router.routes.extend(router.routes)
    documentation.install(app)
    pages_of_customers(told, chosen).install(app)
    console_app.install(app, desk)
    handlers.install(app)
    app.add_middleware(LastResort)
    app.add_middleware(SlashesInParts)
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, limits=limits_of(chosen))
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app


def _version() -> str:
    try:
        return version("pegboard")
    except PackageNotFoundError:
        return "0"
