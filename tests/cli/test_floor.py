from fulfillment.store.commands import catalogue
from tests.builders import floor


def test_work_is_taken_confirmed_put_back_and_missed(warehouse, pegboard, told):
    warehouse.stock(5)
    order = warehouse.order([("K1", 5)], "SO-1")
    (shipment,) = warehouse.shipments("ready")
    taken = pegboard("pick", "create", "--location", "A", "--picker", "Pia")
    assert (taken.returncode, taken.stderr) == (0, "")
    assert "Pick list 1: picking, to ship, at A, with Pia" in taken.stdout
    none = pegboard("pick", "create", "--location", "A", "--picker", "Kim")
    assert (none.returncode, "nothing can be picked at A" in none.stderr) == (1, True)
    assert "SO-1" in pegboard("pick", "confirm", 1, f"{shipment}/1=4").stdout
    back = told("pick", "unpick", 1, f"{shipment}/1=1")
    assert (back["walk"][0]["picked"], back["walk"][0]["left"]) == (3, 2)
    assert pegboard("pick", "give-up", 1).returncode == 1
    missed = pegboard("pick", "short", 1, shipment, 1, "--found", 3, "--reason", "Two were broken.")
    assert missed.stdout == ("2 units short; what was found goes on; order SO-1 is picking\n")
    (listed,) = told("pick", "list", "--location", "A", "--status", "done")["items"]
    assert (listed["picker"], listed["picked"], listed["short"]) == ("Pia", 3, 2)
    assert "Pia" in pegboard("pick", "list").stdout
    assert told("pick", "show", 1)["status"] == "done"
    assert warehouse.status(order) == "picking"

    shown = pegboard("task", "list", "--location", "A", "--kind", "count").stdout
    assert "Two were broken." in shown
    (task,) = told("task", "list")["items"]
    finished = pegboard("task", "finish", task["id"])
    assert finished.stdout == f"Task {task['id']} is done: count of 2 K1 at A\n"
    assert pegboard("task", "finish", task["id"]).returncode == 1
    assert told("task", "list")["items"] == []


def test_one_list_holds_the_work_of_all_merchants_unless_one_is_named(warehouse, pegboard, told):
    catalogue.put_merchant(warehouse.store, catalogue.NewMerchant("bolt", "Bolt"))
    warehouse.stock(2)
    warehouse.order([("K1", 1)], "SO-1")
    bolts = pegboard("pick", "create", "--location", "A", "--picker", "P", "--merchant", "bolt")
    assert (bolts.returncode, "nothing can be picked" in bolts.stderr) == (1, True)
    taken = told("pick", "create", "--location", "A", "--picker", "P", "--order", "SO-1")
    assert [one["merchant"] for one in taken["shipments"]] == ["acme"]
    for verb, rest in (("show", ()), ("confirm", ("--all",)), ("give-up", ())):
        hidden = pegboard("pick", verb, taken["id"], *rest, "--merchant", "bolt")
        assert (hidden.returncode, "there is no pick list" in hidden.stderr) == (1, True)
    given_up = pegboard("pick", "give-up", taken["id"])
    assert given_up.stdout == f"Pick list {taken['id']} is given up\n"
    again = told("pick", "create", "--location", "A", "--picker", "P", "--merchant", "acme")
    done = told("pick", "confirm", again["id"], "--all", "--merchant", "acme")
    assert done["status"] == "done"
    assert warehouse.shipments("picked")


def test_waiting_units_are_staged_listed_and_taken_out(warehouse, pegboard, told):
    warehouse.stock(3)
    warehouse.order([("K1", 5)], "SO-1", policy={"max_shipments": 1})
    suggested = pegboard("stage", "suggestions", "--location", "A")
    assert "SO-1 (3)" in suggested.stdout
    assert told("stage", "suggestions")["items"][0]["waits_for"] == "K1"
    put = pegboard("stage", "put", "SO-1", "1=2", "--location", "A", "--container", "BIN-1")
    assert "Container BIN-1, order SO-1: status awaiting_stock" in put.stdout
    work = ("pick", "create", "--location", "A", "--picker", "Pia", "--stage")
    taken = told(*work)
    told("pick", "confirm", taken["id"], "--all", "--container", "SO-1=BIN-1")
    assert floor.containers(warehouse) == {"BIN-1": {1: 3}}
    (bin_,) = told("stage", "list", "--order", "SO-1")["items"]
    assert (bin_["label"], bin_["waits_for"]) == ("BIN-1", [{"sku": "K1", "units": 2}])
    assert "K1 (3)" in pegboard("stage", "list", "--location", "A").stdout

    out = ("stage", "take-out", "SO-1", "--location", "A")
    assert pegboard(*out, "--all", "--preview").returncode == 0
    assert floor.containers(warehouse) == {"BIN-1": {1: 3}}
    assert "status awaiting_stock" in pegboard(*out, "1=1", "--note", "Full.").stdout
    assert floor.containers(warehouse) == {"BIN-1": {1: 2}}
    assert told(*out, "--all")["status"] == "awaiting_stock"
    assert floor.containers(warehouse) == {}


WRONG: list[tuple[tuple[object, ...], int, str]] = [
    (("pick", "create", "--location", "moon", "--picker", "P"), 1, "--location: there is no"),
    (("pick", "create", "--location", "A", "--picker", ""), 2, "--picker: string should have"),
    (("pick", "create", "--location", "A", "--picker", "P", "--order", "a\tb"), 2, "--order: "),
    (("pick", "list", "--status", "lost"), 2, "--status is one of picking, done, given_up"),
    (("pick", "show", 9), 1, "there is no pick list 9"),
    (("pick", "confirm", 1), 2, "name SHIPMENT/LINE=UNITS, or --all"),
    (("pick", "confirm", 1, "1/1=1", "--all"), 2, "name SHIPMENT/LINE=UNITS"),
    (("pick", "confirm", 1, "1=1"), 2, "write picked units as SHIPMENT/LINE=UNITS, as 42/1=3"),
    (("pick", "confirm", 1, "1/1=0"), 2, "SHIPMENT/LINE=UNITS: input should be greater"),
    (("pick", "confirm", 1, "999/1=1"), 1, "999"),
    (("pick", "confirm", 1, "--all", "--container", "BIN"), 2, "a container as ORDER=LABEL"),
    (("pick", "unpick", 1, "--all"), 1, "nothing of list 1 is picked"),
    (("pick", "short", 1, 999, 1, "--found", 0, "--reason", "x"), 1, "999 is not on pick list 1"),
    (("pick", "short", 1, 1, 1, "--found", 0, "--reason", ""), 2, "--reason: string should have"),
    (("stage", "put", "SO-1", "--location", "A"), 2, "name LINE=UNITS, or --all"),
    (("stage", "put", "SO-1", "1=1", "1=2", "--location", "A"), 2, "names each line once"),
    (("stage", "put", "SO-9", "--all", "--location", "A"), 1, "there is no order SO-9"),
    (("stage", "put", "SO-1", "--all", "--location", "A", "--container", "a\tb"), 2, "--container"),
    (("stage", "take-out", "SO-1", "1", "--location", "A"), 2, "write units of a line as"),
    (("task", "list", "--kind", "lost"), 2, "--kind is one of short_pick, count, put_back"),
    (("task", "finish", 9), 1, "there is no task 9"),
]


def test_wrong_input_is_told_in_its_first_line(warehouse, pegboard):
    warehouse.stock(1)
    warehouse.order([("K1", 1)], "SO-1")
    floor.take(warehouse)
    for arguments, code, words in WRONG:
        done = pegboard(*arguments)
        first = done.stderr.splitlines()[0]
        assert (done.returncode, done.stdout, words in first) == (code, "", True), done.stderr
