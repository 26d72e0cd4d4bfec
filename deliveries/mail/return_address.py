"""Each mail comes back to an address of its own, so that a bounce says of which mail it is."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

OURS = re.compile(r"\+(\d{1,19})-([a-z2-7]{16})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """`bounces@mail.example` and the secret with which its many addresses are signed."""

    address: str
    secret: str

    def of(self, mail: int) -> str:
        """Where this mail comes back to: bounces+17-7qk2…@mail.example."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{mail}-{self._mark(mail)}@{domain}"

    def mail_of(self, address: str) -> int | None:
        """Of which mail an address is; None where we did not make it."""
        found = OURS.search(address)
        if found is None:
            return None
        mail = int(found[1])
        same = hmac.compare_digest(self._mark(mail), found[2].lower())
        return mail if same and mail < 2**63 else None

    def _mark(self, mail: int) -> str:
        """Eighty bits, which nobody guesses one by one at a mail server."""
        digest = hmac.new(self.secret.encode(), f"mail {mail}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:10]).decode().lower()
