"""Webhooks: endpoints, deliveries made of the feed, claimed, noted, replayed, forgotten."""

from datetime import timedelta

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.domain.model.webhooks import Attempt
from fulfillment.store.commands.webhooks import (
    claiming,
    endpoints,
    fan_out,
    forgetting,
    noting,
    replaying,
)
from fulfillment.store.transactions.session import Store
from tests.builders import webhooks
from tests.builders.feed import tell
from tests.builders.warehouse import NOON, Warehouse
from tests.crashes.net import Run, crash, the_command
from tests.crashes.of_house import ANSWER

LEASE, DAYS, HOUR = timedelta(seconds=60), timedelta(days=5), timedelta(hours=1)


def seal(_: SecretName) -> Sealed:
    return Sealed("a key", b"sealed")


# --- what there is before ------------------------------------------------------------------------


def told(at: Warehouse) -> None:
    """An endpoint, and events that it is to be told of."""
    new = endpoints.NewEndpoint("https://hooks.example/", ("*",))
    endpoints.make_endpoint(at.store, the_command("the one"), new, seal)
    at.stock(5)
    at.order([("K1", 3)], "O-1")
    tell(at.store)


def owed(at: Warehouse) -> None:
    """As `told`, and deliveries were made of them."""
    told(at)
    webhooks.fan_out(at.store)


def off(at: Warehouse) -> None:
    """As `owed`, and then it was switched off."""
    owed(at)
    endpoints.switch_endpoint(at.store, the_command("off"), the_endpoint(at), on=False)


def the_endpoint(at: Warehouse) -> int:
    return int(at.one("SELECT id FROM webhook_endpoint"))


# --- endpoints -----------------------------------------------------------------------------------


@crash(endpoints.make_endpoint, apart_from=ANSWER)
def made(_: Warehouse) -> Run:
    """Its secret is told once: who was not answered renews it."""
    new = endpoints.NewEndpoint("https://hooks.example/", ("order.*",), ("A",))
    return lambda store: endpoints.make_endpoint(store, the_command("make"), new, seal).view.url


@crash(endpoints.renew_secret, owed, apart_from=ANSWER)
def renewed(at: Warehouse) -> Run:
    one = the_endpoint(at)
    return lambda store: endpoints.renew_secret(store, the_command("renew"), one, seal).view.id


@crash(endpoints.change_endpoint, owed)
def moved(at: Warehouse) -> Run:
    one, change = the_endpoint(at), endpoints.EndpointChange(url="https://new.example/")
    return lambda store: endpoints.change_endpoint(store, the_command("change"), one, change)


@crash(endpoints.switch_endpoint, owed)
def switched_off(at: Warehouse) -> Run:
    one = the_endpoint(at)
    return lambda store: endpoints.switch_endpoint(store, the_command("switch"), one, on=False)


@crash(endpoints.switch_endpoint, off)
def switched_on(at: Warehouse) -> Run:
    one = the_endpoint(at)
    return lambda store: endpoints.switch_endpoint(store, the_command("switch"), one, on=True)


@crash(endpoints.remove_endpoint, owed)
def removed(at: Warehouse) -> Run:
    one = the_endpoint(at)
    return lambda store: endpoints.remove_endpoint(store, the_command("remove"), one)


# --- deliveries ----------------------------------------------------------------------------------


@crash(fan_out.fan_out_next, told, apart_from=ANSWER)
def fanned_out(_: Warehouse) -> Run:
    return fan_out.fan_out_next


@crash(claiming.claim_deliveries, owed, apart_from=ANSWER)
def claimed(_: Warehouse) -> Run:
    """Who died with them leaves them leased: nobody gets them before the lease has ended."""
    return lambda store: len(claiming.claim_deliveries(store, LEASE, 1))


@crash(noting.note_outcomes, owed, apart_from={"webhook_attempt"})
def noted(at: Warehouse) -> Run:
    """Noted twice it is in the log twice, and counts once."""
    (one,) = claiming.claim_deliveries(at.store, LEASE, 1)
    outcome = noting.Outcome(
        one.id, one.endpoint, one.event, one.attempts, Attempt(204), NOON, 7, "thanks"
    )
    return lambda store: noting.note_outcomes(store, [outcome], DAYS)


@crash(replaying.replay_delivery, off)
def replayed(at: Warehouse) -> Run:
    one = the_endpoint(at)
    endpoints.switch_endpoint(at.store, the_command("on"), one, on=True)
    delivery = int(at.one("SELECT min(id) FROM webhook_delivery"))
    return lambda store: replaying.replay_delivery(store, the_command("again"), one, delivery)


@crash(replaying.replay_period, off)
def replayed_all(at: Warehouse) -> Run:
    one = the_endpoint(at)
    endpoints.switch_endpoint(at.store, the_command("on"), one, on=True)
    period = replaying.Period(NOON - HOUR, NOON + HOUR)
    return lambda store: replaying.replay_period(store, the_command("again"), one, period)


@crash(replaying.send_test, owed, apart_from={"answer", "webhook_delivery", "command"})
def tested(at: Warehouse) -> Run:
    """The id of a test is by chance."""
    one = the_endpoint(at)
    return lambda store: replaying.send_test(store, the_command("test"), one)


@crash(forgetting.forget_deliveries, off, apart_from=ANSWER)
def forgotten(_: Warehouse) -> Run:
    def forget(store: Store) -> int:
        return forgetting.forget_deliveries(store, -HOUR)

    return forget
