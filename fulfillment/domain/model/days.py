"""Days: always by somebody's clock, a merchant's or a place's."""

from datetime import date, datetime, tzinfo


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The day that it is in a zone at that moment; the one way from an instant to a day."""
    return moment.astimezone(zone).date()
