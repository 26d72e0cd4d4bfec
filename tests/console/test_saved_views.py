"""Lists under names, with the columns that somebody chose: own ones, shared ones, and files."""

import csv
import html
import io
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from console.columns import COLUMNS, USUAL
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration import saved_views
from fulfillment.store.commands.administration.saved_views import NewView
from fulfillment.store.transactions.session import Command
from tests.api.world import BOLT, World
from tests.console.furnishing import furnish, send
from tests.console.visitors import HIDDEN, Visitor, make, visitor

TAB = re.compile(r'<a class="saved" href="([^"]+)"[^>]*>([^<]+?) ?<')
HEAD = re.compile(r"<th(?: class=\"number\")?>([^<]+)</th>")
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def world(shared: World) -> World:
    furnish(shared)
    send(shared, "SO-4", ("TEA", 1), customer_reference="=SUM(A1)")
    for name, role in (("mara", Role.INTAKE), ("tom", Role.INTAKE), ("ada", Role.ADMIN)):
        make(shared, name, role)
    make(shared, "bob", Role.ADMIN, Scope(frozenset({BOLT})))
    make(shared, "linz", Role.WAREHOUSE, Scope(None, frozenset({"linz"})))
    return shared


@pytest.fixture
def mara(world: World) -> Visitor:
    """Somebody with nothing saved: what the test before saved is gone."""
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM saved_view")
    return visitor(world, "mara")


def save(one: Visitor, name: str, query: str = "view=backordered&sku=TEA", **more: str):
    fields = one.hidden(f"/m/acme/views/new?{urlencode({'list': query})}")
    return one.post("/m/acme/views/new", **{key: html.unescape(v) for key, v in fields.items()},
                    name=name, **more)  # fmt: skip


def tabs(one: Visitor) -> dict[str, str]:
    text = one.get("/m/acme/orders").text
    return {html.unescape(name): html.unescape(to) for to, name in TAB.findall(text)}


def page_of(one: Visitor, name: str) -> str:
    found = re.search(r"saved=(\d+)", tabs(one)[name])
    assert found is not None
    return f"/m/acme/views/{found[1]}"


def forms(one: Visitor, path: str) -> dict[str, str]:
    return {row["name"]: html.unescape(row["value"]) for row in HIDDEN.finditer(one.get(path).text)}


def test_a_list_is_saved_under_a_name_and_is_a_tab_that_opens_it(mara):
    assert "Nothing is saved yet" in mara.get("/m/acme/views").text
    done = save(mara, " Tea  that waits ", "view=backordered&sku=TEA&sort=ship_by&columns=status")
    assert done.status_code == 303
    (name, address), *_ = tabs(mara).items()
    assert name == "Tea  that waits"
    assert address.startswith("/m/acme/orders?view=backordered&sort=ship_by&sku=TEA")
    assert "columns=number,status&saved=" in address
    text = mara.get(address).text
    assert 'aria-current="page">Tea  that waits' in text
    assert HEAD.findall(text) == ["Order", "Status"]
    assert "SO-2" in text
    assert "SO-1" not in text
    assert tabs(visitor(mara.world, "tom")) == {}


def test_a_shared_view_is_everybodys_tab_with_the_rows_that_each_may_see(mara):
    save(mara, "Open", "view=all", shared="yes")
    tom, linz = visitor(mara.world, "tom"), visitor(mara.world, "linz")
    assert list(tabs(tom)) == list(tabs(linz)) == ["Open"]
    assert "SO-2" in tom.get(tabs(tom)["Open"]).text
    assert "SO-2" not in linz.get(tabs(linz)["Open"]).text
    bob = visitor(mara.world, "bob")
    assert bob.get(page_of(mara, "Open")).status_code == 404
    assert bob.get(page_of(mara, "Open").replace("acme", "bolt")).status_code == 404


def test_a_view_is_renamed_shared_replaced_and_deleted_by_its_owner_or_an_admin(mara):
    save(mara, "Mine")
    path = page_of(mara, "Mine")
    tom, ada = visitor(mara.world, "tom"), visitor(mara.world, "ada")
    assert tom.get(path).status_code == 404
    assert ada.get(path).status_code == 200
    assert mara.post(path, **forms(mara, path), name="Ours", shared="yes").status_code == 303
    assert "Only mara, or an admin, changes it" in tom.get(path).text
    fields = forms(mara, path)
    token = forms(tom, "/m/acme/orders")["token"]
    assert tom.post(path, **(fields | {"token": token}), name="Tom's").status_code == 409
    assert tom.post(f"{path}/delete", **(fields | {"token": token})).status_code == 409

    replaced = f"{path}?{urlencode({'list': 'view=overdue'})}"
    assert "Its list becomes:</strong> Overdue" in mara.get(replaced).text
    assert mara.post(path, **forms(mara, replaced), name="Ours").status_code == 303
    assert tabs(mara)["Ours"].startswith("/m/acme/orders?view=overdue")
    fields = forms(ada, path)
    assert "Ours" in ada.get("/m/acme/views").text
    for _ in range(2):
        gone = ada.post(f"{path}/delete", **fields)
        assert gone.headers["Location"] == "/m/acme/views?done=deleted"
    assert tabs(mara) == {}


def test_a_page_of_a_view_that_was_changed_meanwhile_does_nothing(mara):
    save(mara, "Mine")
    path = page_of(mara, "Mine")
    stale = forms(mara, path)
    mara.post(path, **forms(mara, path), name="Other")
    for answer in (mara.post(path, **stale, name="Third"), mara.post(f"{path}/delete", **stale)):
        assert answer.status_code == 409
        assert "was changed since you looked at it" in answer.text
    assert list(tabs(mara)) == ["Other"]


def test_a_name_is_given_once_in_capitals_or_not(mara):
    assert save(mara, "Tea").status_code == 303
    again = save(mara, "tEA")
    assert again.status_code == 409
    assert "There is a view tEA already" in again.text
    assert 'value="tEA"' in again.text
    tom = visitor(mara.world, "tom")
    assert save(tom, "Tea", shared="yes").status_code == 303
    assert save(mara, "Cup", shared="yes").status_code == 303
    path = page_of(mara, "Tea")
    assert mara.post(path, **forms(mara, path), name="Tea", shared="yes").status_code == 409


def test_two_who_share_one_name_at_the_same_time_have_it_once(mara):
    two = [mara, visitor(mara.world, "tom")]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda one: save(one, "Ours", shared="yes").status_code, two))
    assert sorted(answers) == [303, 409]
    assert len(tabs(mara)) == 1


def test_a_form_that_is_sent_twice_saves_one(mara):
    fields = forms(mara, f"/m/acme/views/new?{urlencode({'list': 'view=all'})}")
    answers = [mara.post("/m/acme/views/new", **fields, name="Once") for _ in range(2)]
    assert [one.headers["Location"] for one in answers] == [tabs(mara)["Once"]] * 2


def test_there_are_fifty_and_no_more(mara):
    with mara.world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO saved_view (merchant, owner, name, asked, shared)"
            " SELECT 'acme', 'tom', 'V' || n, '{}', true FROM generate_series(1, 50) n"
        )
    assert "There are 50 views already" in save(visitor(mara.world, "tom"), "More").text
    assert "There are 50 views already" in save(mara, "More", shared="yes").text
    assert save(mara, "Mine").status_code == 303


@pytest.mark.parametrize("name", ["", "  ", "!", "x" * 61, "a\tb"])
def test_a_name_that_can_not_be_shown_is_refused(mara, name):
    answer = save(mara, name)
    assert answer.status_code == 422
    assert "The name " in answer.text
    assert tabs(mara) == {}


@pytest.mark.parametrize("query", ["view=lost", "size=3", "columns=lost", "sku=%00", "&a=1" * 99])
def test_what_is_no_list_is_not_saved(mara, query):
    answer = mara.get(f"/m/acme/views/new?{urlencode({'list': query})}")
    assert answer.status_code == 422


def test_a_view_whose_filter_is_no_longer_known_says_so_and_can_be_deleted(mara):
    command = Command("acme", "save_view", "save_view:mara:old", "test")
    new = NewView("mara", "Old", {"warehouse": "vienna"}, shared=False)
    old = saved_views.save_view(mara.world.store, command, new)
    text = mara.get("/m/acme/orders").text
    assert "can not be shown" in text
    path = f"/m/acme/views/{old.id}"
    for page in ("/m/acme/views", path):
        assert "There is no filter &#39;warehouse&#39; of orders" in mara.get(page).text
    assert mara.post(f"{path}/delete", **forms(mara, path)).status_code == 303


def test_a_script_in_a_name_or_a_filter_is_text(mara):
    save(mara, SCRIPT, urlencode({"q": SCRIPT}), shared="yes")
    path = page_of(mara, SCRIPT)
    for one in (mara, visitor(mara.world, "tom")):
        for page in ("/m/acme/orders", "/m/acme/views", path, tabs(one)[SCRIPT]):
            text = one.get(page).text
            assert SCRIPT not in text
            assert html.escape(SCRIPT) in text


def test_columns_are_those_that_were_chosen_on_the_page_and_in_the_file(mara):
    path = "/m/acme/orders?view=all"
    assert HEAD.findall(mara.get(path).text) == [one.title for one in USUAL]
    chosen = "columns=customer_reference&columns=status,promise"
    text = mara.get(f"{path}&{chosen}").text
    assert HEAD.findall(text) == ["Order", "Customer&#39;s reference", "Status", "Promise"]
    assert "=SUM(A1)" in text
    rows = list(csv.reader(io.StringIO(mara.get(f"/m/acme/orders.csv?view=all&{chosen}").text)))
    assert rows[0] == ["\ufeffnumber", "customer_reference", "status", "promise"]
    assert rows[-1][:2] == ["SO-4", "'=SUM(A1)"]
    every = list(csv.reader(io.StringIO(mara.get("/m/acme/orders.csv?view=all").text)))
    assert every[0] == ["\ufeffnumber", *(one.name for one in COLUMNS[1:])]
    shown = mara.get(f"{path}&columns={','.join(one.name for one in COLUMNS)}").text
    assert len(HEAD.findall(shown)) == len(COLUMNS)
    assert mara.get(f"{path}&columns=lost").status_code == 422
