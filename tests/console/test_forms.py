"""Every form: what it can not mean is told beside each field, all at once, and stays typed."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import pytest

from console.actions import ACTIONS, readers_of
from console.together import TOGETHER
from tests.api.world import World
from tests.console.furnishing import ask, furnish, send
from tests.console.visitors import Visitor, make, visitor

INPUT = re.compile(r"<(?:input|textarea)\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')

NUMBER = ("two", "-1", "1.5", "9999999999999", "9" * 5000)
DAY = ("soon", "2031-02-30", "1999-01-01", "0", "9" * 5000)
TEXT = ("x" * 600, "a\x07b", "é" * 600)
CODE = (*TEXT, "Not a code", "9" * 5000)
PARTS = (*TEXT, "1:x", "a=b=c d", "9" * 5000)
TOO_FEW = 5


@dataclass(frozen=True)
class Form:
    """A form by its address: what is chosen in it, and what nothing sensible can be typed in."""

    path: str
    chosen: Mapping[str, str]
    wrong: Mapping[str, tuple[str, ...]]

    def sent(self, at: int) -> dict[str, str]:
        """All fields wrong at once, in one of the ways."""
        wrong = {name: ways[at % len(ways)] for name, ways in self.wrong.items()}
        return {"look": "1", **self.chosen, **wrong}


def of_order(action: str, **wrong: tuple[str, ...]) -> Form:
    return Form(f"/m/acme/orders/SO-2/{action}", {"line": "1", "kind": "purchase_order"}, wrong)


def of_many(action: str, **wrong: tuple[str, ...]) -> Form:
    chosen = {"action": action, "order": "SO-2", "kind": "purchase_order"}
    return Form("/m/acme/together", chosen, wrong)


AT = {"location": "vienna", "destination": "graz", "when": "now", "how": "set",
      "disposition": "sellable", "from": "sellable", "to": "damaged"}  # fmt: skip
PO = "/m/acme/purchase-orders/PO-1"
ROW = {"sku1": TEXT, "units1": NUMBER, "on1": DAY}

FORMS = [
    of_order("priority", priority=NUMBER),
    of_order("hold", reason=CODE),
    of_order("policy", set=PARTS, unset=PARTS),
    of_order("pins", document=TEXT, units=NUMBER),
    of_order("quantity", units=NUMBER),
    of_order("cancel_date", on=DAY),
    of_order("cancel", lines=PARTS),
    of_many("priority", priority=NUMBER),
    of_many("hold", reason=CODE),
    of_many("unhold", reason=CODE),
    of_many("policy", set=PARTS, unset=PARTS),
    of_many("cancel_date", on=DAY),
    Form("/m/acme/stock/TEA/adjust", AT, {"units": NUMBER}),
    Form("/m/acme/stock/TEA/move", AT, {"units": NUMBER}),
    Form("/m/acme/stock/TEA/transfer", AT, {"units": NUMBER, "expected_on": DAY}),
    Form(f"{PO}/receive", AT, {"u1": NUMBER, "d1": NUMBER, "u2": NUMBER, "d2": NUMBER,
                               "number": TEXT, "reason": TEXT}),
    Form(f"{PO}/dates", {}, {"expected_on": DAY, "u1": NUMBER, "e1": DAY, "u2": NUMBER,
                             "e2": DAY}),
    Form("/m/acme/purchasing/new", {"at1": "graz"},
         {"number": TEXT, "supplier": TEXT, "expected_on": DAY, "over": NUMBER, **ROW}),
    Form("/m/acme/purchasing/suggestions", {"sku": "CUP"}, {"supplier": TEXT, "expected_on": DAY}),
]  # fmt: skip
every_form = pytest.mark.parametrize(
    "form",
    FORMS,
    ids=lambda one: f"{one.path.removeprefix('/m/acme/')} {one.chosen.get('action', '')}",
)


@pytest.fixture(scope="module")
def mara(shared: World) -> Visitor:
    furnish(shared)
    ask(shared, "POST", "/v1/purchase-orders/PO-1/status", status="cancelled")
    lines = [{"line": n, "sku": sku, "units": 5, "location": "vienna"}
             for n, sku in enumerate(("TEA", "CUP"), start=1)]  # fmt: skip
    ask(shared, "POST", "/v1/purchase-orders", number="PO-2", supplier="Leaf",
        expected_on="2031-03-10", lines=lines)  # fmt: skip
    send(shared, "SO-4", ("CUP", 20))
    make(shared, "mara")
    return visitor(shared, "mara")


def inputs(text: str) -> dict[str, dict[str, str]]:
    """The fields of a page's forms that are typed in, by name, as the browser is told of them."""
    found = [dict(ATTRIBUTE.findall(one)) for one in INPUT.findall(text.partition("<main")[2])]
    return {one["name"]: {name: html.unescape(value) for name, value in one.items()}
            for one in found if one.get("type", "text") in {"text", "date"}}  # fmt: skip


@every_form
def test_all_that_can_not_be_meant_is_told_beside_its_field_and_stays_typed(mara, form):
    form = placed(form)
    for at in range(TOO_FEW):
        sent = form.sent(at)
        answer = mara.client.get(form.path, params=sent)
        assert answer.status_code == 422, sent
        found = inputs(answer.text)
        for name in form.wrong:
            assert found[name]["value"] == sent[name].strip(), name
            assert found[name]["aria-invalid"] == "true", (name, sent[name])
            assert f"e-{name}" in found[name]["aria-describedby"].split()
            assert f'<div class="fault" id="e-{name}">' in answer.text
            assert f'<a href="#v-{name}">' in answer.text
        focused = re.findall(r'id="v-(\w+)"[^>]* autofocus', answer.text)
        assert focused == [next(name for name in found if name in form.wrong)]
        assert 'name="key"' not in answer.text


def placed(form: Form) -> Form:
    """The purchase order that is open, and has two lines."""
    return Form(form.path.replace("PO-1", "PO-2"), form.chosen, form.wrong)


@every_form
def test_every_field_that_is_typed_in_is_among_those_that_are_tried(mara, form):
    form = placed(form)
    values = {"look": "1", **form.chosen, "reason": "x"}
    found = inputs(mara.client.get(form.path, params=values).text)
    of_rows = {name for name in found if re.fullmatch(r"(sku|units|on)([2-9]|\d\d)", name)}
    assert set(found) - of_rows - {"note"} <= set(form.wrong)
    for name, told in found.items():
        assert int(told["maxlength"]) >= 2000, name
        assert not {"pattern", "required"} & set(told)


def test_every_action_whose_fields_are_typed_in_is_tried():
    def names(kind: str) -> set[str]:
        return {one.path.rpartition("/")[2] if kind == "one" else one.chosen["action"]
                for one in FORMS if ("action" in one.chosen) == (kind == "many")}  # fmt: skip

    typed = {"text", "number", "date"}
    assert {str(one.name) for one in ACTIONS if any(f.kind in typed for f in one.fields)} <= names(
        "one"
    )
    assert {str(one.name) for one in TOGETHER if any(f.kind in typed for f in one.fields)} <= names(
        "many"
    )
    assert all(set(readers_of(one.fields)) == {f.name for f in one.fields} for one in ACTIONS)


# --- what is sent with the button ----------------------------------------------------------------

BUTTONS = [
    ("/m/acme/orders/SO-2/hold", {"reason": "x"}),
    ("/m/acme/orders/SO-2/split", {}),
    ("/m/acme/stock/TEA/adjust", AT | {"units": "12"}),
    ("/m/acme/stock/TEA/transfer", AT | {"units": "1", "when": "later"}),
    ("/m/acme/purchase-orders/PO-2/dates", {"expected_on": "2031-04-01", "u2": "7"}),
    ("/m/acme/purchase-orders/PO-2/status/arrived", {}),
    ("/m/acme/together", {"action": "hold", "order": "SO-2", "reason": "x"}),
]  # fmt: skip


@pytest.mark.parametrize("note", ["x" * 501, "y" * 30_000, "a\x00b"])
@pytest.mark.parametrize(("path", "values"), BUTTONS)
def test_a_note_that_can_not_be_taken_is_told_and_stays_with_the_button(mara, path, values, note):
    looked = mara.client.get(path, params={"look": "1", **values})
    fields = mara.hidden(f"{path}?{httpx.QueryParams({'look': '1', **values})}")
    fields = {name: html.unescape(value) for name, value in fields.items()}
    to = re.findall(r'<form method="post" action="([^"]+)"', looked.text)[-1]
    refused = mara.post(to, **fields, note=note)
    assert refused.status_code == 422
    assert html.escape(note, quote=False) in html.unescape(refused.text) or note in refused.text
    assert '<div class="fault" id="e-note">A note is text of at most 500' in refused.text
    assert 'name="key"' in refused.text or path.endswith("together")
    assert ask(mara.world, "GET", "/v1/orders/SO-2")["holds"] == []


@pytest.mark.parametrize("name", ["", " ", "!", "x" * 61, "a\tb", "y" * 5000])
def test_a_view_keeps_the_name_that_can_not_be_taken(mara, name):
    new = mara.hidden("/m/acme/views/new?list=view%3Dall")
    fields = {name: html.unescape(value) for name, value in new.items()}
    refused = mara.post("/m/acme/views/new", **fields, name=name, shared="yes")
    assert refused.status_code == 422
    told = inputs(refused.text)["name"]
    assert (told["value"], told["aria-describedby"]) == (name, "e-name")
    assert 'name="shared" value="yes" checked' in refused.text

    mara.post("/m/acme/views/new", **fields, name=f"Kept {len(name)}")
    path = re.search(r"/m/acme/views/\d+", mara.get("/m/acme/views").text)
    assert path is not None
    change = mara.hidden(path[0])
    again = mara.post(path[0], **change, name=name)
    assert (again.status_code, inputs(again.text)["name"]["value"]) == (422, name)


def test_nothing_came_is_written_as_0_or_left_empty(mara):
    path = "/m/acme/purchase-orders/PO-2/receive"
    text = mara.client.get(path, params={"look": "1", "location": "vienna", "u1": "0", "d1": "",
                                         "u2": "3", "d2": "00"}).text  # fmt: skip
    assert "What it would release" in text
    nothing = mara.client.get(path, params={"look": "1", "location": "vienna", "u1": "0"})
    assert nothing.status_code == 422
    assert "Say of at least one line how many units came" in nothing.text


def test_a_line_of_a_receipt_that_is_refused_is_told_at_its_own_field(mara):
    values = {"look": "1", "location": "vienna", "u1": "0", "d1": "1", "u2": "9"}
    answer = mara.client.get("/m/acme/purchase-orders/PO-2/receive", params=values)
    assert answer.status_code == 422
    assert re.search(r'id="e-u2">Line 2 has 5 units outstanding, not 9', answer.text)
    assert inputs(answer.text)["u2"]["value"] == "9"
    assert inputs(answer.text)["d1"]["value"] == "1"


def test_a_day_and_no_day_together_are_refused_unless_the_day_stands_there(mara):
    path = "/m/acme/purchase-orders/PO-2/dates"
    both = {"look": "1", "expected_on": "2031-05-01", "no_day": "1", "e1": "2031-05-02", "n1": "1"}
    answer = mara.client.get(path, params=both)
    assert answer.text.count("not both") == 4
    stands = mara.client.get(path, params=both | {"expected_on": "2031-03-10", "e1": ""})
    assert stands.status_code == 200


def test_lines_of_a_button_that_are_not_whole_are_refused_and_not_passed_over(mara):
    path = "/m/acme/purchase-orders/PO-2/receive"
    fields = mara.hidden(f"{path}?look=1&location=vienna&u1=1")
    for lines in ("1:1", "1:1: 2:1:1:1", "x:1:", "1:1: " * 1001):
        refused = mara.post(path, **(fields | {"lines": lines}))
        assert refused.status_code == 422, lines
        assert "its form is not whole" in refused.text
