"""Why units that lie somewhere do not help: the place is another one, or out of use."""

from collections.abc import Iterator

from fulfillment.domain.insight.explanation import ExplanationContext, Reason, ReasonCode
from fulfillment.domain.model.counting import counted, does
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.model.supply import OutOfUse


def elsewhere(order: Order, line: ShipmentLine, around: ExplanationContext) -> Iterator[Reason]:
    """Free units at places that the line may not use, since it is bound to another one."""
    source = order.line(line.order_line).source
    only = order.place_of(line.order_line)
    free = {
        level.location: level.available
        for level in sorted(around.levels, key=lambda level: level.location)
        if level.sku == line.sku and level.location != only and level.available > 0
    }
    if only is None or not free:
        return
    places = ", ".join(f"{units} at {location}" for location, units in free.items())
    code, bound = _binding(order, source)
    sentence = f"{bound} {only}, while there are free units elsewhere ({places})."
    units = min(line.wanted - line.pegged, sum(free.values()))
    yield Reason(code, units, sentence, {"location": only, "free": free})


def _binding(order: Order, source: str | None) -> tuple[ReasonCode, str]:
    if source:
        return ReasonCode.SOURCE_ONLY, "The line comes from"
    if order.pickup:
        return ReasonCode.PICKUP_ONLY, "The order is picked up at"
    return ReasonCode.LOCKED_TO_LOCATION, "The order is locked to"


def out_of_use(order: Order, line: ShipmentLine, around: ExplanationContext) -> Iterator[Reason]:
    """What lies at places that supply nothing, comes to them, or is awaited from them."""
    only = order.place_of(line.order_line)
    for location, why in sorted(around.out_of_use.items()):
        stranded = _Stranded(line, location, around)
        if only == location or stranded.held or (stranded.lies and line.wanted > line.pegged):
            yield stranded.reason(why, is_bound=only == location)


class _Stranded:
    """Units of a line's SKU at one place that is out of use, or on their way to it."""

    def __init__(self, line: ShipmentLine, location: str, around: ExplanationContext) -> None:
        self.line, self.location = line, location
        self.held = sum(claim.units for claim in line.claims if claim.location == location)
        self.free = sum(
            level.available
            for level in around.stranded
            if (level.sku, level.location) == (line.sku, location)
        )
        self.inbound = sum(
            max(supply.outstanding, 0)
            for supply in around.supplies
            if (supply.sku, supply.location) == (line.sku, location)
        )

    @property
    def lies(self) -> int:
        """Units that would help if the place were in use."""
        return self.free + self.inbound

    def reason(self, why: OutOfUse, *, is_bound: bool) -> Reason:
        """Told once for each place, whatever of it concerns the line."""
        code = (
            ReasonCode.LOCATION_CLOSED
            if why is OutOfUse.CLOSED
            else ReasonCode.LOCATION_NOT_SERVING
        )
        without = max(self.line.wanted - self.line.pegged, 0)
        facts: dict[str, object] = {
            "location": self.location,
            "free": self.free,
            "inbound": self.inbound,
            "held": self.held,
            "bound": is_bound,
        }
        units = self.held + (without if is_bound else min(without, self.lies))
        return Reason(code, units, self._sentence(why, is_bound=is_bound), facts)

    def _sentence(self, why: OutOfUse, *, is_bound: bool) -> str:
        is_what = "is closed" if why is OutOfUse.CLOSED else "does not serve this merchant"
        told = [f"{self.location} {is_what}, so nothing is taken from there"]
        if is_bound:
            told.append("the line may come from nowhere else")
        if self.held:
            told.append(f"{counted(self.held, 'unit is')} allocated to it there")
        if self.free:
            told.append(
                f"{counted(self.free, 'unit')} that nobody holds {does(self.free, 'lies')} there"
            )
        if self.inbound:
            told.append(f"{counted(self.inbound, 'unit is')} on the way there")
        return f"{'; '.join(told)}."
