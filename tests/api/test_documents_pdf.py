"""The papers of the floor over HTTP: who gets them, and what they say."""

import base64
from io import BytesIO

import httpx
from PIL import Image

from fulfillment.store.commands.administration.keys import Role, create_key
from starter.auth.permissions import GRANTS, ROUTES, Permission
from tests.api.test_packages import PACKAGES, picked, refusal
from tests.api.world import ACME, BOLT, World, order
from tests.documents.reading import text_of

STAGED = {"location": "vienna", "container": "B7", "all": True}


def text(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return text_of(answer.content)


def waiting_in_a_container(world: World) -> int:
    """One tea of two is in a container for SO-9; the container's id."""
    client = world.client()
    world.stock("TEA", 1)
    body = order("SO-9", policy={"max_shipments": 1})
    assert client.post("/v1/orders", json=body).is_success
    world.prepare("SO-9")
    staged = client.post("/v1/orders/SO-9/stage", json=STAGED)
    assert staged.is_success, staged.text
    sql = "SELECT id FROM container WHERE label = 'B7'"
    return world.store.read(ACME, lambda tx: int(tx.rows(sql)[0].id))


def test_a_packing_slip_has_a_page_for_each_package(world):
    path = picked(world)
    client = world.client(Role.WAREHOUSE)
    client.post(f"{path}/pack", json={"packages": PACKAGES})
    answer = client.get(f"{path}/packing-slip.pdf")
    said = text(answer)

    for words in ("Zebedee Quux", "7 Secret Lane", "Order SO-1", "1 of 2", "2 of 2", "Tea", "Cup"):
        assert words in said
    name = f"packing-slip-{path.rsplit('/', 1)[1]}.pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert "follows later" not in said
    second = text(client.get(f"{path}/packing-slip.pdf?package=2"))
    assert ("1 of 2" in second, "2 of 2" in second) == (False, True)
    missing = client.get(f"{path}/packing-slip.pdf?package=3")
    assert refusal(missing) == (404, "unknown_package")


def test_a_packing_slip_begins_with_what_the_merchant_has_told(world):
    operator, client = world.client(Role.ADMIN, None), world.client()
    file = BytesIO()
    Image.new("RGB", (40, 20)).save(file, "PNG")
    told = {"sender": ["Acme Teas", "Kai 1"], "logo": base64.b64encode(file.getvalue()).decode()}
    assert operator.get("/v1/merchants/acme/letterhead").json() == {"sender": [], "logo": None}
    put = operator.put("/v1/merchants/acme/letterhead", json=told)
    assert (put.status_code, put.json()) == (200, told)
    for wrong in ("AAAA", "A", base64.b64encode(b"%PDF-1.7").decode()):
        refused = operator.put("/v1/merchants/acme/letterhead", json={"logo": wrong})
        assert refusal(refused) == (422, "bad_logo")
    unknown = operator.put("/v1/merchants/nobody/letterhead", json={})
    assert refusal(unknown) == (404, "unknown_merchant")
    world.stock("TEA", 30)
    lines = [{"line": 1, "sku": "TEA", "quantity": 2, "pack": "carton"}]
    client.post("/v1/orders", json=order("SO-1") | {"lines": lines})
    world.prepare("SO-1")
    (shipment,) = client.get("/v1/shipments?status=ready").json()["items"]
    answer = client.get(f"/v1/shipments/{shipment['id']}/packing-slip.pdf")
    for words in ("Acme Teas", "Kai 1", "24 (2 cartons)", "Shipment 1 "):
        assert words in text(answer)
    assert b"/Subtype /Image" in answer.content


def test_a_packing_slip_tells_what_follows_and_what_left_before(world):
    client = world.client()
    world.stock("TEA", 3)
    client.post("/v1/orders", json=order("SO-1", ("TEA", 5), ("CUP", 2)))
    world.prepare("SO-1")
    group = client.get("/v1/orders/SO-1").json()["shipments"]
    (ready,) = [one["id"] for one in group if one["status"] == "ready"]
    path = f"/v1/shipments/{ready}"
    assert "package" not in text(client.get(f"{path}/packing-slip.pdf"))
    client.post(f"{path}/pick")
    one, two = ({"lines": [{"order_line": 1, "units": n}]} for n in (1, 2))
    client.post(f"{path}/pack", json={"packages": [one, two]})
    client.post(f"{path}/ship", json={"packages": [{"number": 1}]})

    said = text(client.get(f"{path}/packing-slip.pdf"))
    assert "follows later" in said
    assert ("1 of 2" in said, "2 of 2" in said) == (False, True)
    first = client.get(f"{path}/packages").json()["packages"][0]["shipment"]
    gone = text(client.get(f"/v1/shipments/{first}/packing-slip.pdf"))
    assert ("1 of 2" in gone, "2 of 2" in gone) == (True, False)
    later = [s["id"] for s in group if s["status"] == "backorder"]
    for shipment in later:
        refused = client.get(f"/v1/shipments/{shipment}/packing-slip.pdf")
        assert refusal(refused) == (409, "nothing_to_pack")


def test_a_pick_list_shows_a_merchant_only_its_own_lines(world):
    for merchant, sku in ((ACME, "TEA"), (BOLT, "NUT")):
        world.stock(sku, 2, merchant=merchant)
        client = world.client(merchant=merchant)
        client.post("/v1/orders", json=order(f"SO-{merchant}", (sku, 2)))
        world.prepare(f"SO-{merchant}", merchant)
    floor = world.client(Role.WAREHOUSE, None)
    made = floor.post("/v1/locations/vienna/pick-lists", json={"picker": "Pia"})
    assert made.status_code == 201, made.text
    path = f"/v1/pick-lists/{made.json()['id']}/document.pdf"

    both = text(floor.get(path))
    assert ("SO-acme" in both, "SO-bolt" in both) == (True, True)
    mine = text(world.client(Role.WAREHOUSE).get(path))
    assert ("SO-acme" in mine, "SO-bolt" in mine) == (True, False)
    assert "Quux" not in both
    unknown = floor.get("/v1/pick-lists/999/document.pdf")
    assert refusal(unknown) == (404, "unknown_pick_list")


def test_a_container_label_names_the_order_and_no_customer(world):
    container = waiting_in_a_container(world)
    path = f"/v1/containers/{container}/label.pdf"
    said = text(world.client(Role.WAREHOUSE).get(path))

    assert [words for words in ("B7", "Order SO-9", "1 unit") if words not in said] == []
    assert "Quux" not in said
    assert "B7" in text(world.client(Role.WAREHOUSE, None).get(path))
    other = world.client(Role.WAREHOUSE, BOLT).get(path)
    assert refusal(other) == (404, "unknown_container")


def test_papers_are_refused_to_who_may_not_see_them(world):
    path = picked(world)
    container = waiting_in_a_container(world)
    world.stock("TEA", 3)
    assert world.client().post("/v1/orders", json=order("SO-7")).is_success
    world.prepare("SO-7")
    floor = world.client(Role.WAREHOUSE, None)
    made = floor.post("/v1/locations/vienna/pick-lists", json={"picker": "Pia"}).json()
    papers = [
        f"{path}/packing-slip.pdf",
        f"/v1/containers/{container}/label.pdf",
        f"/v1/pick-lists/{made['id']}/document.pdf",
    ]
    headers = {
        "Authorization": "Bearer " + create_key(world.store, "g", Role.WAREHOUSE, ACME, ["graz"])
    }
    with httpx.Client(base_url=world.url, headers=headers) as elsewhere:
        for paper in papers:
            for role in (Role.INTAKE, Role.PURCHASING):
                assert refusal(world.client(role).get(paper)) == (403, "not_permitted")
            assert refusal(elsewhere.get(paper)) == (403, "other_location")
            assert httpx.get(f"{world.url}{paper}").status_code == 401
        unknown = elsewhere.get(f"{path}/packing-slip.pdf?package=77")
        assert refusal(unknown) == (403, "other_location")
    other = world.client(Role.WAREHOUSE, BOLT).get(papers[0])
    assert refusal(other) == (404, "unknown_shipment")


def test_nobody_prints_an_address_who_may_not_read_the_order():
    needed = ROUTES["print_packing_slip"]

    assert all(Permission.READ_ORDERS in has for has in GRANTS.values() if needed in has)


def test_a_packing_slip_of_what_waits_is_refused_as_the_reference_says(world):
    client = world.client()
    client.post("/v1/orders", json=order("SO-1"))
    world.prepare("SO-1")
    (waits,) = client.get("/v1/orders/SO-1").json()["shipments"]
    answer = client.get(f"/v1/shipments/{waits['id']}/packing-slip.pdf")
    assert refusal(answer) == (409, "nothing_to_pack")
