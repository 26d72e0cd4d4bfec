"""Many orders changed together: the preview, one result for each, once, whatever comes between."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from console.pages import together_result
from console.together import MOST_TOGETHER, TOGETHER, seen, written
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.reading.views.together import SeenOrder
from tests.api.world import World
from tests.console.furnishing import ask, furnish, send
from tests.console.visitors import HIDDEN, Visitor, make, visitor

ACTION = re.compile(r'<form method="post" action="(/m/acme/together/[0-9a-f-]{36})"')
RESULT = re.compile(
    r'<th scope="row" class="plain">(?:<a href="[^"]+">)?([^<]+)(?:</a>)?</th>\s*'
    r'<td><span class="badge ?\w*">([\w ]+)</span></td>\s*<td>(.*?)</td>'
)
FORESEEN = re.compile(
    r'<th scope="rowgroup"[^>]*><a href="[^"]+">([^<]+)</a>.*?</tbody>', re.DOTALL
)


@pytest.fixture
def mara(world: World) -> Visitor:
    furnish(world)
    make(world, "mara", full="Mara Holm")
    return visitor(world, "mara")


@pytest.fixture(scope="module")
def looking(shared: World) -> Visitor:
    """Somebody who does nothing, for the tests of a file."""
    furnish(shared)
    make(shared, "mara", full="Mara Holm")
    return visitor(shared, "mara")


@dataclass
class Form:
    """The button of a preview: where it leads, and what it carries."""

    path: str
    fields: dict[str, str]


def address(*orders: str, **values: str) -> str:
    said = [*(("order", one) for one in orders), *values.items()]
    return f"/m/acme/together?{urlencode(said)}"


def previewed(one: Visitor, *orders: str, **values: str) -> Form:
    answer = one.get(address(*orders, look="1", **values))
    assert answer.status_code == 200, answer.text
    path = ACTION.search(answer.text)
    assert path, answer.text
    text = answer.text[path.start() :]
    fields = {row["name"]: html.unescape(row["value"]) for row in HIDDEN.finditer(text)}
    return Form(path[1], fields)


def press(one: Visitor, form: Form, **more: str) -> dict[str, str]:
    """Press the button, and what the page then says of each order."""
    answer = one.post(form.path, **form.fields, **more)
    assert (answer.status_code, answer.headers.get("Location")) == (303, form.path), answer.text
    return results(one, form.path)


def results(one: Visitor, path: str) -> dict[str, str]:
    text = one.get(path).text
    return {number: outcome for number, outcome, _ in RESULT.findall(text)}


def kinds(one: Visitor, number: str) -> list[str]:
    return [each["kind"] for each in ask(one.world, "GET", f"/v1/orders/{number}/history")["items"]]


def holds(one: Visitor, number: str) -> list[str]:
    found: list[str] = ask(one.world, "GET", f"/v1/orders/{number}")["holds"]
    return found


def test_each_order_has_its_own_result_and_one_that_changed_meanwhile_is_left_alone(mara):
    form = previewed(mara, "SO-1", "SO-2", "SO-3", action="hold", reason="payment_review")
    ask(mara.world, "POST", "/v1/orders/SO-2/priority", priority=20)

    found = press(mara, form, note="Agreed by phone.")
    assert found == {"SO-1": "done", "SO-2": "changed since", "SO-3": "done"}
    assert [holds(mara, one) for one in ("SO-1", "SO-2", "SO-3")] == [
        ["payment_review"], [], ["payment_review"],
    ]  # fmt: skip
    history = ask(mara.world, "GET", "/v1/orders/SO-1/history")["items"]
    assert (history[-1]["actor"], history[-1]["reason"]) == (
        "Mara Holm (user mara)",
        "Agreed by phone.",
    )
    text = mara.get(form.path).text
    assert "2 of 3 done" in text
    again = re.search(r'<a class="button main" href="([^"]+)">Look again', text)
    assert again is not None
    assert "on hold" in mara.get(html.unescape(again[1])).text
    fresh = previewed(mara, "SO-2", action="hold", reason="payment_review")
    assert press(mara, fresh) == {"SO-2": "done"}


def test_a_form_that_is_sent_twice_or_by_two_at_once_acts_once(mara):
    form = previewed(mara, "SO-1", "SO-2", "SO-3", action="priority", priority="30")
    with ThreadPoolExecutor(2) as two:
        answers = list(two.map(lambda _: mara.post(form.path, **form.fields), range(2)))
    assert [one.status_code for one in answers] == [303, 303]
    assert set(press(mara, form).values()) == {"done"}
    for number in ("SO-1", "SO-2", "SO-3"):
        assert kinds(mara, number).count("priority_changed") == 1


def test_an_order_that_those_before_it_changed_is_not_stale(mara):
    """The second takes units from the third, and so on: nobody else came between."""
    send(mara.world, "SO-4", ("TEA", 3))
    form = previewed(mara, "SO-3", "SO-4", action="priority", priority="10")
    versions = form.fields["orders"]
    form.fields["orders"] = " ".join(
        [*versions.split(), *previewed(mara, "SO-2", action="split").fields["orders"].split()]
    )
    assert press(mara, form) == {"SO-3": "done", "SO-4": "done", "SO-2": "done"}
    assert ask(mara.world, "GET", "/v1/orders/SO-3")["lines"][0]["allocated"] == 3
    assert ask(mara.world, "GET", "/v1/orders/SO-2")["lines"][0]["allocated"] == 0


def test_the_key_with_other_orders_is_refused_and_the_result_stays(mara):
    form = previewed(mara, "SO-1", action="priority", priority="30")
    press(mara, form)
    other = previewed(mara, "SO-2", action="priority", priority="30")
    answer = mara.post(form.path, **other.fields)
    assert answer.status_code == 409
    assert results(mara, form.path) == {"SO-1": "done"}
    assert "priority_changed" not in kinds(mara, "SO-2")


def test_what_was_interrupted_is_seen_and_goes_on_where_it_was(mara, monkeypatch):
    form = previewed(mara, "SO-1", "SO-2", "SO-3", action="hold", reason="recount")
    with monkeypatch.context() as patched:
        patched.setattr(together_result, "SECONDS", -1.0)
        assert set(press(mara, form).values()) == {"not yet"}
    text = mara.get(form.path).text
    assert "3 not yet." in text
    assert "Go on with the rest" in text

    token = form.fields["token"]
    assert mara.post(form.path, token=token, go_on="yes").status_code == 303
    assert set(results(mara, form.path).values()) == {"done"}
    numbers = ("SO-1", "SO-2", "SO-3")
    before = [kinds(mara, one) for one in numbers]
    assert mara.post(form.path, token=token, go_on="yes").status_code == 303
    assert [kinds(mara, one) for one in numbers] == before
    assert [holds(mara, one) for one in numbers] == [["recount"]] * 3


def test_what_is_refused_says_why_and_is_not_tried_again(mara):
    text = mara.get(address("SO-1", "SO-2", action="remove_unavailable")).text
    assert "Not possible." in text
    assert ACTION.search(mara.get(address("SO-1", action="remove_unavailable")).text) is None
    form = previewed(mara, "SO-1", "SO-2", action="remove_unavailable")
    assert press(mara, form) == {"SO-1": "refused", "SO-2": "done"}
    why = next(why for number, _, why in RESULT.findall(mara.get(form.path).text)
               if number == "SO-1")  # fmt: skip
    assert why
    assert press(mara, form) == {"SO-1": "refused", "SO-2": "done"}


def test_the_preview_gives_no_unit_twice_and_names_others_that_it_touches(mara):
    for number in ("SO-4", "SO-5"):
        send(mara.world, number, ("CUP", 2), policy={"auto_allocate": "never"})
    mara.world.stock("CUP", 4)
    text = mara.get(address("SO-4", "SO-5", action="allocate", look="1")).text
    rows = {row[1]: row[0] for row in FORESEEN.finditer(text)}
    assert "<td>0</td><td><strong>2</strong>" in rows["SO-4"]
    assert "Not possible." in rows["SO-5"]

    form = previewed(mara, "SO-4", "SO-5", action="allocate")
    assert press(mara, form) == {"SO-4": "done", "SO-5": "refused"}
    moved = mara.get(address("SO-3", "SO-4", action="priority", look="1", priority="10")).text
    assert "Other orders" in moved
    assert "another order" in moved


def test_the_first_of_a_list_are_chosen_by_its_address(looking):
    text = looking.get(f"/m/acme/together?{urlencode({'list': 'view=backordered'})}").text
    assert "2 orders" in text
    assert "SO-1" not in text
    assert "Choose all of this page" in looking.get("/m/acme/orders").text
    assert looking.get("/m/acme/orders?choose=all").text.count(" checked></td>") == 3


EVERY = {
    "priority": {"priority": "40"}, "hold": {"reason": "x"}, "lock": {"location": "vienna"},
    "policy": {"set": "max_shipments=2"}, "cancel_date": {"on": "2031-05-01"},
}  # fmt: skip


def test_every_action_is_done_where_it_is_allowed_and_has_no_button_elsewhere(mara):
    for action in (str(action.name) for action in TOGETHER):
        number = f"X-{action}"
        send(mara.world, number, ("TEA", 2), ("CARD", 1), policy={"max_shipments": 1})
        values = EVERY.get(action, {})
        if action in ask(mara.world, "GET", f"/v1/orders/{number}")["actions"]["allowed"]:
            form = previewed(mara, number, action=action, **values)
            assert press(mara, form) == {number: "done"}, action
        else:
            refused = mara.get(address(number, action=action, look="1", **values)).text
            assert ACTION.search(refused) is None, action


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"action": "nonsense"}, 404, "There is no such thing"),
        ({"action": "pins"}, 404, "There is no such thing"),
        ({"action": "priority", "look": "1", "priority": "x"}, 422, "whole number from 0"),
        ({"action": "hold", "look": "1", "reason": "Not A Code"}, 422, "short code"),
        ({"action": "policy", "look": "1", "set": "a"}, 422, "name=value"),
        ({"list": "view=lost"}, 422, "View is one of"),
    ],
)
def test_what_can_not_be_asked_is_refused_before_anything_is_done(looking, values, status, words):
    answer = looking.get(address("SO-1", **values))
    assert answer.status_code == status
    assert words in answer.text


def test_orders_that_there_are_not_are_left_out_and_too_many_refused(looking):
    text = looking.get(address("SO-1", "SO-9", "\x00", action="hold", look="1", reason="x")).text
    assert "Left out" in text
    assert "SO-9" in text
    assert looking.get(address(*map(str, range(MOST_TOGETHER + 1)))).status_code == 422
    assert "No order is chosen" in looking.get("/m/acme/together").text


@pytest.mark.parametrize("orders", ["", "SO-1", "SO-1:x", "SO-1:1 SO-1:1", "%00:1", "a:1 :2"])
def test_a_form_that_is_not_whole_does_nothing(looking, orders):
    form = previewed(looking, "SO-1", action="hold", reason="x")
    answer = looking.post(form.path, **(form.fields | {"orders": orders}))
    assert answer.status_code == 422
    assert looking.get(form.path).status_code == 404
    assert holds(looking, "SO-1") == []


def test_orders_are_written_as_they_are_read():
    orders = tuple(SeenOrder(number=one, version=at) for at, one in enumerate(["A/7 #1", "ä:b"]))
    assert seen(written(orders)) == orders
    with pytest.raises(RefusedError):
        seen(written(SeenOrder(number=str(at), version=1) for at in range(MOST_TOGETHER + 1)))


SCRIPT = "<script>alert(1)</script>"


def test_a_script_in_a_number_or_a_note_is_text(mara):
    number = f"SO {SCRIPT}"
    send(mara.world, number, ("TEA", 1))
    form = previewed(mara, number, action="hold", reason="x")
    assert press(mara, form, note=SCRIPT) == {html.escape(number): "done"}
    for path in (address(number), address(number, action="hold", look="1", reason=SCRIPT),
                 address(SCRIPT), form.path):  # fmt: skip
        text = mara.get(path).text
        assert SCRIPT not in text
        assert html.escape(SCRIPT) in text


def test_who_may_not_write_orders_chooses_none_and_sees_results_of_its_places_only(mara):
    form = previewed(mara, "SO-1", "SO-3", action="hold", reason="x")
    press(mara, form)
    make(mara.world, "wim", Role.WAREHOUSE)
    wim = visitor(mara.world, "wim")
    assert 'name="order"' not in wim.get("/m/acme/orders").text
    assert wim.get(address("SO-1")).status_code == 403
    assert set(results(wim, form.path)) == {"SO-1", "SO-3"}
    assert mara.get(form.path.replace("acme", "bolt")).status_code == 404
