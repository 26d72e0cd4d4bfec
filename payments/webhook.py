"""A provider behind one HTTP address: a small service of the shop's own, or a gateway's."""

import asyncio
import base64
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from fulfillment.domain.model.payments import EntryStatus
from payments.cards import has_card_number
from payments.port import Answered, Asked, ProviderAwayError

SETTLED, LATER = 200, 202
MOST_BYTES = 64 * 1024
"""Of an answer; more is not read."""

STATUSES = {"settled": EntryStatus.DONE, "failed": EntryStatus.FAILED}
REFERENCE = re.compile(r"[\x21-\x7e]{1,100}")


FEWEST_SECRET_BYTES = 24


class BadSecretError(Exception):
    """A secret that can not sign; it is not told."""


class WebhookProvider:
    """Posts each entry that is due as signed JSON.

    200 says how it ended, 202 that this is told later; anything else, silence beyond the seconds,
    and an answer that is not understood mean that nobody was there.
    """

    def __init__(self, url: str, secret: str, seconds: float) -> None:
        """Sign with a secret as the Standard Webhooks specification writes one.

        Raises BadSecretError for one that is not base64, or has less than 24 bytes.
        """
        self._url, self._seconds = url, seconds
        self._signer = _signer(secret)
        self._tls = httpx.create_ssl_context()

    def ask(self, entry: Asked) -> Answered | None:
        """Post it, and read the answer."""
        body = json.dumps(asdict(entry))
        at = datetime.now(UTC)
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "Idempotency-Key": entry.reference,
            "webhook-id": entry.reference,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(entry.reference, at, body),
        }
        try:
            status, content = asyncio.run(self._post(body.encode(), headers))
        except (httpx.HTTPError, OSError) as error:
            raise ProviderAwayError(type(error).__name__) from None
        return _answered(status, content)

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body; the seconds are for all of it, so that a slow drip does not hold us."""
        async with (
            asyncio.timeout(self._seconds),
            httpx.AsyncClient(verify=self._tls, timeout=self._seconds) as client,
            client.stream("POST", self._url, content=body, headers=headers) as answer,
        ):
            content = b""
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    raise ProviderAwayError("its answer is too long")
            return answer.status_code, content


def _signer(secret: str) -> Webhook:
    try:
        content = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        content = b""
    if len(content) < FEWEST_SECRET_BYTES:
        raise BadSecretError
    return Webhook(secret)


def _answered(status: int, content: bytes) -> Answered | None:
    if status == LATER:
        return None
    if status != SETTLED:
        raise ProviderAwayError(f"it answered {status}")
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not _is_understood(said):
        raise ProviderAwayError("its answer was not understood")
    return Answered(STATUSES[said["status"]], said.get("reference"))


def _is_understood(said: dict[str, object]) -> bool:
    """A status that there is, and no reference or one that the ledger takes: never a card."""
    status, reference = said.get("status"), said.get("reference")
    if not isinstance(status, str) or status not in STATUSES:
        return False
    if reference is None:
        return True
    if not isinstance(reference, str) or not REFERENCE.fullmatch(reference):
        return False
    return not has_card_number(reference)
