"""Signatures after the Standard Webhooks specification, by its own library."""

import base64
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as the specification writes one, of 32 bytes by chance."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers_for(id_: str, body: str, keys: Iterable[str], at: datetime) -> Mapping[str, str]:
    """The headers that prove a message: its id, this moment, a signature by each of the secrets.

    The moment is that of the attempt, whatever zone it is written in: receivers refuse old ones.
    """
    moment = at.astimezone(UTC)
    signatures = " ".join(Webhook(key).sign(id_, moment, body) for key in keys)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signatures,
    }
