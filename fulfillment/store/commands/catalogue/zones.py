"""Names of time zones."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fulfillment.domain.refusals import invalid


def check_zone(name: str, field_name: str) -> None:
    """Refuse a time zone that there is not."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise invalid("unknown_time_zone", f"there is no time zone {name!r}", field_name) from error
