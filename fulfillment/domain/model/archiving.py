"""When an order that is over may leave the tables."""

from datetime import datetime, timedelta


def archived_if_before(now: datetime, days: int | None) -> datetime | None:
    """Orders that finished before this moment are archived, if they are at rest; None: none is."""
    return None if days is None else now - timedelta(days=days)
