"""Seals secrets that must be read again, and opens them: for webhooks, mail, shops, carriers.

The keys come from the environment or from a file, and are never in the database: who has a copy of
one of the two has no secret. What is sealed is bound to its name, so that a row that is moved to
another name opens nothing there.
"""

import hashlib
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.settings import SettingError, Settings

HOW_TO_SET = "set PEGBOARD_SECRET_KEYS, or PEGBOARD_SECRET_KEYS_FILE (`pegboard secrets new-key`)"
FINGERPRINT_DIGITS = 12


class SealingError(Exception):
    """A secret can not be sealed or opened. Its words name the secret and hold nothing of it."""


class NoSecretKeyError(SealingError):
    """No key is set, and one is needed."""

    def __init__(self) -> None:
        super().__init__(f"there is no key for secrets: {HOW_TO_SET}")


class CanNotOpenError(SealingError):
    """None of the keys opens it; the row stays as it is."""

    def __init__(self, name: SecretName, key: str, *, is_known: bool) -> None:
        why = "it was changed" if is_known else f"its key {key} is none of those that are set"
        super().__init__(f"the secret {name} can not be opened: {why}")


class Sealer:
    """Seals under the first of its keys, and opens what is under any of them."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        """Keys as `new_key` makes them, the newest first.

        Raises ValueError for what is no key.
        """
        self._known = tuple(fingerprint(key) for key in keys)
        self._keys = MultiFernet([Fernet(key) for key in keys]) if keys else None

    @property
    def first(self) -> str:
        """The fingerprint of the key that is sealed under. Raises NoSecretKeyError."""
        if not self._known:
            raise NoSecretKeyError
        return self._known[0]

    def seal(self, name: SecretName, text: str) -> Sealed:
        """Seal a text under a name. Raises NoSecretKeyError."""
        content = json.dumps([name.merchant, name.purpose, name.name, text])
        return Sealed(self.first, self._all.encrypt(content.encode()))

    def open(self, name: SecretName, sealed: Sealed) -> str:
        """The text that was sealed under this name. Raises SealingError."""
        *sealed_for, text = json.loads(self._opened(name, sealed))
        if sealed_for != [name.merchant, name.purpose, name.name]:
            raise CanNotOpenError(name, sealed.key, is_known=True)
        return str(text)

    def renew(self, name: SecretName, sealed: Sealed) -> Sealed:
        """The same, sealed under the first key. Raises SealingError."""
        return self.seal(name, self.open(name, sealed))

    @property
    def _all(self) -> MultiFernet:
        if self._keys is None:
            raise NoSecretKeyError
        return self._keys

    def _opened(self, name: SecretName, sealed: Sealed) -> bytes:
        try:
            return self._all.decrypt(sealed.content)
        except InvalidToken:
            is_known = sealed.key in self._known
            # Without its cause, which has nothing more to tell.
            raise CanNotOpenError(name, sealed.key, is_known=is_known) from None


def new_key() -> str:
    """A key by chance: 32 bytes as base64."""
    return Fernet.generate_key().decode()


def fingerprint(key: str) -> str:
    """What a key is called by. It opens nothing, and nobody can find the key by it."""
    return hashlib.sha256(b"pegboard secret key\0" + key.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def sealer_of(found: Settings) -> Sealer:
    """The sealer that the settings name; without a key it refuses when it is first needed.

    Raises SettingError where there is a key that is none, or a file that can not be read.
    """
    name, listed = _listed(found)
    keys = [key for key in listed.replace(",", "\n").split() if key]
    try:
        return Sealer(keys)
    except ValueError:
        # Without its cause: that would quote the key.
        msg = f"{name} has a key that is none: each is 32 bytes as base64, with a comma between"
        raise SettingError(msg) from None


def _listed(found: Settings) -> tuple[str, str]:
    """The variable that names the keys, and these."""
    if found.secret_keys is not None:
        return "PEGBOARD_SECRET_KEYS", found.secret_keys.get_secret_value()
    name, file = "PEGBOARD_SECRET_KEYS_FILE", found.secret_keys_file
    if file is None:
        return name, ""
    try:
        return name, file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{name}: {file} can not be read ({type(error).__name__})"
        raise SettingError(msg) from None
