"""`pegboard archive`: what is archived, a round of it, and all of it back."""

import json
from dataclasses import replace
from datetime import timedelta

from fulfillment.store.commands.orders.lifecycle import cancel
from fulfillment.store.integrity.proving import prove_past
from fulfillment.store.planning.change import change_order
from fulfillment.store.transactions.session import Store, system_clock
from tests.builders.archive import deliver
from tests.builders.feed import tell
from tests.builders.warehouse import Warehouse, command


def test_a_round_archives_what_is_over_and_all_of_it_comes_back(store: Store, process):
    past = replace(store, clock=lambda: system_clock() - timedelta(days=100))
    warehouse = Warehouse(past).furnish()
    warehouse.settings(archive_after_days=90)
    for number in ("OLD-1", "OLD-2"):
        warehouse.take(number=number)
        change_order(past, command("cancel"), cancel(number))
    tell(store)
    deliver(warehouse)
    prove_past(store)

    assert process("archive").stdout == "Nothing is archived.\n"
    done = process("archive", "--now")
    assert done.returncode == 0, done.stderr
    assert "2 orders were archived." in done.stdout
    told = json.loads(process("archive", "--json").stdout)
    assert [(month["orders"], month["taken_away"]) for month in told["months"]] == [(2, False)]

    assert process("archive", "--now", "--bring-all-back").returncode != 0
    back = json.loads(process("archive", "--bring-all-back", "--json").stdout)
    assert back == {"moved": 2, "months": []}
