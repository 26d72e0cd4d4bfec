"""Secrets that must be read again, as they are known by name and kept sealed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SecretName:
    """What a secret is known by: whose it is, what it is for, and its name among those.

    `merchant` is None for what is the installation's own.
    """

    merchant: str | None
    purpose: str
    name: str

    def __str__(self) -> str:
        return f"{self.purpose} {self.name} of {self.merchant or 'the installation'}"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret as it is kept. `key` says which key opens it, and opens nothing."""

    key: str
    content: bytes = field(repr=False)
