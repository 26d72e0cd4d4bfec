"""A carrier is asked before the dispatch is decided, with nothing open, and again after a crash."""

import pytest

from carriers.port import Booking, Parcel
from starter import booking
from tests.api.test_packages import Courier, picked, status
from tests.api.world import World


class Checking(Courier):
    """Looks, while it is asked, for connections that are in use; the first answer is lost."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.in_use: list[int] = []

    def book(self, parcel: Parcel) -> Booking:
        self.in_use.append(self.world.store.engine.pool.checkedout())  # type: ignore[attr-defined]
        booked = super().book(parcel)
        if len(self.parcels) == 1:
            raise ConnectionError("the label was bought, and its answer is lost")
        return booked


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "s-1"}])
def test_nothing_left_and_the_same_parcel_is_booked_again_when_the_answer_was_lost(
    world, monkeypatch: pytest.MonkeyPatch, key
):
    courier = Checking(world)
    monkeypatch.setattr(booking, "carrier_named", lambda _: courier)
    path = picked(world)
    client = world.client()
    lost = client.post(f"{path}/ship", json={"carrier": "courier"}, headers=key)
    assert (lost.status_code, status(client, path)) == (500, "picked")
    (tea,) = client.get("/v1/stock?sku=TEA").json()["items"]
    assert (tea["on_hand"], tea["allocated"]) == (5, 5)

    sent = client.post(f"{path}/ship", json={"carrier": "courier"}, headers=key)
    assert (sent.status_code, status(client, path)) == (200, "shipped")
    first, second = courier.parcels
    assert first == second
    assert courier.in_use == [0, 0]
