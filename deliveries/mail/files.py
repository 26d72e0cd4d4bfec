"""Mails as files in a folder, for a trial: any program for mail opens them."""

import re
from pathlib import Path

from deliveries.mail.port import Carried, OutgoingMail, Result, TransportAwayError

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class FileTransport:
    """Writes each mail as one file; the same mail again is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: OutgoingMail) -> Carried:
        """Write it: whole, or not at all."""
        name = NOT_IN_NAMES.sub("_", mail.name)[:150]
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self._folder / f".{name}.part"
            part.write_bytes(mail.content)
            part.rename(self._folder / f"{name}.eml")
        except OSError as error:
            raise TransportAwayError(type(error).__name__) from None
        return Carried(Result.SENT)

    def close(self) -> None:
        """Nothing is open."""
