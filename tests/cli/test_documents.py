import pytest

from fulfillment.store.commands import catalogue
from tests.builders import floor
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.documents.reading import text_of


@pytest.fixture
def packed(database_url, pegboard):
    """SO-1 is packed, SO-2 on list 1, and SO-3 waits with one unit in container 1."""
    made = Warehouse.on(database_url).furnish()
    made.stock(4)
    made.order([("K1", 2)], "SO-1", address={"name": "Zoë Ångström", "city": "Malmö"})
    (shipment,) = made.shipments("ready")
    made.pick(shipment)
    made.pack(shipment)
    made.order([("K1", 1)], "SO-2")
    floor.take(made)
    staged = made.order([("K1", 2)], "SO-3", policy={"max_shipments": 1})
    floor.stage(made, staged, label="BOX-7")
    yield made
    made.engine.dispose()


def test_each_document_is_written_where_it_is_asked_for(packed, pegboard, tmp_path):
    (shipment,) = packed.shipments("packed")
    for name, id_, words in (
        ("pick-list", 1, ["Pick list 1", "SO-2", "K1"]),
        ("packing-slip", shipment, ["Zoë Ångström", "SO-1", "package 1 of 1"]),
        ("container-label", 1, ["BOX-7", "Order SO-3", "Acme"]),
    ):
        path = tmp_path / f"{name}.pdf"
        done = pegboard("document", name, id_, "-o", path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "is written" in done.stdout
        text = text_of(path.read_bytes())
        assert [word for word in words if word not in text] == []


def test_a_document_is_refused_in_words(packed, pegboard, tmp_path):
    catalogue.put_merchant(packed.store, catalogue.NewMerchant("bolt", "Bolt"))
    catalogue.put_location(packed.store, catalogue.NewLocation("Z", "Z", serves={"bolt": 1}))
    (shipment,) = packed.shipments("packed")
    path = tmp_path / "none.pdf"
    for arguments, code, words in (
        (("pick-list", 9), 1, "there is no pick list 9"),
        (("packing-slip", 999, "--merchant", MERCHANT), 1, "there is no shipment 999"),
        (("packing-slip", shipment, "--merchant", "bolt"), 1, f"no shipment {shipment}"),
        (("packing-slip", shipment), 1, "--merchant"),
        (("container-label", 1, "--merchant", "bolt"), 1, "there is no container 1"),
        (("pick-list", "x"), 2, ""),
    ):
        refused = pegboard("document", *arguments, "-o", path)
        assert (refused.returncode, words in refused.stderr) == (code, True), refused.stderr
    assert not path.exists()


def test_it_is_told_when_the_file_can_not_be_written(packed, pegboard, tmp_path):
    refused = pegboard("document", "pick-list", 1, "-o", tmp_path / "nowhere" / "list.pdf")

    assert (refused.returncode, "can not be written" in refused.stderr) == (1, True)
