"""All that a database holds, so that two of them can be compared.

Ids need no translation: what a death rolled back takes no number with it, because the sequences
are put back to where the last commit left them, as if the numbers had never been drawn. Nor do
moments, since the clock of the store stands still. What may differ all the same is named here.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text

from fulfillment.store.schema import metadata
from tests.builders.warehouse import NOON

Rows = Mapping[str, Sequence[str]]
Sequences = Sequence[tuple[str, int | None]]

MOMENT = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+\+00:00")
RANDOM_NAME = re.compile(r"\b[0-9a-f]{16}\b")
"""How a key of the API is called: by chance, and its hash with it."""


def everything(engine: Engine) -> Rows:
    """Each table's rows, sorted."""
    with engine.connect() as connection:
        found = connection.execute(text(" UNION ALL ".join(map(_read, sorted(metadata.tables)))))
        rows: dict[str, list[str]] = {}
        for table, row in found:
            rows.setdefault(table, []).append(_plain(table, row))
    return {table: sorted(some) for table, some in rows.items()}


def _read(table: str) -> str:
    return f"SELECT '{table}' AS name, to_jsonb(t) AS row FROM {table} t"


def _plain(table: str, row: dict[str, Any]) -> str:
    if normal := NORMAL.get(table):
        row = normal(row)
    return MOMENT.sub(_moment, json.dumps(row, sort_keys=True))


def _moment(found: re.Match[str]) -> str:
    """A moment of the store's clock as it is; one of the database's own clock is just that."""
    moment = datetime.fromisoformat(found[0])
    return found[0] if abs((moment - NOON).days) < NEAR else "by the database's clock"


NEAR = (datetime.now(UTC) - NOON).days // 2


def _key(row: dict[str, Any]) -> dict[str, Any]:
    """A key is called and opened by what chance gave it."""
    return row | {"id": "by chance", "secret_hash": "by chance"}


def _link(row: dict[str, Any]) -> dict[str, Any]:
    """A link is called and opened by what chance gave it."""
    return row | {"id": "by chance", "token_hash": "by chance"}


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """A password is hashed with salt by chance."""
    return row | {"password_hash": "by chance"}


def _session(row: dict[str, Any]) -> dict[str, Any]:
    """What is in the cookie is chance, and nobody has it who was not answered."""
    return row | {"secret_hash": "by chance"}


def _command(row: dict[str, Any]) -> dict[str, Any]:
    """The answer of a command that made a key names it."""
    named = RANDOM_NAME.sub("by chance", json.dumps(row["result"]))
    return row | {"result": json.loads(named)}


def _location(row: dict[str, Any]) -> dict[str, Any]:
    """A calendar that is changed again to what it is counts twice; what counts is what is behind.

    How many changes there were tells nobody anything but whether the last one was carried out.
    """
    behind = row.pop("calendar_revision") - row.pop("renewed_revision")
    return row | {"revisions_behind": behind}


NORMAL = {
    "api_key": _key,
    "app_user": _user,
    "command": _command,
    "location": _location,
    "order_link": _link,
    "user_session": _session,
}
"""What legitimately differs: the names of keys and links, what is hashed with salt, and how often a
calendar was put as it is."""


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: what it answered, and all that the database holds."""

    answer: Any
    rows: Rows

    def without(self, apart_from: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Rows by table, and the answer, but for columns named as `table.column`."""
        found = {table: [_row(table, row, apart_from) for row in self.rows[table]]
                 for table in self.rows}  # fmt: skip
        if "answer" not in apart_from:
            found["answer"] = [json.dumps(self.answer, sort_keys=True, default=str)]
        return found


def _row(table: str, row: str, apart_from: Collection[str]) -> str:
    if not any(name.startswith(f"{table}.") for name in apart_from):
        return row
    kept = {n: v for n, v in json.loads(row).items() if f"{table}.{n}" not in apart_from}
    return json.dumps(kept, sort_keys=True)


def differences(expected: End, found: End, apart_from: Collection[str]) -> list[str]:
    """What one has more often than the other."""
    before, after = expected.without(apart_from), found.without(apart_from)
    told = []
    for table in sorted({*before, *after} - set(apart_from)):
        was, now = Counter(before.get(table, ())), Counter(after.get(table, ()))
        told += [f"{table} lacks {row}" for row in (was - now).elements()]
        told += [f"{table} has {row}" for row in (now - was).elements()]
    return told


def sequences(engine: Engine) -> Sequences:
    """How far each sequence has come; None for one that was never asked."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        )
        return [(row[0], row[1]) for row in rows]


def put_back(engine: Engine, known: Sequences) -> None:
    """Have each sequence go on from where it was."""
    with engine.begin() as connection:
        for name, last in known:
            connection.execute(
                text("SELECT setval(CAST(:name AS regclass), :last, :used)"),
                {"name": name, "last": last or 1, "used": last is not None},
            )
