"""Passwords of users: hashed slowly and with salt, never stored, never logged."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fulfillment.domain.model.refusals import invalid

SHORTEST, LONGEST = 12, 200
"""Characters. Length is what keeps a password from being guessed; no other rule is made."""

HASHER = PasswordHasher()
"""Argon2id with the library's parameters; what was hashed with others is hashed anew."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB and some hundredths of a second of every core: no crowd of them."""


def hashed(password: str, user: str) -> str:
    """What is stored of a password that is good enough, or a refusal."""
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"a password has {SHORTEST} to {LONGEST} characters"
        raise invalid("bad_password", message, "password")
    if user in password.lower() and len(password) < len(user) + SHORTEST:
        raise invalid("bad_password", "a password is not made of the user's name", "password")
    return _hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether this is the password; for a user that there is not it takes as long to say no."""
    known = stored is not None
    with AT_ONCE:
        try:
            HASHER.verify(stored or _nobodys(), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return known and len(password) <= LONGEST


def renewed(stored: str, password: str) -> str | None:
    """The hash with the parameters of today; None where it has them."""
    return _hash(password) if HASHER.check_needs_rehash(stored) else None


def _hash(password: str) -> str:
    with AT_ONCE:
        return HASHER.hash(password)


@cache
def _nobodys() -> str:
    return HASHER.hash("the password of a user that there is not")
