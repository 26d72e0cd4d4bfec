"""What a mail address looks like: nothing is in it that a header could be made of."""

import re

MOST = 254
PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
MOST_LOCAL = 64


def mail_address(written: str) -> str | None:
    """The address as a mail server takes it; None where it is none.

    A domain in another script is written in ASCII. What stands before the @ has to be ASCII.
    """
    local, at, domain = written.strip().rpartition("@")
    try:
        found = local + at + domain.encode("idna").decode()
    except UnicodeError:
        return None
    if len(found) > MOST or len(local) > MOST_LOCAL or not PLAIN.fullmatch(found):
        return None
    return found
