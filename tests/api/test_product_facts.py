"""What is known of a product beside its stock: barcodes, weight, size, origin, customs code."""

import pytest

EAN, CARTON, OTHER = "4006381333931", "14006381333938", "96385074"
FACTS = {
    "name": "Cocoa", "packs": {"carton": 12}, "barcodes": {EAN: None, CARTON: "carton"},
    "weight_g": 250, "length_mm": 80, "width_mm": 80, "height_mm": 120,
    "country_of_origin": "GH", "customs_code": "18050000", "bins": {"vienna": "B-07-1"},
}  # fmt: skip


def test_facts_of_a_product_are_kept_and_shown(world, admin):
    put = admin.put("/v1/products/COCOA", json=FACTS)
    assert put.status_code == 200
    assert FACTS.items() <= put.json().items()
    assert admin.get("/v1/products/COCOA").json() == put.json()
    plain = admin.put("/v1/products/COCOA", json={"name": "Cocoa"}).json()
    assert (plain["barcodes"], plain["weight_g"]) == ({}, None)


def test_a_barcode_is_on_one_product_alone_and_can_move(world, admin):
    assert admin.put("/v1/products/COCOA", json=FACTS).status_code == 200
    taken = admin.put("/v1/products/CUP", json={"name": "Cup", "barcodes": {EAN: None}})
    assert (taken.status_code, taken.json()["code"]) == (409, "barcode_in_use")
    both = [
        {"sku": "COCOA", "name": "Cocoa", "barcodes": {OTHER: None}},
        {"sku": "CUP", "name": "Cup", "barcodes": {EAN: None}},
    ]
    assert admin.post("/v1/products/batch", json={"products": both}).status_code == 200
    assert admin.get("/v1/products/CUP").json()["barcodes"] == {EAN: None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"barcodes": {"4006381333932": None}},
        {"barcodes": {"123": None}},
        {"barcodes": {EAN: "pallet"}},
        {"weight_g": 0},
        {"country_of_origin": "Ghana"},
        {"customs_code": "18.05"},
        {"bins": {"nowhere": "A-1"}},
        {"bins": {"vienna": ""}},
    ],
)
def test_fact_is_refused_when_it_can_not_be(world, admin, wrong):
    assert admin.put("/v1/products/COCOA", json=FACTS | wrong).status_code == 422


def test_packs_are_shown_on_shipments_and_pick_lists(world, admin):
    world.stock("TEA", 40)
    asked = {"number": "P-1", "lines": [{"line": 1, "sku": "TEA", "quantity": 2, "pack": "carton"}],
             "address": {"line1": "1 Street", "city": "Wien", "country": "AT"}}  # fmt: skip
    assert admin.post("/v1/orders", json=asked).status_code == 202
    world.prepare("P-1")
    pack = {"name": "carton", "units": 12, "quantity": 2, "loose": 0}
    (shipment,) = admin.get("/v1/shipments?status=ready").json()["items"]
    assert shipment["lines"][0]["pack"] == pack
    assert admin.get("/v1/orders/P-1").json()["shipments"][0]["lines"][0]["pack"] == pack
    made = admin.post("/v1/locations/vienna/pick-lists", json={}).json()
    assert made["walk"][0]["sort"][0]["pack"] == pack


def test_pick_lists_walk_by_bin_and_end_with_what_has_none(world, admin):
    bins = {"COCOA": {"vienna": "B-07-1"}, "CUP": {}, "TEA": {"vienna": "A-01-3"}}
    for sku, its in bins.items():
        put = admin.put(f"/v1/products/{sku}", json={"name": sku, "bins": its})
        assert put.status_code == 200
        world.stock(sku, 5)
    lines = [{"line": n, "sku": sku, "quantity": 1} for n, sku in enumerate(bins, start=1)]
    address = {"line1": "1 Street", "city": "Wien", "country": "AT"}
    asked = {"number": "P-1", "lines": lines, "address": address}
    assert admin.post("/v1/orders", json=asked).status_code == 202
    world.prepare("P-1")
    made = admin.post("/v1/locations/vienna/pick-lists", json={}).json()
    walk = [(stop["sku"], stop["bin"]) for stop in made["walk"]]
    assert walk == [("TEA", "A-01-3"), ("COCOA", "B-07-1"), ("CUP", None)]


def test_a_bin_at_a_location_of_others_is_refused_with_its_place(world, admin):
    refused = admin.put("/v1/products/TEA", json={"name": "Tea", "bins": {"nowhere": "A-1"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_location")
    assert "nowhere" in refused.json()["detail"]
