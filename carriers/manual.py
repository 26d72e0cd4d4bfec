"""A person books on the carrier's own page, and types in what it said."""

from carriers.port import Booking, Parcel


class ManualCarrier:
    """Takes what was typed for the booking, and asks nobody."""

    needs_facts = False

    def book(self, parcel: Parcel) -> Booking:
        """The booking as it was typed; nothing of it has to be there."""
        asked = parcel.asked
        return Booking(asked.carrier, asked.service, asked.tracking)
