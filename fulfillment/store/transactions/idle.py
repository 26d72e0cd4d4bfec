"""Connections of the pool that nobody used for a while are asked whether they still live."""

import time
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

TRUSTED_SECONDS = 1.0
"""What was used a moment ago needs no asking, which under load is what every transaction has."""

GIVEN_BACK = "given back at"


def ask_the_idle(engine: Engine) -> None:
    """Have the pool ask such a connection first; where it is gone, all that are as old go too."""

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[GIVEN_BACK] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        idle = time.monotonic() - record.info.get(GIVEN_BACK, time.monotonic())
        if idle > TRUSTED_SECONDS:
            _ask(connection)


def _ask(connection: Any) -> None:
    try:
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error
