"""A what-if as it is answered to programs: who gains, who loses, and where the look stopped."""

from collections.abc import Sequence

from fulfillment.domain.insight.gains import Gain, gain, totals
from fulfillment.domain.insight.wishes import Wish
from fulfillment.store.commands.what_if import Copy, facts_of, put_on_copy, read_applications
from fulfillment.store.reading.places import orders_at
from fulfillment.store.reading.views.what_if import WhatIfOrder, WhatIfStop, WhatIfView
from fulfillment.store.transactions.session import Tx


def read_what_if(
    tx: Tx, wishes: Sequence[Wish], places: Sequence[str] | None, most: int
) -> tuple[Copy, WhatIfView]:
    """Try the wishes on a copy; `most` orders are told one by one. Run it by `Store.simulate`.

    Of orders that have nothing to do with these places it is only told how many they are.
    """
    copy = put_on_copy(tx, wishes)
    numbers = [one.order for one in copy.impacts]
    seen = None if places is None else orders_at(tx, numbers, places)
    gains = [gain(one) for one in copy.impacts if seen is None or one.order in seen]
    return copy, WhatIfView(
        parts=copy.parts,
        facts=facts_of(copy.wishes, copy.acts),
        totals=totals(gains),
        orders=tuple(_order(one) for one in gains[:most]),
        elsewhere=len(copy.impacts) - len(gains),
        stops=tuple(
            WhatIfStop(sku=one.sku, order=one.order if seen is None else None) for one in copy.stops
        ),
        fingerprint=copy.fingerprint,
        applied=read_applications(tx, wishes),
    )


def _order(one: Gain) -> WhatIfOrder:
    return WhatIfOrder(
        order=one.impact.order,
        fate=one.fate,
        units_earlier=one.earlier.units,
        units_later=one.later.units,
        before=one.impact.before,
        after=one.impact.after,
    )
